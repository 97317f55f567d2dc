package workflows_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// aborted are the calls that were recorded as aborted, in that order.
func (w *world) aborted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var numbers []string
	for _, e := range w.trail {
		if e.kind == usm.EventAborted {
			numbers = append(numbers, e.call)
		}
	}
	return numbers
}

var awaitsSignal = usm.ProcedureStep{
	Step: usm.ExecuteOperation, Performer: usm.BySystem,
	Signal: &usm.SignalRule{Name: "done", Fields: map[string]string{"log": "[{'text': data.text}]"}},
}

func TestAbort(t *testing.T) {
	t.Parallel()
	abort := said(usm.ActionAbort, "ann", "not needed any more")

	for kind, prepare := range map[usm.WaitKind]func(*world){
		usm.WaitStep:         func(w *world) { w.reach(usm.PlanOperation) },
		usm.WaitAnswer:       func(w *world) { w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Which?")) },
		usm.WaitConfirmation: func(w *world) { w.reach(usm.ReviewOperation) },
		usm.WaitSignal:       func(w *world) { w.reach(usm.ExecuteOperation) },
	} {
		t.Run("WhileItWaitsFor/"+string(kind), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.procedure(usm.Operate, awaitsSignal)
			prepare(w)
			if kind == usm.WaitConfirmation {
				w.script = nil
				w.bringPastSignal()
			}
			var waited usm.Next
			w.then(func() { waited = w.next(w.number) })
			r := w.thenSend("SRQ-000001", abort)
			require.Equal(t, usm.Result{Number: "SRQ-000001", Status: usm.StatusAborted, Outcome: usm.OutcomeAborted}, w.run(usm.Operation))
			require.Equal(t, kind, waited.Waiting.Kind)
			require.Equal(t, usm.StatusAborted, r.ack.Status)
			require.Equal(t, "not needed any more", w.text(w.number, usm.EventAborted))
			skipped := w.entries(w.number, usm.EventAborted)[0].amendment.Next.Skipped
			require.Equal(t, waited.Step, skipped[0])
			require.Equal(t, usm.CloseRequest, skipped[len(skipped)-1])
		})
	}

	t.Run("ChildrenAreAskedFirst", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.RecoverService)
		w.then(func() { w.bringChildTo("RFC-000001", usm.DeployChange) })
		r := w.thenSend("INC-000001", abort)
		require.Equal(t, usm.StatusAborted, w.run(usm.IncidentWithChange).Status)
		require.NoError(t, r.err)
		require.Equal(t, []string{"SRQ-000001", "RFC-000001", "INC-000001"}, w.aborted())
		order := w.entries("RFC-000001", usm.EventAborted)[0].amendment
		require.Equal(t, "INC-000001 is aborted: not needed any more", order.Text)
		require.Equal(t, usm.Actor{Person: "ann", Rule: usm.RuleParent}, order.Actor)
	})

	t.Run("NeedsAReason", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		r := w.thenSend("SRQ-000001", said(usm.ActionAbort, "ann", ""))
		w.run(usm.Operation)
		require.True(t, r.rejected)
		require.Equal(t, "/reason", refusal(t, r.err).Fields[0].Pointer)
	})

	t.Run("TheSecondOfTwoIsToldThatItIsOver", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, second := &reply{}, &reply{}
		w.then(func() {
			w.sendAs("first", "SRQ-000001", abort, first)
			w.sendAs("second", "SRQ-000001", said(usm.ActionAbort, "bob", "me too"), second)
		})
		w.run(usm.Operation)
		require.NoError(t, first.err)
		require.Error(t, second.err)
		require.Equal(t, []string{"SRQ-000001"}, w.aborted())
	})
}

// bringPastSignal brings the call to its review, the work done by hand.
func (w *world) bringPastSignal() {
	w.reach(usm.ExecuteOperation)
	w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "olga", ""))
}

// bringChildTo lets the staff work until a child is at a step.
func (w *world) bringChildTo(number string, step usm.Step) {
	if w.next(number).Step != step {
		w.act(w.number)
		w.script = slices.Insert(w.script, 0, func() { w.bringChildTo(number, step) })
	}
}

func TestCancelledByTemporal(t *testing.T) {
	t.Parallel()
	// The environment answers for a child that is cancelled, so these calls run without host.
	cancelled := func(w *world, as usm.Workflow) {
		w.then(w.env.CancelWorkflow)
		require.NoError(w.t, w.runAlone(as.Name, w.request(as)))
		var result usm.Result
		require.NoError(w.t, w.env.GetWorkflowResult(&result))
		require.Equal(w.t, usm.Result{Number: w.number, Status: usm.StatusAborted, Outcome: usm.OutcomeAborted}, result)
	}

	t.Run("IsRecordedAsAnAbort", func(t *testing.T) {
		t.Parallel()
		for _, step := range usm.Operate.Steps() {
			w := setup(t)
			w.reach(step)
			cancelled(w, usm.Operation)
			require.Equal(t, "the run was cancelled in Temporal", w.text(w.number, usm.EventAborted))
			require.Equal(t, usm.Engine, w.entries(w.number, usm.EventAborted)[0].amendment.Actor)
		}
	})

	t.Run("TakesTheChildrenFirst", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.RecoverService)
		w.then(func() { w.bringChildTo("RFC-000001", usm.DeployChange) })
		cancelled(w, usm.IncidentWithChange)
		require.Equal(t, []string{"SRQ-000001", "RFC-000001", "INC-000001"}, w.aborted())
	})

	t.Run("LeavesCallsAloneThatItOnlyRaised", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		executed := finish(usm.ExecuteOperation, "olga", "")
		executed.Fields["incidents"] = []any{map[string]any{"subject": "A disk failed"}}
		w.reach(usm.ExecuteOperation)
		w.thenSend("SRQ-000001", executed)
		cancelled(w, usm.Operation)
		require.Equal(t, []string{"SRQ-000001"}, w.aborted())
		require.Equal(t, usm.StatusOpen, w.next("INC-000001").Status)
	})
}
