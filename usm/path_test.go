package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for i, steps := range []int{23, 15, 22, 13, 6, 30, 22, 13} {
		w := usm.Workflows()[i]
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, w.Path(), steps)
			require.Equal(t, w.Path(), w.PathAfter(""))
		})
	}

	t.Run("OfRiskWithAgreementChangeIsFourDeep", func(t *testing.T) {
		t.Parallel()
		deepest := 0
		for _, row := range usm.RiskWithAgreementChange.Path() {
			deepest = max(deepest, row.Depth)
		}
		require.Equal(t, 3, deepest)
	})

	t.Run("ShowsTheChildRightAfterItsFork", func(t *testing.T) {
		t.Parallel()
		path := usm.IncidentWithoutChange.Path()
		require.Equal(t, usm.PathStep{Workflow: usm.IncidentWithoutChange, Step: usm.RecoverService}, path[4])
		require.Equal(t, usm.PathStep{Workflow: usm.Operation, Step: usm.AcceptRequest, Depth: 1}, path[5])
		require.Equal(t, usm.PathStep{Workflow: usm.IncidentWithoutChange, Step: usm.ReviewRecovery}, path[11])
	})
}

func TestPathAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		workflow usm.Workflow
		decision usm.Outcome
		steps    int
	}{
		{"BothRunsTwoChildren", usm.IncidentWithChange, usm.RouteBoth, 7 + 15 + 6},
		{"AChangeRunsItsOwnDeployment", usm.IncidentWithChange, usm.RouteChange, 7 + 15},
		{"AnOperationIsOneChild", usm.IncidentWithoutChange, usm.RouteOperate, 7 + 6},
		{"AnAcceptedRiskHasNoChild", usm.RiskWithoutChange, usm.AcceptRisk, 7},
		{"AnAgreementIsTheLongestMeasure", usm.RiskWithAgreementChange, usm.RouteAgreement, 7 + 23},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, c.workflow.PathAfter(c.decision), c.steps)
		})
	}
}

func TestEveryPath(t *testing.T) {
	t.Parallel()
	t.Run("VisitsTheStepsOfEachProcessInOrder", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			w := rapid.SampledFrom(usm.Workflows()).Draw(t, "workflow")
			path := w.PathAfter(drawDecision(t))
			require.Equal(t, 0, path[0].Depth)

			// A stack of processes under way: each row continues the one on top, opens a child, or returns to its parent.
			var under []usm.PathStep
			for _, row := range path {
				require.Equal(t, row.Workflow.Process, row.Step.Process())
				if row.Depth == len(under) {
					require.Equal(t, 1, row.Step.Ordinal(), "a child begins at its first step")
					if len(under) > 0 {
						require.Equal(t, usm.KindFork, under[len(under)-1].Step.Kind())
					}
					under = append(under, row)
					continue
				}
				for len(under) > row.Depth+1 {
					require.Equal(t, usm.KindClose, under[len(under)-1].Step.Kind(), "a child is closed before its parent goes on")
					under = under[:len(under)-1]
				}
				last := under[row.Depth]
				if last.Step.Kind() == usm.KindClose {
					require.Equal(t, 1, row.Step.Ordinal(), "a second child begins after the first")
				} else {
					require.Equal(t, last.Step.Next(), row.Step)
				}
				under[row.Depth] = row
			}
			require.Len(t, under, 1)
			require.Equal(t, usm.KindClose, under[0].Step.Kind())
		})
	})

	t.Run("IsItsOwnStepsAndThoseOfItsChildren", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			w := rapid.SampledFrom(usm.Workflows()).Draw(t, "workflow")
			decision := drawDecision(t)
			steps := len(w.Process.Steps())
			for _, child := range w.Forks(decision) {
				steps += len(child.Path())
			}
			require.Len(t, w.PathAfter(decision), steps)
		})
	})
}
