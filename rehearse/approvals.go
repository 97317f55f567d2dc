package rehearse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/usm-works/usm/replay"
)

// approvals is the part of a rehearsal that decides.
type approvals struct {
	proposed *approvalTally
	against  *approvalTally   // nil without
	changes  *approvalChanges // nil without against
}

// newApprovals fails when the log tells of no decisions, or no policy asks where it does.
func newApprovals(o Options) (a *approvals, err error) {
	rule := o.Mapping.Approvals
	if rule == nil {
		return nil, fmt.Errorf("mapping %s has no approvals, which say what a log tells of decisions", o.Mapping.Name)
	}
	if err = o.Mapping.Fits(o.Log); err != nil {
		return nil, err
	}
	a = &approvals{}
	if a.proposed, err = newApprovalTally(o.Domain, rule); err != nil {
		return nil, err
	}
	policies := a.proposed.at
	if o.Against != nil {
		a.changes = newApprovalChanges()
		if a.against, err = newApprovalTally(*o.Against, rule); err != nil {
			return nil, err
		}
		policies = append(slices.Clip(policies), a.against.at...)
	}
	if len(policies) == 0 {
		return nil, fmt.Errorf("domain %s has no approval policy of the step %s", o.Domain.ID, rule.At)
	}
	return a, nil
}

// hear decides one case under both files, and counts it.
func (a *approvals) hear(plan replay.Plan, service string) error {
	now, err := a.proposed.hear(plan, service)
	if err != nil || a.against == nil {
		return err
	}
	was, err := a.against.hear(plan, service)
	if err != nil {
		return fmt.Errorf("against: %w", err)
	}
	a.changes.count(plan, was, now)
	return nil
}

// silent is an error when no case was decided, or no policy asked in any.
func (a *approvals) silent() error {
	n := a.proposed.numbers
	asked := a.proposed.asks() || a.against != nil && a.against.asks()
	switch {
	case n.Cases == 0:
		return fmt.Errorf("the log has no decision about the step %s", n.Step)
	case !asked:
		return fmt.Errorf("in none of the %d cases with a decision does a policy of the domain %s ask: %s", n.Cases, a.proposed.domain.ID,
			strings.Join(a.proposed.ids(), ", "))
	}
	return nil
}

func (a *approvals) report() *Approvals {
	report := a.proposed.report()
	if a.against != nil {
		report.Against = a.changes.report(a.proposed.rule, a.against.report().Roles, report.Roles)
	}
	return report
}
