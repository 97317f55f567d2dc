package test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// performed is a step that was executed, and in which workflow.
type performed struct {
	Workflow int
	Step     usm.Step
	Depth    int
}

// requireExecutedPath holds what happened, as the trails tell it, and the path that the API shows against the table of
// usm.md §3, step by step, child steps included.
func requireExecutedPath(t *testing.T, p *product.Product, r ride, view usm.CallView) {
	t.Helper()
	var want []performed
	for _, row := range r.workflow.PathAfter(r.decision) {
		want = append(want, performed{row.Workflow.Number, row.Step, row.Depth})
	}
	require.Len(t, want, r.rows)
	require.Equal(t, want, executed(t, p, view, 0), "the trail")

	path, err := p.Admin.Path(t.Context(), view.Number)
	require.NoError(t, err)
	require.Len(t, path, r.rows)
	for i, row := range path {
		w, known := usm.WorkflowNamed(row.Workflow)
		require.True(t, known, row.Workflow)
		shown := performed{w.Number, row.Step, row.Depth}
		require.Equal(t, want[i], shown, "the path")
		require.True(t, row.State.Finished(), "%s is %s", row.Step, row.State)
		require.NotEmpty(t, row.Call)
		require.NotNil(t, row.At)
	}
}

// executed reads the steps of a call and of the children of its fork from their trails, in the order in which they were
// performed: the fork opens the children, and its end is the return from the last of them.
func executed(t *testing.T, p *product.Product, view usm.CallView, depth int) []performed {
	t.Helper()
	trail := p.Trail(t, view.Number)
	requireGapless(t, view, trail)
	var steps []performed
	for _, event := range trail {
		if event.Kind != usm.EventStepFinished {
			continue
		}
		steps = append(steps, performed{view.Workflow.Number, event.Step, depth})
		if event.Step.Kind() != usm.KindFork {
			continue
		}
		forked := slices.IndexFunc(trail, func(e usm.Event) bool { return e.Kind == usm.EventForked })
		for _, number := range view.Children {
			require.GreaterOrEqual(t, forked, 0)
			child, err := p.Admin.Call(t.Context(), number)
			require.NoError(t, err)
			require.Equal(t, view.Number, child.Parent)
			require.True(t, child.Forked)
			require.Equal(t, usm.StatusClosed, child.Status)
			requireBetween(t, trail[forked], p.Trail(t, number), event)
			steps = append(steps, executed(t, p, child, depth+1)...)
		}
	}
	return steps
}

// requireGapless asks that a trail numbers its rows from 1 and ends with the revision of the call.
func requireGapless(t *testing.T, view usm.CallView, trail []usm.Event) {
	t.Helper()
	require.NotEmpty(t, trail)
	for i, event := range trail {
		require.Equal(t, i+1, event.Sequence)
		require.Equal(t, view.Number, event.Call)
	}
	require.Len(t, trail, view.Revision)
	require.Contains(t, []usm.EventKind{usm.EventRegistered, usm.EventOpened}, trail[0].Kind)
}

// requireBetween asks that everything in a child's trail happened between the fork and the return.
func requireBetween(t *testing.T, fork usm.Event, child []usm.Event, back usm.Event) {
	t.Helper()
	require.NotEmpty(t, child)
	require.False(t, child[0].At.Before(fork.At), "%s began before the fork", child[0].Call)
	require.False(t, back.At.Before(child[len(child)-1].At), "%s ended after the return", child[0].Call)
}
