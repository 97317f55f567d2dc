package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// headerKey is where Temporal's own interceptors of all languages keep the trace of a header, in the form of W3C.
const headerKey = "_tracer-data"

type header = map[string]*common.Payload

// write puts a span into a header.
func write(to header, span trace.SpanContext) {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), span), carrier)
	if payload, err := converter.GetDefaultDataConverter().ToPayload(map[string]string(carrier)); err == nil && to != nil {
		to[headerKey] = payload
	}
}

// read returns the span of a header; one that is not valid when it has none that can be read.
func read(from header) trace.SpanContext {
	carrier := propagation.MapCarrier{}
	if from[headerKey] == nil || converter.GetDefaultDataConverter().FromPayload(from[headerKey], &carrier) != nil {
		return trace.SpanContext{}
	}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}
