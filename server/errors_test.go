package server_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// nextOf returns the address of the next page, "" at the end.
func nextOf(a *answer) string {
	address, _, found := strings.Cut(strings.TrimPrefix(a.Header.Get("Link"), "<"), `>; rel="next"`)
	if !found {
		return ""
	}
	return address
}

func TestProblems(t *testing.T) {
	t.Parallel()

	t.Run("OfAnUnknownAddress", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("rita", "/tickets").problem(http.StatusNotFound, usm.CodeNotFound)
		w.send("", http.MethodGet, "/nothing/here", nil).problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("OfAMethodTheAddressDoesNotTake", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		got := w.send("rita", http.MethodDelete, "/api/v1/calls", nil)
		got.problem(http.StatusMethodNotAllowed, "method_not_allowed")
		require.Contains(t, got.Header.Get("Allow"), http.MethodPost)
	})

	t.Run("OfACallThatIsNotThere", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, number := range []string{"INC-000404", "nonsense", "INC-00000%00"} {
			w.get("rita", "/calls/"+number).problem(http.StatusNotFound, usm.CodeNotFound)
		}
	})

	t.Run("HideWhatOnlyTheLogShouldSay", func(t *testing.T) {
		t.Parallel()
		log := &syncBuffer{}
		w := setup(t, func(o *server.Options) { o.Logger = slog.New(slog.NewJSONHandler(log, nil)) })
		p := w.get("crash", "/calls").problem(http.StatusInternalServerError, usm.CodeInternal)
		require.NotContains(t, p.Detail, "hunter2")
		require.Contains(t, log.String(), "hunter2")
		require.Contains(t, log.String(), p.TraceID)
	})

	t.Run("SurviveAPanic", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.desk.act = func(usm.Action) (usm.Ack, error) { panic("boom") }
		note := map[string]any{"text": "x"}
		p := w.post("omar", "/calls/"+number+"/notes", note, "Idempotency-Key", "k").problem(http.StatusInternalServerError, usm.CodeInternal)
		require.NotContains(t, p.Detail, "boom")
		w.desk.act = nil
		w.post("omar", "/calls/"+number+"/notes", note, "Idempotency-Key", "k").status(http.StatusOK)
	})

	t.Run("OfAnotherMediaType", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.post("rita", "/calls", "subject=x", "Content-Type", "application/x-www-form-urlencoded").
			problem(http.StatusUnsupportedMediaType, "unsupported_media_type")
	})
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, header := range map[string]string{
		"None": "", "AnotherScheme": "Basic cml0YTo=", "AnEmptyToken": "Bearer ", "AnUnknownToken": "Bearer token-of-stranger",
	} {
		t.Run(name+"IsRefused", func(t *testing.T) {
			t.Parallel()
			got := w.get("", "/calls", "Authorization", header)
			got.problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
			require.Contains(t, got.Header.Get("WWW-Authenticate"), "Bearer")
		})
	}
	t.Run("TheSchemeKnowsNoCase", func(t *testing.T) {
		t.Parallel()
		w.get("", "/me", "Authorization", "bearer token-of-rita").status(http.StatusOK)
	})
	t.Run("MeSaysWhoCalls", func(t *testing.T) {
		t.Parallel()
		var me struct {
			Person, Name, Token string
			Admin               bool
			Profiles            map[string][]string
		}
		w.get("omar", "/me").status(http.StatusOK).into(&me)
		require.Equal(t, "omar", me.Person)
		require.Equal(t, map[string][]string{"it": {"desk"}}, me.Profiles)
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()

	t.Run("ABodyOverTheLimitIs413", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		large := newIncident(map[string]any{"description": strings.Repeat("x", 1<<20)})
		w.post("rita", "/calls", large).problem(http.StatusRequestEntityTooLarge, usm.CodeTooLarge)
		w.post("rita", "/calls/INC-000001/signals/x", strings.Repeat("x", 1<<20+1)).problem(http.StatusRequestEntityTooLarge, usm.CodeTooLarge)
		w.post("rita", "/calls", strings.Repeat(" ", 1<<20)).problem(http.StatusBadRequest, "malformed")
	})

	t.Run("ATokenThatAsksTooMuchIs429AndOthersGoOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t, func(o *server.Options) { o.Limits = server.Limits{Rate: 0.1, Burst: 2} })
		w.get("rita", "/me").status(http.StatusOK)
		w.get("rita", "/me").status(http.StatusOK)
		got := w.get("rita", "/me")
		got.problem(http.StatusTooManyRequests, usm.CodeRateLimited)
		require.Equal(t, "10", got.Header.Get("Retry-After"))
		w.get("omar", "/me").status(http.StatusOK)
	})
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for name, c := range map[string]struct{ id, parent, want string }{
		"TheClientsOwnIsKept":  {"abc-1", "", "abc-1"},
		"AnInsaneOneIsNot":     {"a b\"c", "", ""},
		"ATraceGivesItsID":     {"", "00-" + trace + "-00f067aa0ba902b7-01", trace},
		"AnEmptyTraceDoesNot":  {"", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", ""},
		"WithoutBothItIsMade":  {"", "", ""},
		"AVeryLongOneIsNotOne": {strings.Repeat("x", 200), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := w.get("rita", "/me", "X-Request-Id", c.id, "Traceparent", c.parent).Header.Get("X-Request-ID")
			if c.want != "" {
				require.Equal(t, c.want, got)
				return
			}
			require.Len(t, got, 26)
		})
	}
}

// syncBuffer is a log that may be written and read at the same time.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
