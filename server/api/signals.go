package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

// registerSignals adds what other systems send.
func (a *API) registerSignals(to huma.API) {
	signal := operation(http.MethodPost, "/calls/{number}/signals/{name}", "send-signal", "Send a signal: any JSON, or a CloudEvent 1.0")
	signal.DefaultStatus = http.StatusAccepted
	anyBody(to, signal, a.sendSignal)

	callback := operation(http.MethodPost, "/callbacks/{secret}", "call-back", "Report that the work a step asked for is done")
	callback.DefaultStatus = http.StatusAccepted
	callback.Security = []map[string][]string{} // the secret in the address is the authority
	anyBody(to, callback, a.callBack)

	const letters = "/signals/dead-letters"
	huma.Register(to, operation(http.MethodGet, letters, "list-dead-letters", "List signals that no open call could take"), a.deadLetters)
	replay := operation(http.MethodPost, letters+"/{id}/replay", "replay-dead-letter", "Send a dead letter again")
	replay.DefaultStatus = http.StatusAccepted
	huma.Register(to, replay, a.replay)
}

// anyBody registers an operation whose body the handler reads itself, and documents what it may be.
func anyBody[I, O any](to huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(to, op, handle)
	anything := &huma.Schema{Description: "any JSON"}
	body := to.OpenAPI().Paths[op.Path].Post.RequestBody
	body.Required = false // a CloudEvent in binary mode may have no data
	body.Content = map[string]*huma.MediaType{"application/json": {Schema: anything}, structuredEvent: {Schema: anything}}
}

// RawEvent is embedded by the input of what other systems send: body and headers as they came.
type RawEvent struct {
	RawBody []byte `contentType:"*/*"`

	header http.Header
}

// Resolve keeps the headers: those of a CloudEvent in binary mode are its attributes.
func (e *RawEvent) Resolve(ctx huma.Context) []error {
	e.header = http.Header{}
	ctx.EachHeader(e.header.Add)
	return nil
}

type signalInput struct {
	CallPath
	RawEvent
	Name string `path:"name" pattern:"^[A-Za-z0-9_.:-]{1,100}$" doc:"name of the signal"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
}

// signalOutput says where a signal went.
type signalOutput struct {
	Body signalStatus
}

type signalStatus struct {
	Status string `json:"status" enum:"delivered,dead_letter" doc:"delivered: the call has it; dead_letter: no open call could take it"`
	ID     string `json:"id" doc:"id of the event"`
	Source string `json:"source"`
}

// sendSignal delivers a signal.
func (a *API) sendSignal(ctx context.Context, in *signalInput) (*signalOutput, error) {
	RequestOf(ctx).Call = in.Number
	signal, err := signalOf(in.Name, in.header, bytes.Clone(in.RawBody))
	if err != nil {
		return nil, err
	}
	if err := a.maySignal(ctx, in.Number); err != nil {
		return nil, err
	}
	return a.deliver(ctx, in.Number, signal)
}

// maySignal reads the call only when its domain counts.
func (a *API) maySignal(ctx context.Context, number string) error {
	if access.Decide(caller(ctx), access.SignalAny, "") == nil {
		return nil
	}
	view, err := a.reader.Call(ctx, number)
	switch {
	case usm.CodeOf(err) == usm.CodeNotFound:
		return nil // a dead letter, as for anybody
	case err != nil:
		return err
	}
	return access.Decide(caller(ctx), "send-signal", view.Domain)
}

// deliver signals the call; what no open call can take is kept as a dead letter.
func (a *API) deliver(ctx context.Context, number string, signal usm.Signal) (*signalOutput, error) {
	out := &signalOutput{Body: signalStatus{Status: "delivered", ID: signal.ID, Source: signal.Source}}
	err := a.desk.Signal(ctx, number, signal)
	if usm.CodeOf(err) == usm.CodeNotFound {
		out.Body.Status = "dead_letter"
		err = a.intake.DeadLetter(ctx, number, signal, "no open call has the number "+number)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

type callbackInput struct {
	RawEvent
	Secret string `path:"secret" minLength:"16" maxLength:"200" doc:"given to the other system with the request for work"`
	Key    string `header:"Idempotency-Key" maxLength:"200"`
}

// callBack takes the answer of a system that was asked for work. The address is good for one step; it needs no token.
func (a *API) callBack(ctx context.Context, in *callbackInput) (*signalOutput, error) {
	number, step, _, err := a.reader.Callback(ctx, in.Secret)
	if err != nil {
		return nil, err
	}
	RequestOf(ctx).Call = number
	binding, err := a.reader.Binding(ctx, number)
	if err != nil {
		return nil, err
	}
	rule := binding.Procedure.Rule(step).Signal
	if rule == nil {
		return nil, usm.Errorf(usm.CodeNotFound, "the step of this address takes no signal")
	}
	signal, err := signalOf(rule.Name, in.header, bytes.Clone(in.RawBody))
	if err != nil {
		return nil, err
	}
	if signal.Source == plainSource {
		signal.Source = "callback"
	}
	return a.deliver(ctx, number, signal)
}

// plainSource is the source usm.SignalOf gives to a payload that is no CloudEvent.
const plainSource = "plain"
