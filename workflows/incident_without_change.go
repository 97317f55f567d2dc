package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// IncidentWithoutChange is USM workflow 4: an incident recovered by an operation. While the route is open, every incident
// runs as this; a decision for a change continues the run as IncidentWithChange.
//
//	Recover  accept → classify → analyse → prepare → recover ┐   ┌ review → close
//	Operate                                                  └ 5 ┘
func IncidentWithoutChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.IncidentWithoutChange, in)
	c.recoverService()
	return c.close()
}
