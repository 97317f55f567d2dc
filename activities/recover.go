package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Recover holds the activities of the process Recover: a method per step.
type Recover struct {
	Registers Registers
}

// AcceptIncident registers that the call is taken on, or why it is rejected.
func (a *Recover) AcceptIncident(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, accept)
}

// ClassifyIncident records category and priority.
func (a *Recover) ClassifyIncident(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, classify)
}

// AnalyseIncident writes the match with what is known, or the team the incident is routed to.
func (a *Recover) AnalyseIncident(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, analyse)
}

// PrepareRecovery writes the solution or workaround and the route.
func (a *Recover) PrepareRecovery(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, prepareRecovery)
}

// RecoverService opens the child calls of the fork.
func (a *Recover) RecoverService(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// ReviewRecovery records that delivery is confirmed or disputed.
func (a *Recover) ReviewRecovery(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// CloseIncident records the answers to the five questions; each improvement becomes a risk call.
func (a *Recover) CloseIncident(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, evaluate)
}
