package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// IncidentWithChange is USM workflow 3: an incident recovered by changing managed components. Route "both" also opens 5.
//
//	Recover  accept → classify → analyse → prepare → recover ┐   ┌ review → close
//	Change                                                   └ 2 ┘
func IncidentWithChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.IncidentWithChange, in)
	c.recoverService()
	return c.close()
}
