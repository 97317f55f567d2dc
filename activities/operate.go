package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Operate holds the activities of the process Operate: a method per step.
type Operate struct {
	Registers Registers
}

// AcceptRequest registers that the call is taken on, or why it is rejected.
func (a *Operate) AcceptRequest(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, accept)
}

// ClassifyRequest records category and priority.
func (a *Operate) ClassifyRequest(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, classify)
}

// PlanOperation writes the plan into the operations calendar.
func (a *Operate) PlanOperation(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, planOperation)
}

// ExecuteOperation writes the log and opens an incident or a risk for each one seen.
func (a *Operate) ExecuteOperation(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, executeOperation)
}

// ReviewOperation records that delivery is confirmed or disputed.
func (a *Operate) ReviewOperation(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// CloseRequest records the answers to the five questions; each improvement becomes a risk call.
func (a *Operate) CloseRequest(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, evaluate)
}
