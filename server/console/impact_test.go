package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// hub is an impact with so many components above and below the one in the middle.
func hub(above, below int) usm.Impact {
	impact := usm.Impact{Nodes: []usm.ImpactNode{{ID: "hub"}}}
	for i := range above {
		id := fmt.Sprintf("above-%d", i)
		impact.Nodes = append(impact.Nodes, usm.ImpactNode{ID: id, Level: 1})
		impact.Arrows = append(impact.Arrows, usm.Arrow{From: id, Kind: "runs_on", To: "hub"})
	}
	for i := range below {
		id := fmt.Sprintf("below-%d", i)
		impact.Nodes = append(impact.Nodes, usm.ImpactNode{ID: id, Level: -1})
		impact.Arrows = append(impact.Arrows, usm.Arrow{From: "hub", Kind: "runs_on", To: id})
	}
	return impact
}

func TestImpactPicture(t *testing.T) {
	t.Parallel()

	t.Run("HoldsEachComponentOnceAndNoneOverAnother", func(t *testing.T) {
		t.Parallel()
		for _, impact := range []usm.Impact{hub(0, 0), hub(1, 0), hub(3, 2), hub(14, 37)} {
			p := drawImpact(impact)
			require.Len(t, p.Boxes, len(impact.Nodes))
			require.Len(t, p.Arrows, len(impact.Arrows))
			for i, a := range p.Boxes {
				require.GreaterOrEqual(t, a.X, 0)
				require.LessOrEqual(t, a.X+boxWidth, p.Width)
				require.LessOrEqual(t, a.Y+boxHeight, p.Height)
				for _, b := range p.Boxes[i+1:] {
					apart := a.X+boxWidth <= b.X || b.X+boxWidth <= a.X || a.Y+boxHeight <= b.Y || b.Y+boxHeight <= a.Y
					require.True(t, apart, "%s and %s", a.ID, b.ID)
				}
			}
		}
	})

	t.Run("HasWhatRestsOnItAboveIt", func(t *testing.T) {
		t.Parallel()
		p := drawImpact(hub(7, 3))
		at := map[string]int{}
		for _, box := range p.Boxes {
			at[box.ID] = box.Y
		}
		require.Less(t, at["above-0"], at["above-6"], "five stand in a row")
		require.Less(t, at["above-6"], at["hub"])
		require.Greater(t, at["below-2"], at["hub"])
	})

	t.Run("DrawsArrowsFromEdgeToEdge", func(t *testing.T) {
		t.Parallel()
		from, to := impactBox{X: 0, Y: 0}, impactBox{X: 300, Y: 200}
		require.Equal(t, "M84 44 C84 70 384 174 384 200", arrowPath(from, to))
		require.Equal(t, "M384 200 C384 174 84 70 84 44", arrowPath(to, from), "upwards")
		require.Equal(t, "M84 44 C84 70 284 70 284 44", arrowPath(from, impactBox{X: 200}), "beside each other")
	})

	t.Run("LeavesOutArrowsToWhatIsNotShown", func(t *testing.T) {
		t.Parallel()
		impact := hub(1, 0)
		impact.Arrows = append(impact.Arrows, usm.Arrow{From: "hub", To: "moon"})
		require.Len(t, drawImpact(impact).Arrows, 1)
	})
}

func TestShortNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Core switch", short("Core switch"))
	require.Equal(t, strings.Repeat("é", boxLetters), short(strings.Repeat("é", boxLetters)))
	require.Equal(t, strings.Repeat("é", boxLetters-1)+"…", short(strings.Repeat("é", boxLetters+1)))
}

func TestRelationsOfTheTableLeadToWhatIsNearer(t *testing.T) {
	t.Parallel()
	impact := hub(2, 1)
	impact.Arrows = append(impact.Arrows, usm.Arrow{From: "above-0", To: "above-1"})
	require.Equal(t, []usm.Arrow{{From: "above-0", Kind: "runs_on", To: "hub"}}, kindsBetween(impact, impact.Nodes[1]))
	require.Equal(t, []usm.Arrow{{From: "hub", Kind: "runs_on", To: "below-0"}}, kindsBetween(impact, impact.Nodes[3]))
}

func TestDifferencesOfComponents(t *testing.T) {
	t.Parallel()
	before := usm.Component{ID: "a", Owner: "desk", Attributes: map[string]any{"ram": "4", "cpu": 2.0}}
	after := usm.Component{
		ID: "a", Owner: "desk", Status: "retired", Attributes: map[string]any{"ram": "8", "cpu": 2.0, "new": true},
		Relations: []usm.Relation{{Kind: "runs_on", To: "b"}},
	}
	changes := versionChanges([]usm.ComponentVersion{{Component: after}, {Component: before}})
	require.Equal(t, []difference{
		{[]string{"attributes", "new"}, nil, true},
		{[]string{"attributes", "ram"}, "4", "8"},
		{[]string{"relations"}, nil, []any{map[string]any{"kind": "runs_on", "to": "b"}}},
		{[]string{"status"}, nil, "retired"},
	}, changes[0].Differences)
	require.Empty(t, changes[1].Differences)
}
