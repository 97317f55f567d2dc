package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// RiskWithAgreementChange is USM workflow 6: a risk treated by changing an agreement.
//
//	Improve  identify → classify → cause → measure → deploy ┐   ┌ review → close
//	Agree                                                   └ 1 ┘
func RiskWithAgreementChange(ctx workflow.Context, in usm.Call) (usm.Result, error) {
	c := open(ctx, usm.RiskWithAgreementChange, in)
	c.improve()
	return c.close()
}
