package test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	enums "go.temporal.io/api/enums/v1"
	temporalhistory "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	temporal "go.temporal.io/sdk/worker"

	"github.com/usm-works/usm/telemetry"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/worker"
)

// replayed is a replayer that takes what a worker registers.
type replayed struct{ temporal.WorkflowReplayer }

func (replayed) RegisterActivity(any)                                         {}
func (replayed) RegisterActivityWithOptions(any, activity.RegisterOptions)    {}
func (replayed) RegisterDynamicActivity(any, activity.DynamicRegisterOptions) {}

// replay replays a history, followed or not, and returns how many spans that made.
func replay(t *testing.T, h *temporalhistory.History, followed bool) (spans int) {
	t.Helper()
	made := tracetest.NewInMemoryExporter()
	quiet := slog.New(slog.DiscardHandler)
	var options temporal.WorkflowReplayerOptions
	if followed {
		tracer := trace.NewTracerProvider(trace.WithSyncer(made)).Tracer("")
		options.Interceptors = []interceptor.WorkerInterceptor{telemetry.NewTemporal(tracer, prometheus.NewRegistry(), quiet)}
	}
	replayer, err := temporal.NewWorkflowReplayerWithOptions(options)
	require.NoError(t, err)
	worker.Register(replayed{replayer}, worker.Options{})
	require.NoError(t, replayer.ReplayWorkflowHistory(log.NewStructuredLogger(quiet), h))
	return len(made.GetSpans())
}

// TestTracesReplay has histories replay with and without what follows requests, whichever they were recorded with; no span is made
// again.
func TestTracesReplay(t *testing.T) {
	t.Parallel()

	t.Run("WhatWasRecordedWithoutIt", func(t *testing.T) {
		t.Parallel()
		files, err := filepath.Glob("../workflows/testdata/histories/*.json")
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			var h temporalhistory.History
			require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}.Unmarshal(content, &h), file)
			require.Zero(t, replay(t, &h, true), file)
		}
	})

	t.Run("WhatWasRecordedWithIt", func(t *testing.T) {
		t.Parallel()
		receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		t.Cleanup(receiver.Close)
		p := product.Start(t, product.Options{
			Domains: []string{"it"}, Env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.URL},
		})
		r := rides[2] // it has a child
		view, err := p.Drive(t.Context(), open(t, p, builtin(t, p, "it"), r.callType).Number, r.plan())
		require.NoError(t, err)
		require.Equal(t, usm.StatusClosed, view.Status)
		require.NotEmpty(t, view.Children)
		for _, number := range append(view.Children, view.Number) {
			h := &temporalhistory.History{}
			events := p.Temporal().GetWorkflowHistory(t.Context(), number, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			for events.HasNext() {
				event, err := events.Next()
				require.NoError(t, err)
				h.Events = append(h.Events, event)
			}
			require.Contains(t, h.String(), "_tracer-data")
			require.Zero(t, replay(t, h, true), number)
			require.Zero(t, replay(t, h, false), number)
		}
	})
}
