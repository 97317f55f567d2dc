package activities_test

import (
	"context"
	"maps"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// registers keeps what an activity asks it to write, and answers with a refusal if it has one.
type registers struct {
	step    usm.StepInput
	effects usm.Effects
	amended usm.Amendment
	turn    usm.AgreementTurn
	written int
	err     error
}

func (r *registers) Open(context.Context, usm.Call, string) (usm.Binding, error) {
	return usm.Binding{Version: 3}, r.err
}

func (r *registers) FinishStep(_ context.Context, in usm.StepInput, effects usm.Effects) (usm.StepResult, error) {
	r.step, r.effects = in, effects
	r.written++
	return usm.StepResult{Outcome: in.Outcome}, r.err
}

func (r *registers) Amend(_ context.Context, in usm.Amendment) (usm.StepResult, error) {
	r.amended = in
	return usm.StepResult{}, r.err
}

func (r *registers) Callback(context.Context, string, usm.Step, int) (string, error) {
	return "s3cret-part-of-the-address", r.err
}

func (r *registers) ApplyDomain(context.Context, usm.Domain, string) (usm.DomainResult, error) {
	return usm.DomainResult{Version: 2, Changed: true}, r.err
}

func (r *registers) Turn(_ context.Context, _ usm.AgreementTerm, turn usm.AgreementTurn) error {
	r.turn = turn
	return r.err
}

// input finishes a step with its usual fields, completed by more.
func input(step usm.Step, outcome usm.Outcome, more map[string]any) usm.StepInput {
	body := steps.Example(step, outcome, steps.Context{Number: "INC-000007", Category: "hardware", Subject: "Laptop"})
	in := usm.StepInput{
		Call: usm.Call{Number: "INC-000007", NewCall: usm.NewCall{
			Domain: "it", Subject: "Laptop", Requester: "ann", Service: "workplace", Components: []string{"laptop-7"},
		}},
		Step: step, Attempt: 1, State: usm.StepDone, Outcome: outcome, Actor: usm.Actor{Person: "olga"}, Priority: usm.PriorityHigh,
	}
	if body != nil {
		in.Fields, _ = body["fields"].(map[string]any)
	}
	maps.Copy(in.Fields, more)
	return in
}
