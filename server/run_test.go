package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

var quiet = slog.New(slog.DiscardHandler)

func TestRun(t *testing.T) {
	t.Parallel()

	t.Run("LetsRequestsEndAndStreamsStop", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		w.url = "http://" + listener.Addr().String()
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- server.Serve(ctx, listener, w.handler, quiet) }()

		number := w.incident()
		messages, _ := w.follow()
		next(t, messages)
		entered, leave := make(chan struct{}), make(chan struct{})
		w.desk.act = func(usm.Action) (usm.Ack, error) { close(entered); <-leave; return usm.Ack{}, nil }
		answered := make(chan int, 1)
		go func() {
			answered <- w.post("omar", "/calls/"+number+"/notes", map[string]any{"text": "x"}).StatusCode
		}()
		<-entered
		stop()
		for range messages { // until the stream ends
		}
		close(leave)
		require.Equal(t, http.StatusOK, <-answered)
		require.NoError(t, <-stopped)
	})

	t.Run("SaysThatAPortIsTaken", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = listener.Close() }()
		err = server.Run(t.Context(), listener.Addr().String(), http.NotFoundHandler(), quiet)
		require.ErrorContains(t, err, "listen at "+listener.Addr().String())
	})
}

func TestProbes(t *testing.T) {
	t.Parallel()

	t.Run("HealthAsksNobody", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.store.away = errors.New("gone")
		w.send("", http.MethodGet, "/healthz", nil).status(http.StatusOK)
	})

	t.Run("ReadinessSaysWhichPartIsAway", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var ready struct {
			Status string
			Parts  map[string]string
		}
		w.send("", http.MethodGet, "/readyz", nil).status(http.StatusOK).into(&ready)
		require.Equal(t, map[string]string{"postgres": "ready", "temporal": "ready"}, ready.Parts)
		w.store.away = errors.New("pq: connection refused")
		got := w.send("", http.MethodGet, "/readyz", nil).status(http.StatusServiceUnavailable).into(&ready)
		require.Equal(t, map[string]string{"postgres": "away", "temporal": "ready"}, ready.Parts)
		require.NotContains(t, string(got.body), "refused")
	})

	t.Run("ReadinessDoesNotWaitForAPartThatIsSilent", func(t *testing.T) {
		t.Parallel()
		silent := make(chan struct{})
		t.Cleanup(func() { close(silent) })
		w := setup(t, func(o *server.Options) { o.Reader = silentReader{o.Reader, silent} })
		started := time.Now()
		got := w.send("", http.MethodGet, "/readyz", nil).status(http.StatusServiceUnavailable)
		require.Contains(t, string(got.body), `"postgres":"away"`)
		require.Less(t, time.Since(started), 10*time.Second)
	})

	t.Run("AProcessWithoutAnAPIHasThemToo", func(t *testing.T) {
		t.Parallel()
		parts := server.Parts{
			"postgres": func(context.Context) error { return usm.Errorf(usm.CodeConflict, "an older schema: run usm migrate") },
			"temporal": func(context.Context) error { return errors.New("gone") },
		}
		for path, want := range map[string]struct {
			code int
			says string
		}{
			"/healthz": {http.StatusOK, "alive"},
			"/readyz":  {http.StatusServiceUnavailable, `{"postgres":"an older schema: run usm migrate","temporal":"away"}`},
			"/metrics": {http.StatusOK, `usm_part_ready{part="temporal"} 0`},
			"/other":   {http.StatusNotFound, "problem"},
		} {
			answer := httptest.NewRecorder()
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
			server.Probes(parts, prometheus.NewRegistry(), quiet).ServeHTTP(answer, request)
			require.Equal(t, want.code, answer.Code, path)
			require.Contains(t, answer.Body.String()+answer.Header().Get("Content-Type"), want.says, path)
		}
	})

	t.Run("MetricsCountByRoute", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.incident()
		w.get("rita", "/calls/INC-000001").status(http.StatusOK)
		w.get("rita", "/calls/INC-000002").status(http.StatusNotFound)
		w.send("", http.MethodGet, "/some/where/else", nil).status(http.StatusNotFound)
		metrics := string(w.send("", http.MethodGet, "/metrics", nil).status(http.StatusOK).body)
		for _, line := range []string{
			`usm_http_requests_total{method="GET",route="/api/v1/calls/:number",status="200"} 1`,
			`usm_http_requests_total{method="GET",route="/api/v1/calls/:number",status="404"} 1`,
			`usm_http_requests_total{method="GET",route="none",status="404"} 1`,
			`usm_http_request_duration_seconds_count{method="POST",route="/api/v1/calls"} 1`,
			`usm_http_requests_in_flight{route="/metrics"} 1`,
		} {
			require.Contains(t, metrics, line)
		}
	})
}

// silentReader never says whether it is ready, and heeds no context.
type silentReader struct {
	api.Reader
	silent chan struct{}
}

func (r silentReader) Ready(context.Context) error {
	<-r.silent
	return nil
}

func TestStartPending(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
	for range 3 {
		w.incident()
	}
	w.desk.fail(nil)
	metrics := server.NewMetrics(prometheus.NewRegistry())
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		stopped <- server.StartPending(ctx, server.Options{Desk: w.desk, Intake: w.store, Reader: w.store, Metrics: metrics})
	}()
	require.Eventually(t, func() bool {
		pending, err := w.store.Pending(t.Context(), 10)
		return err == nil && len(pending) == 0
	}, 10*time.Second, time.Millisecond)
	stop()
	require.NoError(t, <-stopped)
	require.Equal(t, 6, w.desk.starts, "each once in vain and once for good")
	for _, number := range w.store.order {
		require.Equal(t, usm.StatusOpen, w.get("rita", "/calls/"+number).status(http.StatusOK).call().Status)
	}
	require.True(t, strings.HasPrefix(w.store.started[0], "INC-"))
}
