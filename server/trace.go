package server

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// trace makes a span of a request, in the trace of its caller if he has one. Neither the address as it was asked for nor the caller
// is in it. Probes have none, nor have streams, which last for hours.
func (g *gateway) trace(c *gin.Context) {
	route := c.FullPath()
	if isProbe(route) || isStream(route) {
		return
	}
	ctx := propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
	name := methodOf(c.Request)
	if route != "" {
		name += " " + route
	}
	ctx, span := g.Tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", methodOf(c.Request)), attribute.String("http.route", route)))
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	request, code := api.RequestOf(c.Request.Context()), c.Writer.Status()
	span.SetAttributes(attribute.Int("http.response.status_code", code))
	if _, ok := usm.TypeOfNumber(request.Call); ok { // else it may be anything
		span.SetAttributes(attribute.String("usm.call", request.Call))
	}
	if step := c.Param("step"); usm.Step(step).Valid() {
		span.SetAttributes(attribute.String("usm.step", step))
	}
	if code >= http.StatusBadRequest {
		span.SetAttributes(attribute.String("error.type", string(usm.CodeOf(request.Err))))
	}
	if code >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, string(usm.CodeOf(request.Err)))
	}
}

// ofRequest adds to each line of the log the request and the call that its context belongs to.
type ofRequest struct{ slog.Handler }

// Handle adds what the request knows by now.
func (h ofRequest) Handle(ctx context.Context, record slog.Record) error {
	request := api.RequestOf(ctx)
	if request.ID != "" {
		record.AddAttrs(slog.String("request_id", request.ID))
	}
	if request.Call != "" {
		record.AddAttrs(slog.String("call", request.Call))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs keeps the handler around the one with attributes.
func (h ofRequest) WithAttrs(attributes []slog.Attr) slog.Handler {
	return ofRequest{h.Handler.WithAttrs(attributes)}
}

// WithGroup keeps the handler around the one with a group.
func (h ofRequest) WithGroup(name string) slog.Handler { return ofRequest{h.Handler.WithGroup(name)} }
