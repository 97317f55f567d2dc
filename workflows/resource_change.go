package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// ResourceChange is USM workflow 2: managed components changed for a request for change.
//
//	Change   accept → classify → plan → prepare → release → deploy ┐   ┌ review → update the register → close
//	Operate                                                        └ 5 ┘
func ResourceChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.ResourceChange, in)
	c.change()
	return c.close()
}
