package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// effect decides what a finished step writes besides the state of its call. It is pure: everything it needs is in the
// input, and the store writes what it returns in the transaction that finishes the step.
type effect func(in usm.StepInput) (usm.Effects, error)

// finish is what all 37 activities do: decide the effect, then write step, effect and what follows in one transaction.
// Safe to repeat: (call, step, attempt) is the key.
func finish(ctx context.Context, registers Registers, in usm.StepInput, decide effect) (usm.StepResult, error) {
	var effects usm.Effects
	if in.State == usm.StepDone {
		var err error
		if effects, err = decide(in); err != nil {
			return usm.StepResult{}, failure(err)
		}
	}
	result, err := registers.FinishStep(ctx, in, effects)
	return result, failure(err)
}

func noEffect(usm.StepInput) (usm.Effects, error) { return usm.Effects{}, nil }
