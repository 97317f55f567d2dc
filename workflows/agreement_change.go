package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// AgreementChange is USM workflow 1: an agreement made or changed for a wish.
//
//	Agree    accept → classify → specify → draft → negotiate → realise ┐   ┌ review → close
//	Change                                                             └ 2 ┘
func AgreementChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.AgreementChange, in)
	c.agree()
	return c.close()
}
