// Package activities holds what the processes do: a struct per process, a method per step. A method decides purely what
// the step writes; the store writes it in one transaction. What reaches other systems is in Outbound.
package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Agree holds the activities of the process Agree: a method per step.
type Agree struct {
	Registers Registers
}

// AcceptWish registers that the call is taken on, or why it is rejected.
func (a *Agree) AcceptWish(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, accept)
}

// ClassifyWish records category and priority.
func (a *Agree) ClassifyWish(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, classify)
}

// SpecifyService writes the specification of the service.
func (a *Agree) SpecifyService(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, specify)
}

// DraftOffer writes the offer, an agreement in draft, and reserves the contributions.
func (a *Agree) DraftOffer(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, draft)
}

// NegotiateOffer records the agreement; without one the reservations are released and the teams told.
func (a *Agree) NegotiateOffer(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, negotiate)
}

// RealiseAgreement opens the child calls of the fork.
func (a *Agree) RealiseAgreement(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, noEffect)
}

// ReviewAgreement puts the agreed version in force when delivery is confirmed.
func (a *Agree) ReviewAgreement(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, putInForce)
}

// CloseWish records the answers to the five questions; each improvement becomes a risk call.
func (a *Agree) CloseWish(ctx context.Context, in usm.StepInput) (usm.StepResult, error) {
	return finish(ctx, a.Registers, in, evaluate)
}
