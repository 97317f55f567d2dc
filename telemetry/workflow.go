package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// requestLasts is how long what a run does by itself is put down to the request that came last: as long as a request may take.
const requestLasts = 30 * time.Second

type spanKey struct{}

// run follows one run of a workflow. A run may take months, so it has no span itself; what it does has the request that made it
// do so as its parent. Nothing here changes what the workflow does: a replay takes the same way and makes no span.
type run struct {
	interceptor.WorkflowInboundInterceptorBase
	tracer trace.Tracer

	request trace.SpanContext // what came last
	until   time.Time         // it counts
}

// Init watches what the run does.
func (r *run) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return r.Next.Init(&doing{interceptor.WorkflowOutboundInterceptorBase{Next: out}, r})
}

// came notes the request that moves the run.
func (r *run) came(ctx workflow.Context, request trace.SpanContext) {
	r.request, r.until = request, workflow.Now(ctx).Add(requestLasts)
}

// ExecuteWorkflow notes who started the run.
func (r *run) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	r.came(ctx, read(interceptor.WorkflowHeader(ctx)))
	return r.Next.ExecuteWorkflow(ctx, in)
}

// HandleSignal notes who sent the signal.
func (r *run) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	r.came(ctx, read(interceptor.WorkflowHeader(ctx)))
	return r.Next.HandleSignal(ctx, in)
}

// ExecuteUpdate has a span, unless it is replayed.
func (r *run) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (out any, err error) {
	request := read(interceptor.WorkflowHeader(ctx))
	if !workflow.IsReplaying(ctx) {
		info := workflow.GetInfo(ctx)
		_, span := r.tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), request), "HandleUpdate:"+in.Name,
			trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(ofRun(info.WorkflowExecution.ID, info.WorkflowExecution.RunID)...))
		defer func() { end(span, err) }()
		request = span.SpanContext()
	}
	return r.Next.ExecuteUpdate(workflow.WithValue(ctx, spanKey{}, request), in)
}

// doing puts the span of the request into the header of what the run does.
type doing struct {
	interceptor.WorkflowOutboundInterceptorBase
	run *run
}

// mark writes the request into the header. What an update does is the update's, and so is what follows from it in the main
// routine.
func (d *doing) mark(ctx workflow.Context) {
	if own, ok := ctx.Value(spanKey{}).(trace.SpanContext); ok {
		d.run.came(ctx, own)
	}
	if d.run.request.IsValid() && workflow.Now(ctx).Before(d.run.until) && !workflow.IsReplaying(ctx) {
		write(interceptor.WorkflowHeader(ctx), d.run.request)
	}
}

// ExecuteActivity marks the activity.
func (d *doing) ExecuteActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	d.mark(ctx)
	return d.Next.ExecuteActivity(ctx, kind, args...)
}

// ExecuteLocalActivity marks the activity.
func (d *doing) ExecuteLocalActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	d.mark(ctx)
	return d.Next.ExecuteLocalActivity(ctx, kind, args...)
}

// ExecuteChildWorkflow marks the run of a call that this one opens.
func (d *doing) ExecuteChildWorkflow(ctx workflow.Context, kind string, args ...any) workflow.ChildWorkflowFuture {
	d.mark(ctx)
	return d.Next.ExecuteChildWorkflow(ctx, kind, args...)
}

// SignalExternalWorkflow marks the signal to another run.
func (d *doing) SignalExternalWorkflow(ctx workflow.Context, id, run, name string, arg any) workflow.Future {
	d.mark(ctx)
	return d.Next.SignalExternalWorkflow(ctx, id, run, name, arg)
}
