package api

import (
	"context"
	"fmt"

	"github.com/usm-works/usm/usm"
)

type askInput struct {
	CallChange
	Body struct {
		Question string `json:"question" minLength:"1" maxLength:"20000"`
	}
}

func (a *API) ask(ctx context.Context, in *askInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionAsk, Text: in.Body.Question})
}

type answerInput struct {
	CallChange
	Body struct {
		Text   string         `json:"text" minLength:"1" maxLength:"20000"`
		Fields map[string]any `json:"fields,omitempty" doc:"data that was missing from the request"`
	}
}

func (a *API) answer(ctx context.Context, in *answerInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionAnswer, Text: in.Body.Text, Fields: in.Body.Fields})
}

type confirmInput struct {
	CallChange
	Body *struct {
		Remarks string `json:"remarks,omitempty" maxLength:"20000"`
	}
}

// confirm takes no body, or remarks.
func (a *API) confirm(ctx context.Context, in *confirmInput) (*callOutput, error) {
	confirmed := usm.Action{Name: usm.ActionConfirm}
	if in.Body != nil && in.Body.Remarks != "" {
		confirmed.Fields = map[string]any{"remarks": in.Body.Remarks}
	}
	return a.do(ctx, in.CallChange, confirmed)
}

type reasonInput struct {
	CallChange
	Body usm.Reason
}

func (a *API) dispute(ctx context.Context, in *reasonInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionDispute, Text: in.Body.Reason})
}

func (a *API) abort(ctx context.Context, in *reasonInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionAbort, Text: in.Body.Reason})
}

type redoInput struct {
	CallChange
	Body struct {
		Step   usm.Step `json:"step,omitempty" doc:"the step to go back to; without it the open step is repeated"`
		Reason string   `json:"reason" minLength:"1" maxLength:"20000"`
	}
}

func (a *API) redo(ctx context.Context, in *redoInput) (*callOutput, error) {
	view, err := a.changeable(ctx, in.Number, in.IfMatch)
	if err != nil {
		return nil, err
	}
	step := in.Body.Step
	switch {
	case step != "" && step.Process() != view.Process:
		return nil, usm.Invalid("/step", "the process %s has no step %q", view.Process, step)
	case step.Ordinal() > view.Step.Ordinal():
		return nil, usm.Invalid("/step", "%s is still to come: the call is at %s", step, view.Step)
	}
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionRedo, Step: step, Text: in.Body.Reason})
}

type noteInput struct {
	CallChange
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"20000"`
	}
}

func (a *API) note(ctx context.Context, in *noteInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionNote, Text: in.Body.Text})
}

type linkInput struct {
	CallChange
	Body struct {
		To   string `json:"to" maxLength:"32" doc:"number of the other call"`
		Kind string `json:"kind" pattern:"^[a-z][a-z_]{0,39}$" patternDescription:"a word such as related or duplicate_of"`
	}
}

func (a *API) link(ctx context.Context, in *linkInput) (*callOutput, error) {
	if in.Body.To == in.Number {
		return nil, usm.Invalid("/to", "a call is not linked to itself")
	}
	if _, err := a.see(ctx, in.Body.To); err != nil {
		if usm.CodeOf(err) == usm.CodeNotFound {
			return nil, usm.Invalid("/to", "there is no call %q", in.Body.To)
		}
		return nil, err
	}
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionLink, To: in.Body.To, LinkKind: in.Body.Kind})
}

type retypeInput struct {
	CallChange
	Body struct {
		Type   usm.CallType `json:"type" enum:"wish,change_request,incident,service_request,risk"`
		Reason string       `json:"reason" minLength:"1" maxLength:"20000"`
	}
}

// retype answers with the call that was opened instead.
func (a *API) retype(ctx context.Context, in *retypeInput) (*createdOutput, error) {
	if before, ok := usm.TypeOfNumber(in.Number); ok && before == in.Body.Type {
		return nil, usm.Invalid("/type", "%s is a %s already", in.Number, before)
	}
	ack, err := a.act(ctx, in.CallChange, usm.Action{Name: usm.ActionRetype, Type: in.Body.Type, Text: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	if len(ack.Opened) == 0 {
		return nil, fmt.Errorf("%s was retyped and no call opened", in.Number)
	}
	return a.created(ctx, ack.Opened[0])
}
