package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Registers is where calls and everything they leave are kept. Each method is one transaction, safe to repeat with
// the same input: the second time it changes nothing and returns what the first returned. Errors with a code other
// than usm.CodeInternal and usm.CodeUnavailable cannot be helped by a retry.
type Registers interface {
	// Open registers the call when it is not there yet (a bare Temporal client started it), binds it to the versions of
	// procedure and agreement that are in force now, opens its first step and returns the binding. Called again, also
	// under the name of a sibling workflow, it returns the first binding.
	Open(ctx context.Context, call usm.Call, workflow string) (usm.Binding, error)

	// FinishStep writes a step's trail row, its effects, the state that follows (in.Next), the outbox rows, the child
	// calls of a fork and the calls that were raised. A step and attempt that is finished already returns its first
	// result; with another digest it is usm.CodeAlreadyFinished.
	FinishStep(ctx context.Context, in usm.StepInput, effects usm.Effects) (usm.StepResult, error)

	// Amend writes a change that finishes no step, keyed by in.Key.
	Amend(ctx context.Context, in usm.Amendment) (usm.StepResult, error)

	// Callback makes (once) the secret part of the address at which another system reports that the step is done. The
	// address is good for that step and attempt only.
	Callback(ctx context.Context, number string, step usm.Step, attempt int) (secret string, err error)

	// ApplyDomain writes a new version of a domain, or changes nothing when it equals the current one. Components and
	// agreements are written by the first version only; later differences are returned and left alone.
	ApplyDomain(ctx context.Context, domain usm.Domain, by string) (usm.DomainResult, error)

	// Turn writes a turn in the life of an agreement: in force (the version before is ended), a notice of renewal, expired.
	// A turn that has been written, or that the agreement's state has overtaken, changes nothing.
	Turn(ctx context.Context, term usm.AgreementTerm, turn usm.AgreementTurn) error
}
