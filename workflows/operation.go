package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// Operation is USM workflow 5: a service request carried out.
//
//	Operate  accept → classify → plan → execute → review → close
func Operation(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.Operation, in)
	c.operate()
	return c.close()
}
