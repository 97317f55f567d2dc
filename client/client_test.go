package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestEachPostHasAKeyOfItsOwnUnlessOneIsGiven(t *testing.T) {
	t.Parallel()
	var got sent
	s := serve(t, record(&got, "{}"))
	c := New(s.URL, "")
	keys := map[string]bool{}
	for range 3 {
		_, err := c.Note(t.Context(), "INC-000001", "n", WithKey(""))
		require.NoError(t, err)
		keys[got.key] = true
		require.Empty(t, got.token)
	}
	require.Len(t, keys, 3)
	_, err := c.As("other").Note(t.Context(), "INC-000001", "n", WithKey("mine"))
	require.NoError(t, err)
	require.Equal(t, "mine", got.key)
	require.Equal(t, "Bearer other", got.token)
}

func TestListsGiveTheCursorOfTheNextPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", `</api/v1/calls?cursor=old>; rel="prev", </api/v1/calls?cursor=a%2Fb&limit=1>; rel="next"`)
		_, _ = io.WriteString(w, `[{"number":"INC-000001"}]`)
	})
	calls, next, err := New(s.URL, "").Calls(t.Context(), usm.CallFilter{})
	require.NoError(t, err)
	require.Equal(t, "a/b", next)
	require.Equal(t, "INC-000001", calls[0].Number)
	require.Empty(t, nextCursor(nil))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		want              Problem
		says              string
	}{
		"AProblemDocumentOfOurs": {
			"application/problem+json",
			`{"status":409,"title":"Not now","detail":"INC-000001 has ended","code":"out_of_turn","allowed_actions":["notes"],"trace_id":"t"}`,
			Problem{
				Status: 409, Title: "Not now", Detail: "INC-000001 has ended", Code: usm.CodeOutOfTurn,
				AllowedActions: []string{"notes"}, TraceID: "t",
			},
			"INC-000001 has ended",
		},
		"ATextOfSomethingBetween": {
			"text/plain; charset=utf-8", "bad gateway\nsee the log\n", Problem{Status: 409, Detail: "bad gateway"}, "bad gateway",
		},
		"APageOfSomethingBetween": {"text/html", "<html>", Problem{Status: 409}, "the gateway answered 409 Conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				w.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := New(s.URL, "").Call(t.Context(), "INC-000001")
			var problem *Problem
			require.ErrorAs(t, err, &problem)
			require.Equal(t, test.want, *problem)
			require.EqualError(t, err, test.says)
			require.Equal(t, test.want.Code, CodeOf(err))
		})
	}
	require.Empty(t, CodeOf(io.EOF))
}

// failing refuses the first n requests with a status and a code.
func failing(n int32, status int, code usm.Code, retryAfter string) (http.HandlerFunc, *atomic.Int32) {
	var tries atomic.Int32
	return func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) <= n {
			w.Header().Set("Retry-After", retryAfter)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"code": code})
			return
		}
		_, _ = io.WriteString(w, "{}")
	}, &tries
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		code   usm.Code
		after  string
		tries  int32
	}{
		"WhenThereAreTooManyRequests":    {429, usm.CodeRateLimited, "", 3},
		"WhenAPartIsAway":                {503, usm.CodeUnavailable, "0", 3},
		"WhileTheFirstRequestStillRuns":  {409, usm.CodeInProgress, "", 3},
		"ButNotARefusal":                 {409, usm.CodeOutOfTurn, "", 1},
		"ButNotAnErrorOfTheGateway":      {500, usm.CodeInternal, "", 1},
		"ButNotWhenItShouldWaitTooLong":  {503, usm.CodeUnavailable, "3600", 1},
		"NorWhenThatIsADateFarInFuture":  {503, usm.CodeUnavailable, "Fri, 31 Dec 2100 23:59:59 GMT", 1},
		"ButAtOnceWhenTheDateIsOverAgo":  {503, usm.CodeUnavailable, "Fri, 31 Dec 1999 23:59:59 GMT", 3},
		"AndIgnoresAHeaderThatIsNeither": {429, usm.CodeRateLimited, "soon", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, tries := failing(2, test.status, test.code, test.after)
			s := serve(t, handler)
			_, err := New(s.URL, "").Note(t.Context(), "INC-000001", "n")
			require.Equal(t, test.tries, tries.Load())
			require.Equal(t, test.tries == 3, err == nil)
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	handler, tries := failing(1_000, 503, usm.CodeUnavailable, "")
	s := serve(t, handler)
	_, err := NewWith(s.URL, "", Options{Patience: -1}).Call(t.Context(), "INC-000001")
	require.Equal(t, usm.CodeUnavailable, CodeOf(err))
	require.EqualValues(t, 1, tries.Load())

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = New(s.URL, "").Call(ctx, "INC-000001")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.Close()
	_, err := New(s.URL, "").Call(t.Context(), "INC-000001")
	var unreachable *UnreachableError
	require.ErrorAs(t, err, &unreachable)
	require.Equal(t, s.URL, unreachable.Address)
	require.ErrorContains(t, err, "no gateway answers at "+s.URL)
}

func TestReconnectSendsAgainWhenAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "{}")
	})
	c := NewWith(s.URL, "", Options{Reconnect: true})
	_, err := c.Note(t.Context(), "INC-000001", "n")
	require.NoError(t, err)
	require.EqualValues(t, 3, tries.Load())
}

func TestAnAnswerThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })
	_, err := New(s.URL, "").Call(t.Context(), "INC-000001")
	require.ErrorContains(t, err, "not what this version of usm understands")
}
