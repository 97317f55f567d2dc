package client

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// serve answers every request with handle.
func serve(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s
}

// sent is what a request came as.
type sent struct {
	method, path, key, token, contentType string
	body                                  string
}

func record(into *sent, answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*into = sent{
			r.Method, r.URL.RequestURI(), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"),
			r.Header.Get("Content-Type"), string(body),
		}
		_, _ = io.WriteString(w, answer)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const number = "INC-000001"
	for name, test := range map[string]struct {
		do   func(context.Context, *Client) error
		want sent
	}{
		"Open": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Open(ctx, usm.NewCall{Domain: "it", Subject: "s", Requester: "anna"}, WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls", body: `{"domain":"it","subject":"s","description":"","requester":"anna"}`},
		},
		"CallsThatAreClaimed": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Work(ctx, usm.CallFilter{Claimed: "farah", Process: usm.Recover})
				return err
			},
			sent{method: "GET", path: "/api/v1/work?claimed=me&process=recover"},
		},
		"Call": {
			func(ctx context.Context, c *Client) error { _, err := c.Call(ctx, number); return err },
			sent{method: "GET", path: "/api/v1/calls/INC-000001"},
		},
		"CallsWithAFilter": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Calls(ctx, usm.CallFilter{Type: usm.Incident, Q: "a b", Page: usm.Page{Limit: 5, Cursor: "c"}})
				return err
			},
			sent{method: "GET", path: "/api/v1/calls?cursor=c&limit=5&q=a+b&type=incident"},
		},
		"CallsOfOpenRisks": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Calls(ctx, usm.CallFilter{Open: true, Effect: usm.High, Likelihood: usm.Low})
				return err
			},
			sent{method: "GET", path: "/api/v1/calls?effect=high&likelihood=low&open=true"},
		},
		"StepViewOfAnOutcome": {
			func(ctx context.Context, c *Client) error {
				_, err := c.StepView(ctx, number, usm.PrepareRecovery, usm.RouteChange)
				return err
			},
			sent{method: "GET", path: "/api/v1/calls/INC-000001/steps/prepare_recovery?outcome=change"},
		},
		"Finish": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Finish(ctx, number, usm.AcceptIncident, usm.FinishRequest{Outcome: usm.Accepted}, WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/steps/accept_incident", body: `{"outcome":"accepted"}`},
		},
		"Ask": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Ask(ctx, number, "why?", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/ask", body: `{"question":"why?"}`},
		},
		"Answer": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Answer(ctx, number, "so", map[string]any{"a": 1}, WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/answer", body: `{"fields":{"a":1},"text":"so"}`},
		},
		"Confirm": {
			func(ctx context.Context, c *Client) error { _, err := c.Confirm(ctx, number, WithKey("k")); return err },
			sent{method: "POST", path: "/api/v1/calls/INC-000001/confirm", body: `{}`},
		},
		"Dispute": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Dispute(ctx, number, "no", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/dispute", body: `{"reason":"no"}`},
		},
		"Redo": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Redo(ctx, number, usm.AnalyseIncident, "again", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/redo", body: `{"reason":"again","step":"analyse_incident"}`},
		},
		"Retype": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Retype(ctx, number, usm.Wish, "wrong", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/retype", body: `{"reason":"wrong","type":"wish"}`},
		},
		"Abort": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Abort(ctx, number, "gone", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/abort", body: `{"reason":"gone"}`},
		},
		"Note": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Note(ctx, number, "n", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/notes", body: `{"text":"n"}`},
		},
		"Act": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Act(ctx, number, "redo", map[string]any{"reason": "r"}, WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/redo", body: `{"reason":"r"}`},
		},
		"Link": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Link(ctx, number, "INC-000002", "related", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/links", body: `{"kind":"related","to":"INC-000002"}`},
		},
		"Clocks": {
			func(ctx context.Context, c *Client) error { _, err := c.Clocks(ctx, number); return err },
			sent{method: "GET", path: "/api/v1/calls/INC-000001/clocks"},
		},
		"Pause": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Pause(ctx, number, "freeze", "n", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/pause", body: `{"note":"n","reason":"freeze"}`},
		},
		"Resume": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Resume(ctx, number, "freeze", "", WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/resume", body: `{"reason":"freeze"}`},
		},
		"Rebind": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Rebind(ctx, number, "calendar", usm.Recompute, WithKey("k"))
				return err
			},
			sent{method: "POST", path: "/api/v1/calls/INC-000001/rebind", body: `{"applies":"recompute","reason":"calendar"}`},
		},
		"SignalWithACloudEvent": {
			func(ctx context.Context, c *Client) error {
				return c.Signal(ctx, number, "deployed/x", map[string]any{"specversion": "1.0"}, WithKey("k"))
			},
			sent{
				method: "POST", path: "/api/v1/calls/INC-000001/signals/deployed%2Fx", body: `{"specversion":"1.0"}`,
				contentType: "application/cloudevents+json",
			},
		},
		"PlanDomain": {
			func(ctx context.Context, c *Client) error {
				_, err := c.PlanDomain(ctx, "it", []byte("id: it\n"))
				return err
			},
			sent{method: "POST", path: "/api/v1/domains/it/plan", body: "id: it\n", contentType: "application/yaml"},
		},
		"ApplyDomain": {
			func(ctx context.Context, c *Client) error {
				_, err := c.ApplyDomain(ctx, "it", []byte("id: it\n"))
				return err
			},
			sent{method: "PUT", path: "/api/v1/domains/it", body: "id: it\n", contentType: "application/yaml"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got sent
			answer := "{}"
			if strings.HasPrefix(name, "Calls") {
				answer = "[]"
			}
			s := serve(t, record(&got, answer))
			require.NoError(t, test.do(t.Context(), New(s.URL+"/", "secret")))
			require.Equal(t, "Bearer secret", got.token)
			if test.want.contentType == "" && test.want.body != "" {
				test.want.contentType = "application/json"
			}
			if got.method == http.MethodPost {
				require.NotEmpty(t, got.key, "every POST carries a key")
			}
			test.want.token, test.want.key = got.token, got.key
			require.Equal(t, test.want, got)
		})
	}
}
