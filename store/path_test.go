package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func (w world) path(number string) []usm.PathView {
	w.t.Helper()
	path, err := w.Path(w.ctx(), number)
	require.NoError(w.t, err)
	return path
}

// steps counts the rows of each call on a path; children not opened yet count under "".
func steps(path []usm.PathView) map[string]int {
	count := map[string]int{}
	for _, row := range path {
		count[row.Call]++
	}
	return count
}

func TestPath(t *testing.T) {
	t.Parallel()

	t.Run("OfACallThatHasJustOpenedShowsEveryStepToCome", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for kind, want := range map[usm.CallType]int{
			usm.Wish: 23, usm.ChangeRequest: 15, usm.Incident: 13, usm.ServiceRequest: 6, usm.Risk: 13,
		} {
			call := w.open(asked(kind))
			path := w.path(call.Number)
			require.Len(t, path, want, kind)
			require.Equal(t, usm.StepOpen, path[0].State)
			require.Equal(t, usm.StepPending, path[want-1].State)
			for i, row := range kind.Start().Path() {
				require.Equal(t, row.Step, path[i].Step)
				require.Equal(t, row.Depth, path[i].Depth)
				require.Equal(t, row.Workflow.Name, path[i].Workflow)
			}
		}
	})

	t.Run("FollowsTheDecisionAndTheChildren", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident)
		w.finish(input(call, usm.PrepareRecovery, decided(usm.RouteBoth), func(in *usm.StepInput) {
			in.Next.Workflow = usm.IncidentWithChange.Name
		}), usm.Effects{Recovery: &usm.Recovery{Solution: "replace and restart"}})
		require.Equal(t, map[string]int{call.Number: 7, "": 21}, steps(w.path(call.Number)))

		children := w.fork(call, usm.RecoverService, 1, usm.ResourceChange, usm.Operation)
		change, operation := children[0].Number, children[1].Number
		require.Equal(t, map[string]int{call.Number: 7, change: 9, "": 6, operation: 6}, steps(w.path(call.Number)))
		w.start(children[1])
		w.through(children[1], usm.AcceptRequest)
		row := w.path(call.Number)[20]
		require.Equal(t, usm.AcceptRequest, row.Step)
		require.Equal(t, operation, row.Call)
		require.Equal(t, usm.StepDone, row.State)
		require.Equal(t, "olga", row.By)
		require.NotNil(t, row.At)
		require.Equal(t, 1, row.Depth)
	})

	t.Run("ShowsTheChildrenOfTheLatestAttemptOnly", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident, usm.PrepareRecovery)
		first := w.fork(call, usm.RecoverService, 1, usm.Operation)[0].Number
		next := input(call, "").Next
		next.Step, next.Attempt, next.Undone = usm.PrepareRecovery, 2, []usm.Step{usm.PrepareRecovery, usm.RecoverService}
		w.amend(usm.Amendment{Call: call, Kind: usm.EventSentBack, Next: &next})
		require.Equal(t, map[string]int{call.Number: 7, "": 6}, steps(w.path(call.Number)))
		w.finish(input(call, usm.PrepareRecovery, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 }), usm.Effects{})
		second := w.fork(call, usm.RecoverService, 2, usm.Operation)[0].Number
		require.NotEqual(t, first, second)
		require.Equal(t, map[string]int{call.Number: 7, second: 6}, steps(w.path(call.Number)))
		require.Equal(t, []string{first, second}, w.view(call.Number).Children)
	})

	t.Run("OfAnAcceptedRiskHasNoChildren", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Risk))
		w.through(call, usm.IdentifyRisk, usm.ClassifyRisk, usm.DetermineCause)
		w.finish(input(call, usm.SelectMeasure, decided(usm.AcceptRisk)), usm.Effects{})
		require.Equal(t, map[string]int{call.Number: 7}, steps(w.path(call.Number)))
	})

	t.Run("SaysWhyAStepDidNotApply", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.finish(input(call, usm.AcceptIncident, func(in *usm.StepInput) {
			in.State, in.NotApplicable = usm.StepNotApplicable, "always accepted"
		}), usm.Effects{})
		row := w.path(call.Number)[0]
		require.Equal(t, usm.StepNotApplicable, row.State)
		require.Equal(t, "always accepted", row.Reason)
	})
}
