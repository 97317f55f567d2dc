package usm_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestDefaultPriority(t *testing.T) {
	t.Parallel()
	impacts := []usm.Level{usm.High, usm.Medium, usm.Low, usm.Nil}
	for urgency, row := range map[usm.Level][]usm.Priority{
		usm.High:   {usm.PriorityCritical, usm.PriorityHigh, usm.PriorityMedium, usm.PriorityLow},
		usm.Medium: {usm.PriorityHigh, usm.PriorityMedium, usm.PriorityLow, usm.PriorityLowest},
		usm.Low:    {usm.PriorityMedium, usm.PriorityLow, usm.PriorityLowest, usm.PriorityNone},
	} {
		for i, impact := range impacts {
			require.Equal(t, row[i], usm.DefaultPriorities().Priority(impact, urgency), "%s × %s", urgency, impact)
		}
	}
}

func TestPriorityOfADomain(t *testing.T) {
	t.Parallel()
	table := usm.PriorityTable{usm.Low: {usm.High: usm.PriorityCritical}}
	for name, c := range map[string]struct {
		table           usm.PriorityTable
		impact, urgency usm.Level
		want            usm.Priority
	}{
		"TakesItsOwnRow":                {table, usm.High, usm.Low, usm.PriorityCritical},
		"TakesTheRestFromTheDefault":    {table, usm.Medium, usm.Low, usm.PriorityLow},
		"TakesMissingRowsFromIt":        {table, usm.High, usm.High, usm.PriorityCritical},
		"IsTheDefaultWithoutATable":     {nil, usm.Medium, usm.Medium, usm.PriorityMedium},
		"GivesAnUnknownImpactNone":      {table, "huge", usm.High, usm.PriorityNone},
		"GivesAnUnknownUrgencyNone":     {table, usm.High, "now", usm.PriorityNone},
		"KnowsNoUrgencyNil":             {table, usm.High, usm.Nil, usm.PriorityNone},
		"GivesNoneBeforeClassification": {table, "", "", usm.PriorityNone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.table.Priority(c.impact, c.urgency))
		})
	}
}

func TestPriorityNeverFallsWithMoreImpactOrUrgency(t *testing.T) {
	t.Parallel()
	levels := []usm.Level{usm.High, usm.Medium, usm.Low, usm.Nil}
	rapid.Check(t, func(t *rapid.T) {
		impact := rapid.IntRange(0, 2).Draw(t, "impact")
		urgency := rapid.IntRange(0, 1).Draw(t, "urgency")
		table := usm.DefaultPriorities()
		here := table.Priority(levels[impact], levels[urgency]).Rank()
		require.LessOrEqual(t, here, table.Priority(levels[impact+1], levels[urgency]).Rank())
		require.LessOrEqual(t, here, table.Priority(levels[impact], levels[urgency+1]).Rank())
	})
}

func TestRank(t *testing.T) {
	t.Parallel()
	for i, p := range usm.Priorities() {
		require.Equal(t, i, p.Rank())
	}
	for _, unknown := range []usm.Priority{"", "urgent"} {
		require.Greater(t, unknown.Rank(), usm.PriorityNone.Rank(), "an unknown priority ranks last")
	}
	shuffled := []usm.Priority{usm.PriorityLowest, "", usm.PriorityCritical, usm.PriorityMedium}
	slices.SortFunc(shuffled, func(a, b usm.Priority) int { return a.Rank() - b.Rank() })
	require.Equal(t, []usm.Priority{usm.PriorityCritical, usm.PriorityMedium, usm.PriorityLowest, ""}, shuffled)
}

func TestLevelValid(t *testing.T) {
	t.Parallel()
	for _, level := range []usm.Level{usm.High, usm.Medium, usm.Low, usm.Nil} {
		require.True(t, level.Valid())
	}
	for _, level := range []usm.Level{"", "High", "none"} {
		require.False(t, level.Valid())
	}
}
