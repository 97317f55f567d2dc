package console

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// pathOf is the path of a call of a workflow that has just opened, with numbers for the calls of its forks.
func pathOf(kind usm.CallType) []usm.PathView {
	var path []usm.PathView
	for _, row := range kind.Start().Path() {
		path = append(path, usm.PathView{
			Process: row.Step.Process(), Step: row.Step, Workflow: row.Workflow.Name, Depth: row.Depth, State: usm.StepPending,
		})
	}
	return path
}

func TestDrawPath(t *testing.T) {
	t.Parallel()
	for _, kind := range []usm.CallType{usm.Wish, usm.ChangeRequest, usm.Incident, usm.ServiceRequest, usm.Risk} {
		t.Run("ShowsEachStepOnceAndApart "+string(kind), func(t *testing.T) {
			t.Parallel()
			path := pathOf(kind)
			drawn := drawPath(path)
			require.Len(t, drawn.Steps, len(path))
			places := map[[2]int]bool{}
			for i, at := range drawn.Steps {
				require.Equal(t, path[i].Step, at.Step)
				require.False(t, places[[2]int{at.X, at.Y}], "two steps at one place")
				places[[2]int{at.X, at.Y}] = true
				require.Less(t, at.X, drawn.Width)
				require.Less(t, at.Y, drawn.Height)
				require.GreaterOrEqual(t, at.X-pathStep/2, pathMargin, "the name of the lane has its place")
			}
			for _, step := range path {
				for _, line := range pathLines(step.Step.Title()) {
					require.LessOrEqual(t, len(line), pathWords+2)
				}
			}
		})
	}

	t.Run("BranchesAndComesBackForEachChild", func(t *testing.T) {
		t.Parallel()
		path := pathOf(usm.Incident)
		fork := 5 // recover_service is the fifth step; both routes are taken
		both := append([]usm.PathView{}, path[:fork]...)
		for _, step := range usm.Change.Steps() {
			both = append(both, usm.PathView{Process: usm.Change, Step: step, Depth: 1, Call: "RFC-000001"})
			if step == usm.DeployChange {
				for _, deeper := range usm.Operate.Steps() {
					both = append(both, usm.PathView{Process: usm.Operate, Step: deeper, Depth: 2, Call: "SRQ-000002"})
				}
			}
		}
		for _, step := range usm.Operate.Steps() {
			both = append(both, usm.PathView{Process: usm.Operate, Step: step, Depth: 1, Call: "SRQ-000001"})
		}
		both = append(both, path[len(path)-2:]...)
		drawn := drawPath(both)
		require.Len(t, drawn.Lanes, 3)
		kinds := map[string]int{}
		for _, way := range drawn.Ways {
			kinds[way.Kind]++
			require.True(t, strings.HasPrefix(way.Line, "M"))
		}
		require.Equal(t, map[string]int{"branch": 3, "back": 3, "wait": 2, "along": 4 + 1 + 7 + 5 + 5}, kinds)
		places := map[usm.Step][]pathStepAt{}
		for _, at := range drawn.Steps {
			places[at.Step] = append(places[at.Step], at)
		}
		changed, done := places[usm.AcceptChange][0], places[usm.AcceptRequest]
		require.Equal(t, changed.X, done[1].X, "children begin together")
		require.Greater(t, done[0].X, places[usm.DeployChange][0].X)
		require.Greater(t, places[usm.ReviewRecovery][0].X, places[usm.CloseChange][0].X, "the parent goes on after its last child")
	})

	t.Run("IsEmptyForACallWithoutAPath", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, drawPath(nil).Steps)
	})
}
