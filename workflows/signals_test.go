package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// event is a CloudEvent as another system sends it.
func event(id string, data map[string]any) map[string]any {
	return map[string]any{"specversion": "1.0", "id": id, "source": "builder", "type": "done", "data": data}
}

func (w *world) signal(name string, payload any) {
	w.then(func() {
		if w.root {
			w.env.SignalWorkflow(name, payload)
			return
		}
		require.NoError(w.t, w.env.SignalWorkflowByID(w.number, name, payload))
	})
}

func systemStep(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	rule := awaitsSignal
	rule.Signal = &usm.SignalRule{Name: "done", When: "!has(data.progress)", Fields: awaitsSignal.Signal.Fields}
	w.procedure(usm.Operate, rule)
	return w
}

func TestSignals(t *testing.T) {
	t.Parallel()
	done := map[string]any{"text": "installed"}
	executed := func(w *world) usm.StepInput { return w.entries(w.number, usm.EventStepFinished)[3].step }

	t.Run("FinishASystemStep", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.reach(usm.ExecuteOperation)
		var waiting usm.Next
		w.then(func() { waiting = w.next(w.number) })
		w.signal("done", event("1", done))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, usm.StatusWaiting, waiting.Status)
		require.Equal(t, "done", waiting.Waiting.Signal)
		require.Equal(t, usm.SystemActor("builder"), executed(w).Actor)
		require.Equal(t, "installed", w.entries(w.number, usm.EventStepFinished)[3].effects.Log[0].Text)
	})

	t.Run("APlainPayloadDoesAsWell", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.reach(usm.ExecuteOperation)
		w.signal("done", done)
		w.run(usm.Operation)
		require.Equal(t, usm.SystemActor("plain"), executed(w).Actor)
	})

	t.Run("AnEarlyOneIsKeptUntilItsStepOpens", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.signal("done", event("1", done))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, usm.SystemActor("builder"), executed(w).Actor)
	})

	t.Run("ADuplicateIsAbsorbed", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.signal("done", event("1", done))
		w.signal("done", event("1", done))
		w.run(usm.Operation)
		require.Empty(t, w.entries(w.number, usm.EventDeadLetter))
	})

	t.Run("APlainAnswerToARepeatedStepIsNoDuplicate", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.bodies[usm.ReviewOperation] = []usm.Action{{Outcome: usm.Disputed}}
		w.reach(usm.ExecuteOperation)
		w.signal("done", done)
		w.then(func() {}, func() { w.act(w.number) }) // the requester disputes
		w.reach(usm.ExecuteOperation)
		w.signal("done", done)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, 2, w.attempt(w.number, usm.ExecuteOperation))
	})

	t.Run("TheSamePayloadUnderAnotherNameIsNoDuplicate", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.procedure(usm.Operate, usm.ProcedureStep{
			Step: usm.PlanOperation, Performer: usm.BySystem,
			Signal: &usm.SignalRule{Name: "planned", Fields: map[string]string{"plan": "data.text"}},
		})
		w.signal("planned", done)
		w.signal("done", done)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})

	t.Run("AnEventSentAgainUnderTheRightNameIsTaken", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.reach(usm.ExecuteOperation)
		w.signal("dnoe", event("1", done))
		w.signal("done", event("1", done))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})

	t.Run("WhatTheRulePassesOverIsNoted", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.reach(usm.ExecuteOperation)
		w.signal("done", event("1", map[string]any{"progress": 50}))
		w.signal("done", event("2", done))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, "done 1", w.text(w.number, usm.EventSignal))
	})

	t.Run("AnUnknownNameIsADeadLetter", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.signal("dance", event("1", done))
		w.signal("done", event("2", done))
		w.run(usm.Operation)
		letter := w.entries(w.number, usm.EventDeadLetter)[0].amendment
		require.Equal(t, "no step of the procedure waits for a signal of this name", letter.Text)
		require.Equal(t, "dance", letter.Signals[0].Name)
	})

	for name, payload := range map[string]map[string]any{
		"APayloadWithoutWhatTheMappingNeedsIsADeadLetter": {"txt": "installed"},
		"AMappingThatGivesInvalidFieldsMakesADeadLetter":  {"text": 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := systemStep(t)
			w.reach(usm.ExecuteOperation)
			w.signal("done", event("1", payload))
			var after usm.Next
			w.then(func() { after = w.next(w.number) })
			w.signal("done", event("2", done))
			require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
			require.Equal(t, usm.WaitSignal, after.Waiting.Kind, "the step waits on")
			require.Equal(t, "1", w.entries(w.number, usm.EventDeadLetter)[0].amendment.Signals[0].ID)
		})
	}

	t.Run("WhatArrivedForACallThatEndedIsADeadLetter", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.signal("done", event("1", done))
		w.thenSend("SRQ-000001", said(usm.ActionAbort, "ann", "enough"))
		require.Equal(t, usm.StatusAborted, w.run(usm.Operation).Status)
		require.Equal(t, "the call had ended", w.text(w.number, usm.EventDeadLetter))
		kinds := w.kinds(w.number)
		require.Equal(t, usm.EventDeadLetter, kinds[len(kinds)-1])
	})

	t.Run("PeopleMayFinishASystemStep", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.reach(usm.ExecuteOperation)
		r := w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "olga", ""))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
	})
}

// TestContinueAsNew is about a history that has grown so long that Temporal suggests a new run.
func TestContinueAsNew(t *testing.T) {
	t.Parallel()
	suggest := func(w *world) { w.then(func() { w.env.SetContinueAsNewSuggested(true) }, func() {}) }

	t.Run("NothingIsLost", func(t *testing.T) {
		t.Parallel()
		w := systemStep(t)
		w.staff = false
		w.signal("done", event("1", map[string]any{"text": "installed"}))
		suggest(w)
		w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
		name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		require.Equal(t, "Operation", name)
		require.Equal(t, usm.AcceptRequest, call.Progress.Step)
		require.Len(t, call.Progress.Early, 1)
		require.Len(t, call.Progress.Seen, 1)

		w.renew()
		w.staff = true
		w.signal("done", event("1", map[string]any{"text": "installed"})) // delivered again
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Len(t, w.entries(w.number, usm.EventStepFinished), 6)
		require.Empty(t, w.entries(w.number, usm.EventDeadLetter))
	})

	t.Run("AWaitGoesOnFromWhenItBegan", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ReviewOperation)
		w.wait(10 * 24 * time.Hour)
		suggest(w)
		w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
		name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		since := call.Progress.Waiting.Since
		began := w.env.Now()
		require.Greater(t, began.Sub(since), 9*24*time.Hour)

		w.renew()
		w.env.SetStartTime(began)
		w.staff = false
		w.then(func() {})
		w.wait(5 * 24 * time.Hour)
		var after usm.Next
		w.then(func() { after = w.next(w.number) }, func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Equal(t, usm.CloseRequest, after.Step)
	})
}
