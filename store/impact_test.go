package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// added puts components into the register.
func (w world) added(components ...usm.Component) {
	w.t.Helper()
	var changes []usm.ComponentChange
	for _, c := range components {
		changes = append(changes, usm.ComponentChange{Action: "add", Component: c})
	}
	require.NoError(w.t, w.update(w.released(), changes...))
}

// on is a component that rests on others.
func on(id string, others ...string) usm.Component {
	c := usm.Component{ID: id, Name: "The " + id, Type: "thing"}
	for _, other := range others {
		c.Relations = append(c.Relations, usm.Relation{Kind: "runs_on", To: other})
	}
	return c
}

func TestImpact(t *testing.T) {
	t.Parallel()

	t.Run("GoesTwoRelationsUpAndDown", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.added(on("a5", "a4"), on("a4", "a3"), on("a3", "a2"), on("a2", "a1"), on("a1"), on("b4", "a3"))
		impact, err := w.Impact(w.ctx(), "it", "a3")
		require.NoError(t, err)
		levels := map[string]int{}
		for _, node := range impact.Nodes {
			levels[node.ID] = node.Level
		}
		require.Equal(t, map[string]int{"a3": 0, "a4": 1, "b4": 1, "a5": 2, "a2": -1, "a1": -2}, levels)
		require.Equal(t, usm.ImpactNode{ID: "a3", Name: "The a3", Type: "thing", Status: "in_use"}, impact.Nodes[0])
		require.Contains(t, impact.Arrows, usm.Arrow{From: "a5", Kind: "runs_on", To: "a4"})
		require.Len(t, impact.Arrows, 5)
		require.False(t, impact.More)

		far, err := w.Impact(w.ctx(), "it", "a1")
		require.NoError(t, err)
		require.Len(t, far.Nodes, 3, "a4 is three relations away")
	})

	t.Run("OfACircleEnds", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.added(on("a", "b"), on("b", "c"), on("c", "a"))
		impact, err := w.Impact(w.ctx(), "it", "a")
		require.NoError(t, err)
		require.Len(t, impact.Nodes, 3)
		require.Len(t, impact.Arrows, 3)
	})

	t.Run("LeavesOutWhatIsTooMuchAndSaysSo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		all := []usm.Component{on("hub")}
		for i := range 105 {
			all = append(all, on(fmt.Sprintf("leaf-%03d", i), "hub"))
		}
		w.added(all...)
		impact, err := w.Impact(w.ctx(), "it", "hub")
		require.NoError(t, err)
		require.Len(t, impact.Nodes, 101)
		require.Len(t, impact.Arrows, 100)
		require.True(t, impact.More)
	})

	t.Run("OfWhatIsNotThereIsNotFound", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Impact(w.ctx(), "it", "moon")
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Impact(w.ctx(), "zoo", "srv-1")
		requireCode(t, usm.CodeNotFound, err)
	})
}
