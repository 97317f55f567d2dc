package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// TestAVersionThatIsNotCurrentAnyMore is left by what is pinned to it, as soon as it wakes.
func TestAVersionThatIsNotCurrentAnyMore(t *testing.T) {
	t.Parallel()

	t.Run("ByACallThatWaits", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		w.then(func() { w.env.SetTargetWorkerDeploymentVersionChanged(true) }, func() {})
		w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "wakes the call"))
		name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		require.Equal(t, "Operation", name)
		require.Equal(t, usm.PlanOperation, call.Progress.Step)
		require.Equal(t, usm.StatusClosed, w.again(name, call).Status)
		require.Len(t, w.entries(w.number, usm.EventStepFinished), 6)
	})

	t.Run("ByAnApprovalThatIsOwed", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		w.env.RegisterDelayedCallback(func() { w.env.SetTargetWorkerDeploymentVersionChanged(true) }, time.Hour)
		w.at(time.Hour, func() usm.Action { return usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic} })
		var again *workflow.ContinueAsNewError
		require.ErrorAs(t, w.outwait(owed), &again)
		require.EqualValues(t, workflow.ContinueAsNewVersioningBehaviorAutoUpgrade, again.InitialVersioningBehavior)
		var next usm.Obligation
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &next))
		require.Equal(t, owed.Approval, next.Approval)
	})
}

// again runs a call that goes on in a new run to its end.
func (w *world) again(name string, call usm.Call) usm.Result {
	w.t.Helper()
	w.renew()
	w.staff = true
	return w.resume(name, call)
}
