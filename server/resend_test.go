package server_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestAnActionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	accepted := map[string]any{"outcome": "accepted"}

	t.Run("IsNotedAsItWasSent", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted, "Idempotency-Key", "k").status(http.StatusServiceUnavailable)
		require.Len(t, w.store.unanswered, 1)
		noted := w.store.unanswered[0]
		require.Equal(t, number, noted.Call)
		require.Equal(t, []usm.Action{noted.Action}, w.desk.actions)
		require.NotEmpty(t, noted.Action.ID)
		require.NotEmpty(t, noted.Action.RequestID)
	})
	t.Run("IsNotOneThatWasRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.desk.fail(usm.Errorf(usm.CodeOutOfTurn, "not now"))
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted).status(http.StatusConflict)
		require.Empty(t, w.store.unanswered)
	})
	for name, c := range map[string]struct {
		says error
		left int
	}{
		"IsSentAgainAndForgotten":          {nil, 0},
		"IsForgottenWhenTheCallHasMovedOn": {usm.Errorf(usm.CodeOutOfTurn, "the step is finished"), 0},
		"IsKeptWhileTheEngineIsAway":       {usm.Errorf(usm.CodeUnavailable, "away"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			number := w.incident()
			action := usm.Action{Name: usm.ActionFinish, Step: usm.AcceptIncident, ID: "a", RequestID: "r"}
			require.NoError(t, w.store.Unanswered(t.Context(), number, action))
			ctx, cancel := context.WithCancel(t.Context())
			w.desk.mu.Lock()
			w.desk.act = func(usm.Action) (usm.Ack, error) { cancel(); return usm.Ack{}, c.says }
			w.desk.mu.Unlock()
			require.NoError(t, server.Resend(ctx, server.Options{Desk: w.desk, Reader: w.store, Intake: w.store}))
			require.Equal(t, []usm.Action{action}, w.desk.actions)
			require.Len(t, w.store.unanswered, c.left)
		})
	}
}
