package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
)

// CallSystem is a technical workflow, with nothing of USM in it: it calls the system that an alarm names. It is a run of its
// own, so the call may move or end meanwhile.
func CallSystem(ctx workflow.Context, work activities.Work) error {
	var a *activities.Outbound
	ctx = outside(ctx, "call "+work.Request.URL)
	return workflow.ExecuteActivity(ctx, a.RequestWork, work).Get(ctx, nil)
}
