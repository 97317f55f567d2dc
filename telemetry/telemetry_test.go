package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// quiet is a log that nobody reads.
var quiet = slog.New(slog.DiscardHandler)

// measured is the value of a metric with these labels, 0 when it is not there.
func measured(t *testing.T, registry *prometheus.Registry, name string, with ...string) float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			found := map[string]string{}
			for _, pair := range m.GetLabel() {
				found[pair.GetName()] = pair.GetValue()
			}
			asked := family.GetName() == name
			for i := 0; i < len(with); i += 2 {
				asked = asked && found[with[i]] == with[i+1]
			}
			if asked {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

func TestTemporalMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := TemporalMetrics(registry).WithTags(map[string]string{"namespace": "usm", "task_queue": "usm", "workflow_type": "none"})
	m.Counter("temporal_request").Inc(2)
	m.WithTags(map[string]string{"operation": "Poll"}).Counter("temporal_request").Inc(1)
	m.WithTags(map[string]string{"workflow_type": "nonesuch"}).Gauge("temporal_sticky_cache_size").Update(7)
	m.Timer("temporal_request_latency").Record(time.Second)
	m.Counter("temporal_local_activity_total").Inc(1)
	require.InDelta(t, 2, measured(t, registry, "temporal_request_total", "task_queue", "usm", "operation", "", "workflow_type", ""), 0)
	require.InDelta(t, 1, measured(t, registry, "temporal_request_total", "task_queue", "usm", "operation", "Poll"), 0)
	require.InDelta(t, 7, measured(t, registry, "temporal_sticky_cache_size", "workflow_type", "nonesuch"), 0)
	require.InDelta(t, 1, measured(t, registry, "temporal_request_latency_seconds", "task_queue", "usm"), 0)
	require.InDelta(t, 1, measured(t, registry, "temporal_local_activity_total"), 0)
}

func TestLogs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(Logs(slog.NewJSONHandler(&out, nil))).With("a", 1).WithGroup("")
	_, span := sdk.NewTracerProvider().Tracer("").Start(t.Context(), "x")
	defer span.End()
	log.InfoContext(trace.ContextWithSpan(withCall(t.Context(), "INC-000001"), span), "one")
	log.InfoContext(t.Context(), "two")
	var one map[string]any
	first, second, _ := strings.Cut(out.String(), "\n")
	require.NoError(t, json.Unmarshal([]byte(first), &one))
	require.Equal(t, span.SpanContext().TraceID().String(), one["trace_id"])
	require.Equal(t, "INC-000001", one["call"])
	require.NotContains(t, second, "trace_id")
	require.NotContains(t, second, "call")
}

// step is an activity that finishes a step, as the worker runs it.
func step(_ context.Context, in usm.StepInput) error {
	if in.Outcome == "refuse" {
		return temporal.NewNonRetryableApplicationError("anna may not", string(usm.CodeForbidden), nil)
	}
	if in.Outcome == "fail" {
		return errors.New("anna's database is away")
	}
	return nil
}

// days works at once, and again a day later.
func days(ctx workflow.Context, in usm.StepInput) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	if err := workflow.ExecuteLocalActivity(ctx, step, in).Get(ctx, nil); err != nil {
		return err
	}
	if err := workflow.Sleep(ctx, 24*time.Hour); err != nil {
		return err
	}
	return workflow.ExecuteLocalActivity(ctx, step, in).Get(ctx, nil)
}

// worked runs days within a request and returns the spans that were made.
func worked(t *testing.T, in usm.StepInput, traced bool) (
	spans tracetest.SpanStubs, request trace.SpanContext, registry *prometheus.Registry, err error,
) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	tracer := sdk.NewTracerProvider(sdk.WithSyncer(exporter)).Tracer("")
	_, asked := tracer.Start(t.Context(), "request")
	registry = prometheus.NewRegistry()
	follow := NewTemporal(nil, registry, quiet)
	if traced {
		follow.tracer = tracer
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{follow}})
	fields := header{}
	write(fields, asked.SpanContext())
	env.SetHeader(&common.Header{Fields: fields})
	env.RegisterWorkflow(days)
	env.RegisterActivity(step)
	env.ExecuteWorkflow(days, in)
	return exporter.GetSpans(), asked.SpanContext(), registry, env.GetWorkflowError()
}

func TestTemporal(t *testing.T) {
	t.Parallel()
	in := usm.StepInput{Step: usm.ClassifyIncident, Call: usm.Call{NewCall: usm.NewCall{Domain: "it"}}}

	t.Run("WhatFollowsAtOnceIsTheRequestsAndWhatComesADayLaterIsNot", func(t *testing.T) {
		t.Parallel()
		spans, request, registry, err := worked(t, in, true)
		require.NoError(t, err)
		require.Len(t, spans, 2)
		require.Equal(t, "RunActivity:step", spans[0].Name)
		require.Equal(t, request.SpanID(), spans[0].Parent.SpanID())
		require.Equal(t, request.TraceID(), spans[0].SpanContext.TraceID())
		require.False(t, spans[1].Parent.IsValid())
		require.NotEqual(t, request.TraceID(), spans[1].SpanContext.TraceID())
		require.InDelta(t, 2, measured(t, registry, "usm_activity_duration_seconds",
			"activity", "step", "step", "classify_incident", "result", "done"), 0)
	})

	t.Run("RefusedAndFailedAreToldApartAndNobodyIsNamed", func(t *testing.T) {
		t.Parallel()
		for outcome, result := range map[usm.Outcome]string{"refuse": "refused", "fail": "failed"} {
			in := in
			in.Outcome = outcome
			spans, _, registry, err := worked(t, in, true)
			require.Error(t, err)
			require.InDelta(t, 1, measured(t, registry, "usm_activity_duration_seconds", "result", result), 0, result)
			require.NotEmpty(t, spans[0].Status.Description)
			require.NotContains(t, spans[0].Status.Description, "anna")
			require.Empty(t, spans[0].Events)
		}
	})

	t.Run("WithoutATracerItOnlyMeasures", func(t *testing.T) {
		t.Parallel()
		spans, _, registry, err := worked(t, in, false)
		require.NoError(t, err)
		require.Empty(t, spans)
		require.InDelta(t, 2, measured(t, registry, "usm_activity_duration_seconds", "result", "done"), 0)
		follow := NewTemporal(nil, prometheus.NewRegistry(), quiet)
		require.Nil(t, follow.InterceptWorkflow(nil, nil), "a run is not followed")
		require.Nil(t, follow.InterceptClient(nil))
	})

	t.Run("AlarmsAreToldApart", func(t *testing.T) {
		t.Parallel()
		for key, kind := range map[string]string{"": "", "sa/handling/1/breach": breach, "sa/handling/1/warning": other} {
			require.Equal(t, kind, rang([]any{usm.Amendment{Alarm: usm.Alarm{Key: key}}}))
		}
	})
}
