// Package telemetry tells what the product does to who runs it: traces, by OpenTelemetry, from the gateway through Temporal and the
// activities to Postgres; metrics, by Prometheus, of Temporal's client, of the activities and of what the registers hold; and the
// trace and the call in each line of the log. Nothing in it names people.
package telemetry

import (
	"context"
	"log/slog"
)

type callKey struct{}

// withCall returns a context whose lines in the log name a call.
func withCall(ctx context.Context, number string) context.Context {
	return context.WithValue(ctx, callKey{}, number)
}

// Logs adds to each line the trace (trace_id) and, in an activity, the call (call) that its context belongs to.
func Logs(next slog.Handler) slog.Handler { return logs{next} }

type logs struct{ slog.Handler }

// Handle adds what the context knows.
func (l logs) Handle(ctx context.Context, record slog.Record) error {
	if id := TraceID(ctx); id != "" {
		record.AddAttrs(slog.String("trace_id", id))
	}
	if number, ok := ctx.Value(callKey{}).(string); ok {
		record.AddAttrs(slog.String("call", number))
	}
	return l.Handler.Handle(ctx, record)
}

// WithAttrs keeps the handler around the one with attributes.
func (l logs) WithAttrs(attributes []slog.Attr) slog.Handler {
	return logs{l.Handler.WithAttrs(attributes)}
}

// WithGroup keeps the handler around the one with a group.
func (l logs) WithGroup(name string) slog.Handler { return logs{l.Handler.WithGroup(name)} }
