package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
)

// InterceptClient follows what is sent to Temporal.
func (t *Temporal) InterceptClient(next interceptor.ClientOutboundInterceptor) interceptor.ClientOutboundInterceptor {
	if t.tracer == nil {
		return next
	}
	return &asking{interceptor.ClientOutboundInterceptorBase{Next: next}, t.tracer}
}

// asking has a span for each request that a run may come to know of, and puts it into the header.
type asking struct {
	interceptor.ClientOutboundInterceptorBase
	tracer trace.Tracer
}

func (a *asking) start(ctx context.Context, operation, id string) (context.Context, trace.Span) {
	//nolint:spancheck // the caller ends it
	ctx, span := a.tracer.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(ofRun(id, "")...))
	write(interceptor.Header(ctx), span.SpanContext())
	return ctx, span //nolint:spancheck // see above
}

// UpdateWorkflow sends an update.
func (a *asking) UpdateWorkflow(ctx context.Context, in *interceptor.ClientUpdateWorkflowInput) (
	handle client.WorkflowUpdateHandle, err error,
) {
	ctx, span := a.start(ctx, "UpdateWorkflow:"+in.UpdateName, in.WorkflowID)
	defer func() { end(span, err) }()
	return a.Next.UpdateWorkflow(ctx, in)
}

// UpdateWithStartWorkflow starts a run where there is none and sends it an update.
func (a *asking) UpdateWithStartWorkflow(ctx context.Context, in *interceptor.ClientUpdateWithStartWorkflowInput) (
	handle client.WorkflowUpdateHandle, err error,
) {
	ctx, span := a.start(ctx, "UpdateWithStartWorkflow:"+in.UpdateOptions.UpdateName, in.UpdateOptions.WorkflowID)
	defer func() { end(span, err) }()
	return a.Next.UpdateWithStartWorkflow(ctx, in)
}

// ExecuteWorkflow starts a run.
func (a *asking) ExecuteWorkflow(ctx context.Context, in *interceptor.ClientExecuteWorkflowInput) (run client.WorkflowRun, err error) {
	ctx, span := a.start(ctx, "StartWorkflow:"+in.WorkflowType, in.Options.ID)
	defer func() { end(span, err) }()
	return a.Next.ExecuteWorkflow(ctx, in)
}

// SignalWorkflow sends a signal.
func (a *asking) SignalWorkflow(ctx context.Context, in *interceptor.ClientSignalWorkflowInput) (err error) {
	ctx, span := a.start(ctx, "SignalWorkflow:"+in.SignalName, in.WorkflowID)
	defer func() { end(span, err) }()
	return a.Next.SignalWorkflow(ctx, in)
}
