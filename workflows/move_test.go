package workflows_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestChildrenOfAMovingCall is about children that are under way while their parent continues in a new run.
func TestChildrenOfAMovingCall(t *testing.T) {
	t.Parallel()
	// moved is a change at its fork that continues in a new run.
	moved := func(t *testing.T) (w *world, name string, call usm.Call) {
		t.Helper()
		w = setup(t)
		w.staff = false
		w.reach(usm.DeployChange)
		w.then(func() { w.env.SetContinueAsNewSuggested(true) })
		w.thenSend("RFC-000001", said(usm.ActionNote, "ann", "moves the run"))
		name, call = continued(t, w.runAlone("ResourceChange", w.request(usm.ResourceChange)))
		w.renew()
		return w, name, call
	}
	ended := func(outcome usm.Outcome) usm.Result {
		return usm.Result{Number: "SRQ-000001", Status: usm.StatusClosed, Outcome: outcome}
	}

	t.Run("ReportTheirEndBySignal", func(t *testing.T) {
		t.Parallel()
		w, name, call := moved(t)
		require.Equal(t, []usm.Child{{Number: "SRQ-000001", Workflow: "Operation", Detached: true}}, call.Progress.Children)
		w.signal("usm_child_ended", ended(usm.OutcomeFulfilled))
		w.then(func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Len(t, w.entries(w.number, usm.EventForked), 1)
		require.Empty(t, w.entries(w.number, usm.EventSentBack))
	})

	t.Run("SendTheParentBackWhenTheyFail", func(t *testing.T) {
		t.Parallel()
		w, name, call := moved(t)
		w.signal("usm_child_ended", ended(usm.OutcomeAborted))
		w.then(func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Len(t, w.entries(w.number, usm.EventForked), 2)
	})

	t.Run("AreAwaitedByARunThatTemporalCancels", func(t *testing.T) {
		t.Parallel()
		w, name, call := moved(t)
		w.env.OnSignalExternalWorkflow(mock.Anything, "SRQ-000001", "", "usm_abort", mock.Anything).Return(nil).Once()
		w.then(w.env.CancelWorkflow, func() { require.Empty(t, w.aborted()) })
		w.then(func() { w.env.SignalWorkflow("usm_child_ended", ended(usm.OutcomeAborted)) })
		require.NoError(t, w.runAlone(name, call))
		require.Equal(t, []string{w.number}, w.aborted())
		w.env.AssertExpectations(t)
	})

	t.Run("AreAskedToReportAndDo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		child := w.request(usm.Operation)
		reported := make(chan usm.Result, 1)
		w.env.OnSignalExternalWorkflow("default-test-namespace", "RFC-000001", "", "usm_child_ended", ended(usm.OutcomeFulfilled)).
			Return(func(_, _, _, _ string, result any) error {
				reported <- result.(usm.Result) //nolint:errcheck,forcetypeassert // as sent
				return nil
			})
		w.signal("usm_report_to", "RFC-000001")
		require.Equal(t, usm.StatusClosed, w.resume("Operation", child).Status)
		require.Equal(t, ended(usm.OutcomeFulfilled), <-reported)
	})
}

// TestRequestOfAMovingCall is about another system that was asked for work and has not taken it yet.
func TestRequestOfAMovingCall(t *testing.T) {
	t.Parallel()
	w, asked := asksWork(t, http.StatusServiceUnavailable)
	w.reach(usm.ExecuteOperation)
	w.then(func() {}, func() { w.env.SetContinueAsNewSuggested(true) })
	w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
	name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
	before := asked.Load()
	require.Positive(t, before)

	w.renew()
	w.then(func() {}, func() {})
	w.signal("done", event("1", map[string]any{"text": "installed"}))
	require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
	require.Greater(t, asked.Load(), before, "the new run asks again, under the same idempotency key")
}

// TestAbortOfAMovingChild is about a parent's order that meets the child on its way to a new run.
func TestAbortOfAMovingChild(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.staff = false
	w.then(func() {
		// In one task: the order, and the suggestion to move.
		w.env.SignalWorkflowSkippingWorkflowTask("usm_abort", said(usm.ActionAbort, "ann", "INC-000001 is aborted"))
		w.env.RegisterDelayedCallback(func() { w.env.SetContinueAsNewSuggested(true) }, 0)
	})
	w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
	name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
	require.Empty(t, w.aborted())

	w.renew()
	require.Equal(t, usm.StatusAborted, w.resume(name, call).Status)
	require.Equal(t, "INC-000001 is aborted", w.text(w.number, usm.EventAborted))
}
