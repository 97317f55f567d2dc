package test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

var errEnded = errors.New("the call has ended")

// told follows a call as it happens and holds what was told against the trail.
func told(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[4], "")
	ctx, cancel := context.WithTimeout(t.Context(), eventual)
	defer cancel()
	ready, ended := make(chan struct{}), make(chan error, 1)
	var events []usm.Event
	go func() {
		ended <- w.As(view.Requester).Feed(ctx, func() { close(ready) }, func(event usm.Event) error {
			if event.Call != view.Number {
				return nil
			}
			events = append(events, event)
			if event.Step == usm.CloseRequest && event.Kind == usm.EventStepFinished {
				return errEnded
			}
			return nil
		})
	}()
	<-ready
	_, err := w.Drive(t.Context(), view.Number, product.Plan{})
	require.NoError(t, err)
	require.ErrorIs(t, <-ended, errEnded)
	require.NotEmpty(t, events)
	trail := w.Trail(t, view.Number)
	from := events[0].Sequence - 1
	require.Equal(t, trail[from:from+len(events)], events)
	require.True(t, slices.IsSortedFunc(events, func(a, b usm.Event) int { return a.Sequence - b.Sequence }))
	require.LessOrEqual(t, from, view.Revision, "nothing is missed once the stream is open")
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"hr"}, Env: map[string]string{"USM_RATE_LIMIT": "5"}})
	var limited product.Answer
	for range 50 {
		if limited = p.Send(t, product.Request{Path: "/me", Token: p.Token("fatou")}); limited.Status != http.StatusOK {
			break
		}
	}
	requireRefused(t, limited, "/me", refusal{http.StatusTooManyRequests, usm.CodeRateLimited, nil, "5"})
	require.NotEmpty(t, limited.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, p.Send(t, product.Request{Path: "/me", Token: p.Token("giulia")}).Status, "others go on")
	me, err := p.As("fatou").Me(t.Context())
	require.NoError(t, err, "a client that waits gets its answer")
	require.NotEmpty(t, me.Token, "the id of the token that he came with")
	me.Token = ""
	require.Equal(t, client.Me{Person: "fatou", Name: "Fatou Diallo", Profiles: map[string][]string{"hr": {"hr-desk"}}}, me)
}
