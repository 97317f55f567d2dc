package api

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Request is what the gateway knows about the request that a context belongs to. Middleware makes it and fills it in;
// handlers read it and leave what the access log should say.
type Request struct {
	ID     string     // given by the client or made; the trace_id of problems and the request_id of the trail
	Path   string     // as asked for: the instance of problems
	Caller usm.Caller // zero without a token
	// Again asks again who calls, for what outlasts a request; nil without a token.
	Again   func(context.Context) (usm.Caller, error)
	Intake  usm.IntakeRequest // Key "" without an Idempotency-Key
	Through string            // how decisions are given: "" through the API, "link" by a link in a mail
	Call    string            // number of the call it is about, for the log
	Err     error             // what a problem hides from the client, for the log
}

type requestKey struct{}

// WithRequest returns a context that carries r.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestOf returns the request a context belongs to; outside a request it is an empty one, never nil.
func RequestOf(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{}
}

type stoppingKey struct{}

// WithStopping returns a context whose streams end when stopping is closed, so that a server can stop gracefully.
func WithStopping(ctx context.Context, stopping <-chan struct{}) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stopping)
}

// stoppingOf returns the channel of WithStopping; nil, which never closes, when there is none.
func stoppingOf(ctx context.Context) <-chan struct{} {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return stopping
}
