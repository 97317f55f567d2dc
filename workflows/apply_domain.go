package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// ApplyDomain is a technical workflow, with nothing of USM in it: it applies a domain file in one transaction and has the
// agreements watched that have turns to come.
func ApplyDomain(ctx workflow.Context, in usm.ApplyDomain) (usm.DomainResult, error) {
	var a *activities.Domains
	var result usm.DomainResult
	err := workflow.ExecuteLocalActivity(ownTransaction(ctx, in.Domain.ID+" by "+in.By), a.ApplyDomain, in).Get(ctx, &result)
	for _, term := range result.Terms {
		startTerm(ctx, term)
	}
	return result, refused(err)
}
