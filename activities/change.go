package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Change holds the activities of the process Change: a method per step.
type Change struct {
	Registers Registers
}

// AcceptChange registers that the call is taken on, or why it is rejected.
func (a *Change) AcceptChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, accept)
}

// ClassifyChange records category and priority.
func (a *Change) ClassifyChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, classify)
}

// PlanChange writes the plan into the change calendar.
func (a *Change) PlanChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, planChange)
}

// PrepareChange writes what was built, the test plan and the deployment plan.
func (a *Change) PrepareChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, prepareChange)
}

// ReleaseChange writes the test report and the release decision.
func (a *Change) ReleaseChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, releaseChange)
}

// DeployChange opens the child calls of the fork.
func (a *Change) DeployChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// ReviewChange records that delivery is confirmed or disputed.
func (a *Change) ReviewChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// UpdateRegister writes the components with their history: the only writer of the register.
func (a *Change) UpdateRegister(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, updateRegister)
}

// CloseChange records the answers to the five questions; each improvement becomes a risk call.
func (a *Change) CloseChange(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, evaluate)
}
