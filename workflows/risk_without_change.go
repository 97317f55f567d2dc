package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// RiskWithoutChange is USM workflow 8: a risk treated by an operation, or accepted. While the route is open, every risk
// runs as this; the decision at Improve 4 continues the run as the sibling it binds.
//
//	Improve  identify → classify → cause → measure → deploy ┐   ┌ review → close
//	Operate                                                 └ 5 ┘
func RiskWithoutChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.RiskWithoutChange, in)
	c.improve()
	return c.close()
}
