package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// RiskWithResourceChange is USM workflow 7: a risk treated by changing managed components.
//
//	Improve  identify → classify → cause → measure → deploy ┐   ┌ review → close
//	Change                                                  └ 2 ┘
func RiskWithResourceChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.RiskWithResourceChange, in)
	c.improve()
	return c.close()
}
