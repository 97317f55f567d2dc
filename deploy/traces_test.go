package deploy

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// span is one as it was received.
type span struct {
	trace, id, parent, name, service string
	attributes                       map[string]string
}

// receiver takes spans by OTLP over HTTP.
type receiver struct {
	url string

	mu    sync.Mutex
	spans []span
	raw   strings.Builder // all that was received, as text
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if err := r.take(request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *receiver) take(request *http.Request) error {
	body := io.Reader(request.Body)
	if request.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var sent collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(content, &sent); err != nil {
		return fmt.Errorf("%s %s: %w", request.Method, request.URL, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range sent.GetResourceSpans() {
		service := ""
		for _, a := range resource.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				service = a.GetValue().GetStringValue()
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				made := span{
					trace: fmt.Sprintf("%x", s.GetTraceId()), id: fmt.Sprintf("%x", s.GetSpanId()), parent: fmt.Sprintf("%x", s.GetParentSpanId()),
					name: s.GetName(), service: service, attributes: map[string]string{},
				}
				for _, a := range s.GetAttributes() {
					made.attributes[a.GetKey()] = a.GetValue().GetStringValue()
				}
				r.spans = append(r.spans, made)
				r.raw.WriteString(s.String() + "\n")
			}
		}
	}
	return nil
}

// of returns the spans of a trace.
func (r *receiver) of(trace string) []span {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []span
	for _, s := range r.spans {
		if s.trace == trace {
			found = append(found, s)
		}
	}
	return found
}

// text is all that was received.
func (r *receiver) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.raw.String()
}

// chain are the names of a span and of those that it is in, itself first.
func chain(spans []span, s span) (names []string) {
	for {
		names = append(names, s.service+" "+s.name)
		i := slices.IndexFunc(spans, func(other span) bool { return other.id == s.parent })
		if i < 0 {
			return names
		}
		s = spans[i]
	}
}

func named(spans []span, name string) (found []span) {
	for _, s := range spans {
		if s.name == name {
			found = append(found, s)
		}
	}
	return found
}

const (
	callerTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callerSpan  = "00f067aa0ba902b7"
)

// TestTraces has each request of a caller in his trace, from the gateway to the statements that a worker gives Postgres.
func TestTraces(t *testing.T) {
	t.Parallel()
	r := receive(t)
	p := product.Start(t, product.Options{Domains: []string{"it"}, Env: map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": r.url, "OTEL_BSP_SCHEDULE_DELAY": "100", "USM_LOG_LEVEL": "debug",
	}})
	view, err := p.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.Incident, Subject: "A secret subject", Requester: "anna", Service: "mail", Impact: usm.Medium, Urgency: usm.High,
	})
	require.NoError(t, err)
	view, err = p.Drive(t.Context(), view.Number, product.Plan{Until: usm.ClassifyIncident})
	require.NoError(t, err)
	product.Eventually(t, time.Minute, "the run has what was answered before it, so that the request does not bring it there", func() error {
		var kept int
		if err := p.SQL().QueryRowContext(t.Context(), `SELECT count(*) FROM unanswered`).Scan(&kept); err != nil || kept == 0 {
			return err
		}
		return fmt.Errorf("%d actions are kept", kept)
	})
	a := p.Send(t, product.Request{
		Path: "/calls/" + view.Number + "/steps/classify_incident", Token: p.Token(view.WaitingFor.People[0]),
		Body:   map[string]any{"fields": map[string]any{"category": "mail", "impact": "low", "urgency": "low"}},
		Header: map[string]string{"Traceparent": "00-" + callerTrace + "-" + callerSpan + "-01"},
	})
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	require.Equal(t, callerTrace, a.Header.Get("X-Request-ID"))

	const route = "POST /api/v1/calls/:number/steps/:step"
	want := []string{
		"usm-worker SQL transaction", "usm-worker RunActivity:ClassifyIncident", "usm-worker HandleUpdate:finish_step",
		"usm-gateway UpdateWorkflow:finish_step", "usm-gateway " + route,
	}
	var spans []span
	product.Eventually(t, time.Minute, "the whole trace has arrived", func() error {
		spans = r.of(callerTrace)
		for _, s := range named(spans, "SQL transaction") {
			if slices.Equal(chain(spans, s), want) && len(named(spans, route)) == 1 {
				return nil
			}
		}
		var all []string
		for _, s := range spans {
			all = append(all, s.service+" "+s.name)
		}
		return fmt.Errorf("%d spans: %q", len(spans), all)
	})

	t.Run("TheCallerIsTheParent", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, callerSpan, named(spans, route)[0].parent)
	})
	t.Run("EachStepOfTheWayIsThereOnce", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"UpdateWorkflow:finish_step", "HandleUpdate:finish_step", "RunActivity:ClassifyIncident", route} {
			require.Len(t, named(spans, name), 1, name)
		}
	})
	t.Run("TheStatementsAreInTheActivity", func(t *testing.T) {
		t.Parallel()
		var statements int
		for _, s := range spans {
			if way := chain(spans, s); strings.HasPrefix(s.name, "SQL ") && s.name != "SQL transaction" && len(way) == len(want) {
				require.Equal(t, want[1:], way[1:])
				require.NotEmpty(t, s.attributes["db.query.text"])
				statements++
			}
		}
		require.GreaterOrEqual(t, statements, 2)
	})
	t.Run("SpansSayWhichCallAndStep", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"UpdateWorkflow:finish_step", "HandleUpdate:finish_step", "RunActivity:ClassifyIncident", route} {
			require.Equal(t, view.Number, named(spans, name)[0].attributes["usm.call"], name)
		}
		run := named(spans, "RunActivity:ClassifyIncident")[0].attributes
		require.Equal(t, "classify_incident", run["usm.step"])
		require.Equal(t, "it", run["usm.domain"])
	})
	t.Run("TheLogNamesTraceAndCall", func(t *testing.T) {
		t.Parallel()
		for part, message := range map[string]string{"gateway": "request", "worker": "activity"} {
			require.Regexp(t, `"msg":"`+message+`".*"call":"`+view.Number+`".*"trace_id":"`+callerTrace+`"|`+
				`"msg":"`+message+`".*"trace_id":"`+callerTrace+`".*"call":"`+view.Number+`"`, p.Part(part).Said())
		}
	})
	t.Run("NobodyIsNamed", func(t *testing.T) {
		t.Parallel()
		for _, secret := range []string{"A secret subject", "anna", view.WaitingFor.People[0] + `"`, p.AdminToken} {
			require.NotContains(t, r.text(), secret)
		}
	})
}
