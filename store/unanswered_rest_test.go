package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestAnActionAfterWhichTheCallRests is kept at once, and only that.
func TestAnActionAfterWhichTheCallRests(t *testing.T) {
	t.Parallel()
	// accepted is an incident whose first step is finished, and the action that did it.
	accepted := func(t *testing.T, effects usm.Effects, change ...func(*usm.StepInput)) (w world, call usm.Call, sent usm.SentAction) {
		t.Helper()
		w = setup(t)
		call = w.open(asked(usm.Incident))
		in := input(call, usm.AcceptIncident, change...)
		in.RequestID, in.ActionID = "request", "a"
		w.finish(in, effects)
		action := usm.Action{Name: usm.ActionFinish, Step: in.Step, ID: in.ActionID, RequestID: in.RequestID}
		return w, call, usm.SentAction{Call: call.Number, Action: action}
	}
	waits := func(kind usm.WaitKind) func(*usm.StepInput) {
		return func(in *usm.StepInput) { in.Next.Waiting.Kind = kind }
	}
	requireNone := func(t *testing.T, w world, sent ...usm.SentAction) {
		t.Helper()
		resting, err := w.Rest(w.ctx(), sent)
		require.NoError(t, err)
		require.Empty(t, resting)
		_, wait, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Negative(t, wait, "nothing is kept")
	}

	t.Run("IsKept", func(t *testing.T) {
		t.Parallel()
		w, call, sent := accepted(t, usm.Effects{})
		other := sent
		other.Action.ID = "b" // of the same request
		resting, err := w.Rest(w.ctx(), []usm.SentAction{other, sent})
		require.NoError(t, err)
		require.Equal(t, []usm.SentAction{sent}, resting)
		kept, err := w.Outstanding(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Equal(t, resting, kept)

		recorded, wait, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, recorded, "who asked sends it")
		require.Positive(t, wait)
		require.NoError(t, w.exec(`UPDATE unanswered SET taken_at = taken_at - interval '6 seconds'`))
		recorded, _, err = w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, resting, recorded, "who asked has not said that it is answered")
	})
	t.Run("IsNoneBeforeAStepThatWaitsForNobody", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []usm.WaitKind{usm.WaitNone, usm.WaitChild, usm.WaitSignal, usm.WaitApproval} {
			w, _, sent := accepted(t, usm.Effects{}, waits(kind))
			requireNone(t, w, sent)
		}
	})
	t.Run("IsNoneWhenAnotherWorkflowGoesOn", func(t *testing.T) {
		t.Parallel()
		w, _, sent := accepted(t, usm.Effects{}, func(in *usm.StepInput) { in.Next.Workflow = usm.IncidentWithChange.Name })
		requireNone(t, w, sent)
	})
	t.Run("IsNoneWhenAnotherCallBegins", func(t *testing.T) {
		t.Parallel()
		w, _, sent := accepted(t, usm.Effects{Raise: []usm.NewCall{{Type: usm.Risk, Subject: "The disk is nearly full"}}})
		requireNone(t, w, sent)
	})
	t.Run("IsNoneWhenTheCallHasMovedOn", func(t *testing.T) {
		t.Parallel()
		w, call, sent := accepted(t, usm.Effects{})
		w.note(call, "later")
		requireNone(t, w, sent)
	})
	t.Run("IsNoneThatFinishesNoStep", func(t *testing.T) {
		t.Parallel()
		w, call, sent := accepted(t, usm.Effects{})
		_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventNoted, Key: "act/b", Text: "A note", ActionID: "b"})
		require.NoError(t, err)
		sent.Action.ID = "b"
		requireNone(t, w, sent)
	})
	t.Run("IsNoneWhenNobodyAsks", func(t *testing.T) {
		t.Parallel()
		w, _, _ := accepted(t, usm.Effects{})
		requireNone(t, w)
	})
}
