package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope is the name under which all spans are made.
const scope = "github.com/usm-works/usm"

// StartTraces sends spans by OTLP over HTTP to where OpenTelemetry's own variables say (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER,
// OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME). service is the name of the part where no variable names it. stop sends
// what is left; it ends with its context.
func StartTraces(ctx context.Context, service, version string, logger *slog.Logger) (
	tracer trace.Tracer, stop func(context.Context) error, err error,
) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { logger.Warn("spans cannot be sent", "error", err) }))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, nil, err
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", service), attribute.String("service.version", version),
	), resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, nil, err
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	return provider.Tracer(scope, trace.WithInstrumentationVersion(version)), provider.Shutdown, nil
}

// TraceID is the id of the trace that a context belongs to, "" when there is none.
func TraceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		return span.TraceID().String()
	}
	return ""
}
