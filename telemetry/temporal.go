package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// Temporal follows requests through Temporal and measures the activities. It belongs to the client and so to its workers.
type Temporal struct {
	interceptor.InterceptorBase
	tracer   trace.Tracer // nil makes no spans
	logger   *slog.Logger
	duration *prometheus.HistogramVec
	running  *prometheus.GaugeVec
	alarms   *prometheus.CounterVec
}

// NewTemporal returns what follows requests; without a tracer it only measures.
func NewTemporal(tracer trace.Tracer, registry prometheus.Registerer, logger *slog.Logger) *Temporal {
	t := &Temporal{
		tracer: tracer, logger: logger,
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "usm_activity_duration_seconds",
			Help:    "Time of one try of an activity, by activity, by step when it finishes one, and by result: done, refused or failed.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10},
		}, []string{"activity", "step", "result"}),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "usm_activities_running", Help: "Tries of activities that run now, by activity.",
		}, []string{"activity"}),
		alarms: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_alarms_total", Help: "Alarms of calls that rang, by kind: breach of a time that was agreed, or other.",
		}, []string{"kind"}),
	}
	registry.MustRegister(t.duration, t.running, t.alarms)
	for _, kind := range []string{breach, other} { // what has not happened yet is 0
		t.alarms.WithLabelValues(kind)
	}
	return t
}

// InterceptWorkflow follows a run.
func (t *Temporal) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	if t.tracer == nil {
		return next
	}
	return &run{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, tracer: t.tracer}
}

// InterceptActivity follows an activity.
func (t *Temporal) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	return &working{interceptor.ActivityInboundInterceptorBase{Next: next}, t}
}

// working follows the tries of an activity.
type working struct {
	interceptor.ActivityInboundInterceptorBase
	t *Temporal
}

// ExecuteActivity runs one try.
func (w *working) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (out any, err error) {
	began, info := time.Now(), activity.GetInfo(ctx)
	name, id := info.ActivityType.Name, info.WorkflowExecution.ID
	step, domain := about(in.Args)
	ctx = withCall(ctx, id)
	if w.t.tracer != nil {
		var span trace.Span
		ctx, span = w.t.tracer.Start(trace.ContextWithRemoteSpanContext(ctx, read(interceptor.Header(ctx))), "RunActivity:"+name,
			trace.WithAttributes(append(ofRun(id, info.WorkflowExecution.RunID), attribute.Int("temporalActivityAttempt", int(info.Attempt)))...))
		if step != "" {
			span.SetAttributes(attribute.String("usm.step", string(step)))
		}
		if domain != "" {
			span.SetAttributes(attribute.String("usm.domain", domain))
		}
		defer func() { end(span, err) }()
	}
	running := w.t.running.WithLabelValues(name)
	running.Inc()
	defer running.Dec()
	out, err = w.Next.ExecuteActivity(ctx, in)
	took, result := time.Since(began), resultOf(err)
	w.t.duration.WithLabelValues(name, string(step), result).Observe(took.Seconds())
	if kind := rang(in.Args); kind != "" && err == nil {
		w.t.alarms.WithLabelValues(kind).Inc()
	}
	w.log(ctx, name, step, result, took, err)
	return out, err
}

// log tells of a try: loudly of one that failed, aloud of one that was refused.
func (w *working) log(ctx context.Context, name string, step usm.Step, result string, took time.Duration, err error) {
	level := map[string]slog.Level{done: slog.LevelDebug, refused: slog.LevelInfo, failed: slog.LevelWarn}[result]
	attributes := []slog.Attr{slog.String("activity", name), slog.String("result", result), slog.Duration("took", took)}
	if step != "" {
		attributes = append(attributes, slog.String("step", string(step)))
	}
	if err != nil {
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	w.t.logger.LogAttrs(ctx, level, "activity", attributes...)
}

// The results of a try.
const (
	done    = "done"
	refused = "refused" // it cannot be helped by another try
	failed  = "failed"  // it is tried again
)

func resultOf(err error) string {
	var application *temporal.ApplicationError
	switch {
	case err == nil:
		return done
	case errors.As(err, &application) && application.NonRetryable():
		return refused
	}
	return failed
}

// about is which step an activity finishes, if it does, and for which domain.
func about(args []any) (step usm.Step, domain string) {
	for _, arg := range args {
		switch in := arg.(type) {
		case usm.StepInput:
			return in.Step, in.Call.Domain
		case usm.Amendment:
			return "", in.Call.Domain
		case usm.Call:
			return "", in.Domain
		}
	}
	return "", ""
}

// The kinds of alarms.
const (
	breach = "breach"
	other  = "other"
)

// rang is the kind of the alarm that an activity rings, "" when it rings none. Its key ends with what rings (usm.Alarm).
func rang(args []any) string {
	for _, arg := range args {
		switch in, ok := arg.(usm.Amendment); {
		case !ok || in.Alarm.Key == "":
		case strings.HasSuffix(in.Alarm.Key, "/"+breach):
			return breach
		default:
			return other
		}
	}
	return ""
}

// ofRun is what a span says of a run. A run of a call has its number as its id.
func ofRun(id, runID string) []attribute.KeyValue {
	attributes := []attribute.KeyValue{attribute.String("temporalWorkflowID", id)}
	if runID != "" {
		attributes = append(attributes, attribute.String("temporalRunID", runID))
	}
	if _, ok := usm.TypeOfNumber(id); ok {
		attributes = append(attributes, attribute.String("usm.call", id))
	}
	return attributes
}

// end ends a span. The text of an error may name people; its code does not.
func end(span trace.Span, err error) {
	var application *temporal.ApplicationError
	switch {
	case err == nil:
	case errors.As(err, &application):
		span.SetStatus(codes.Error, application.Type())
	default:
		span.SetStatus(codes.Error, string(usm.CodeOf(err)))
	}
	span.End()
}
