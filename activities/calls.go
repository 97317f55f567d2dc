package activities

import (
	"context"

	"github.com/usm-works/usm/steps/mapping"
	"github.com/usm-works/usm/usm"
)

// Calls holds the activities that belong to every call and to no process: opening it, and recording what finishes no
// step. They are as safe to repeat as the steps.
type Calls struct {
	Registers Registers
}

// OpenCall registers the call where that did not happen yet and binds it to the definitions in force.
func (a *Calls) OpenCall(ctx context.Context, call usm.Call, workflow string) (usm.Binding, error) {
	binding, err := a.Registers.Open(ctx, call, workflow)
	return binding, failure(err)
}

// RecordAmendment writes a question, an answer, a note, a link, a step sent back, an abort and so on.
func (a *Calls) RecordAmendment(ctx context.Context, in usm.Amendment) (usm.StepResult, error) {
	result, err := a.Registers.Amend(ctx, in)
	return result, failure(err)
}

// Reading is what a signal means for the step that waits for it.
type Reading struct {
	Match   bool           `json:"match"` // false: the step waits on
	Outcome usm.Outcome    `json:"outcome,omitempty"`
	Fields  map[string]any `json:"fields,omitempty"`
}

// ReadSignal maps the payload of a signal to outcome and fields by the expressions of the rule.
func (a *Calls) ReadSignal(_ context.Context, rule usm.SignalRule, call usm.Call, signal usm.Signal) (Reading, error) {
	match, outcome, fields, err := mapping.EvalSignal(rule, call, signal)
	return Reading{Match: match, Outcome: outcome, Fields: fields}, failure(err)
}

// Domains holds the activity of the technical workflow that applies a domain file.
type Domains struct {
	Registers Registers
}

// ApplyDomain writes a new version of a domain in one transaction, or nothing when nothing changed.
func (a *Domains) ApplyDomain(ctx context.Context, in usm.ApplyDomain) (usm.DomainResult, error) {
	result, err := a.Registers.ApplyDomain(ctx, in.Domain, in.By)
	return result, failure(err)
}
