package server_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestAnActionAfterWhichTheCallRests is answered when the registers have it, and kept until the engine has it too.
func TestAnActionAfterWhichTheCallRests(t *testing.T) {
	t.Parallel()
	accepted := map[string]any{"outcome": "accepted"}
	kept := func(w *world) int {
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		return len(w.store.unanswered)
	}
	acted := func(w *world) []usm.Action {
		w.desk.mu.Lock()
		defer w.desk.mu.Unlock()
		return slices.Clone(w.desk.actions)
	}
	// resting is a gateway whose registers have an action done as soon as they are asked; engine answers it later.
	resting := func(t *testing.T, engine func() error) (w *world, number string) {
		t.Helper()
		w = setup(t)
		number = w.incident()
		w.store.mu.Lock()
		w.store.resting = true
		w.store.mu.Unlock()
		w.desk.mu.Lock()
		w.desk.act = func(usm.Action) (usm.Ack, error) { return usm.Ack{}, engine() }
		w.desk.mu.Unlock()
		return w, number
	}

	t.Run("IsAnsweredBeforeTheEngineHas", func(t *testing.T) {
		t.Parallel()
		engine := make(chan error)
		w, number := resting(t, func() error { return <-engine })
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted, "Idempotency-Key", "k").status(http.StatusOK)
		require.Equal(t, 1, kept(w))
		engine <- nil
		require.Eventually(t, func() bool { return kept(w) == 0 }, 5*time.Second, time.Millisecond)
	})
	t.Run("IsKeptWhenTheEngineNeverAnswers", func(t *testing.T) {
		t.Parallel()
		engine := make(chan error)
		w, number := resting(t, func() error { return <-engine })
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted).status(http.StatusOK)
		engine <- usm.Errorf(usm.CodeUnavailable, "away")
		require.Never(t, func() bool { return kept(w) == 0 }, 50*time.Millisecond, time.Millisecond)
	})
	t.Run("IsNotKeptWhenTheEngineIsFaster", func(t *testing.T) {
		t.Parallel()
		engine, answered := make(chan error), make(chan struct{})
		w, number := resting(t, func() error { return <-engine })
		w.store.mu.Lock()
		w.store.rests = func() { engine <- nil; <-answered } // the registers have it, and nobody was told yet
		w.store.mu.Unlock()
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted).status(http.StatusOK)
		require.Equal(t, 1, kept(w))
		close(answered)
		require.Eventually(t, func() bool { return kept(w) == 0 }, 5*time.Second, time.Millisecond)
	})
	t.Run("IsWaitedForByWhatFollows", func(t *testing.T) {
		t.Parallel()
		engine := make(chan error)
		w, number := resting(t, func() error { return <-engine })
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted).status(http.StatusOK)
		next := make(chan *answer)
		go func() { next <- w.post("omar", "/calls/"+number+"/notes", map[string]any{"text": "What next?"}) }()
		require.Eventually(t, func() bool { return len(acted(w)) == 2 }, 5*time.Second, time.Millisecond)
		require.Equal(t, acted(w)[0], acted(w)[1], "the engine says when it has it")
		for range 3 {
			engine <- nil
		}
		(<-next).status(http.StatusOK)
		require.Equal(t, usm.ActionNote, acted(w)[2].Name)
	})
	t.Run("ComesToItsCallBeforeWhatFollows", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		before := usm.Action{Name: usm.ActionNote, Text: "lost", ID: "lost", RequestID: "r"}
		require.NoError(t, w.store.Unanswered(t.Context(), number, before))
		w.post("omar", "/calls/"+number+"/steps/accept_incident", accepted).status(http.StatusOK)
		require.Len(t, w.desk.actions, 2)
		require.Equal(t, before, w.desk.actions[0])
		require.Zero(t, kept(w))
	})
}
