package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Improve holds the activities of the process Improve: a method per step.
type Improve struct {
	Registers Registers
}

// IdentifyRisk registers that the call is taken on, or why it is rejected.
func (a *Improve) IdentifyRisk(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, accept)
}

// ClassifyRisk records category and priority.
func (a *Improve) ClassifyRisk(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, classifyRisk)
}

// DetermineCause writes the cause, which makes the risk a known error.
func (a *Improve) DetermineCause(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, determineCause)
}

// SelectMeasure writes the measures with their business cases, the choice and the residual risk.
func (a *Improve) SelectMeasure(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, selectMeasure)
}

// DeployMeasure opens the child calls of the fork.
func (a *Improve) DeployMeasure(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// ReviewMeasure records that delivery is confirmed or disputed.
func (a *Improve) ReviewMeasure(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// CloseRisk records the answers to the five questions; each improvement becomes a risk call.
func (a *Improve) CloseRisk(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, evaluate)
}
