package server_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestIdempotency(t *testing.T) {
	t.Parallel()

	t.Run("TheSameRequestGetsTheFirstAnswerAgain", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first := w.post("rita", "/calls", newIncident(), "Idempotency-Key", "k1").status(http.StatusCreated)
		w.store.change(first.call().Number, func(v *usm.CallView) { v.Subject = "changed since" })
		again := w.post("rita", "/calls", newIncident(), "Idempotency-Key", "k1").status(http.StatusCreated)
		require.Equal(t, first.body, again.body)
		for _, header := range []string{"Location", "ETag", "Content-Type"} {
			require.Equal(t, first.Header.Get(header), again.Header.Get(header))
		}
		require.Len(t, w.store.order, 1)
	})

	t.Run("TheOrderOfNamesDoesNotCount", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		w.post("omar", call+"/links", `{"to":"INC-000001x","kind":"related"}`, "Idempotency-Key", "k").status(http.StatusUnprocessableEntity)
		again := w.post(
			"omar", call+"/links", ` { "kind" : "related", "to" : "INC-000001x" } `, "Idempotency-Key", "k",
		).status(http.StatusUnprocessableEntity)
		require.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
	})

	t.Run("AnotherBodyOrAddressIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		w.post("omar", call+"/notes", map[string]any{"text": "a"}, "Idempotency-Key", "k").status(http.StatusOK)
		w.post(
			"omar", call+"/notes", map[string]any{"text": "b"}, "Idempotency-Key", "k",
		).problem(http.StatusUnprocessableEntity, usm.CodeKeyReused)
		w.post(
			"omar", call+"/ask", map[string]any{"text": "a"}, "Idempotency-Key", "k",
		).problem(http.StatusUnprocessableEntity, usm.CodeKeyReused)
	})

	t.Run("KeysOfDifferentTokensNeverMeet", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		w.post("omar", call+"/notes", map[string]any{"text": "a"}, "Idempotency-Key", "k").status(http.StatusOK)
		w.post("carla", call+"/notes", map[string]any{"text": "b"}, "Idempotency-Key", "k").status(http.StatusOK)
		require.NotEqual(t, w.desk.actions[0].ID, w.desk.actions[1].ID)
	})

	t.Run("ARepetitionBeforeTheAnswerIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		entered, leave := make(chan struct{}), make(chan struct{})
		w.desk.act = func(usm.Action) (usm.Ack, error) { close(entered); <-leave; return usm.Ack{}, nil }
		note := map[string]any{"text": "a"}
		var running sync.WaitGroup
		running.Go(func() { w.post("omar", call+"/notes", note, "Idempotency-Key", "k") })
		<-entered
		got := w.post("omar", call+"/notes", note, "Idempotency-Key", "k")
		close(leave)
		running.Wait()
		got.problem(http.StatusConflict, usm.CodeInProgress)
		require.NotEmpty(t, got.Header.Get("Retry-After"))
	})

	t.Run("AFailureOfOursFreesTheKeyAndKeepsTheActionsID", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		note := map[string]any{"text": "a"}
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
		w.post("omar", call+"/notes", note, "Idempotency-Key", "k").problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
		w.desk.fail(nil)
		w.post("omar", call+"/notes", note, "Idempotency-Key", "k").status(http.StatusOK)
		require.Equal(t, w.desk.actions[0].ID, w.desk.actions[1].ID)
	})

	t.Run("WhatEndedItsCallReachesItsRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		abort := func(key string) *answer {
			return w.post("rita", "/calls/"+number+"/abort", map[string]any{"reason": "Found it."}, "Idempotency-Key", key)
		}
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
		abort("k").problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
		did := w.desk.actions[0]
		w.store.change(number, func(v *usm.CallView) { v.Status, v.Step = usm.StatusAborted, "" })
		w.store.actors = map[string]usm.Actor{number + "/" + did.ID: did.Actor}
		w.store.unanswered = nil // that it has no answer could not be noted
		w.desk.fail(nil)
		abort("another").problem(http.StatusConflict, usm.CodeOutOfTurn)
		abort("k").status(http.StatusOK)
		require.Len(t, w.desk.actions, 2)
		again := w.desk.actions[1]
		require.Equal(t, []any{did.ID, did.Name, did.Actor, did.Text}, []any{again.ID, again.Name, again.Actor, again.Text})
	})

	t.Run("ACrashBeforeTheAnswerOpensNoSecondCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first := w.post("rita", "/calls", newIncident(), "Idempotency-Key", "k").status(http.StatusCreated).call()
		w.store.keys["id-ritak"].answer = usm.IntakeAnswer{} // the gateway died before it kept the answer
		again := w.post("rita", "/calls", newIncident(), "Idempotency-Key", "k").status(http.StatusCreated).call()
		require.Equal(t, first.Number, again.Number)
		require.Len(t, w.store.order, 1)
	})
}
