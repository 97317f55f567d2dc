package clock

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// requireChain checks that the holders share all of the handling time.
func requireChain(r *rapid.T, f folded) {
	at, err := f.book.At(f.State, f.Last.At.Add(50*time.Hour))
	require.NoError(r, err)
	var used, sum usm.Span
	for _, c := range at {
		if c.Norm == usm.NormHandling && c.Link == "" {
			used = c.Used
		}
	}
	if used == 0 {
		return // then it is that of the teams
	}
	for _, link := range Chain(f.rows, at...) {
		sum += link.Used
	}
	require.Equal(r, used, sum)
}

// requireSound checks what holds of every ledger.
func requireSound(r *rapid.T, rows []usm.LedgerRow, clocks []usm.Clock) {
	last := map[string]usm.LedgerRow{}
	sums := map[string]usm.Span{}
	number := map[int]int{}
	for _, row := range rows {
		number[row.Revision]++
		require.Equal(r, number[row.Revision], row.Row, "rows are numbered without gaps")
		key := fmt.Sprintf("%d %s", row.Revision, row.Clock)
		before, known := last[key]
		require.False(r, row.At.Before(before.At), "the rows of a clock are in the order of time")
		require.GreaterOrEqual(r, row.Spent, usm.Span(0))
		switch {
		case row.Change == usm.ClockResets:
			require.Zero(r, row.Used)
		case known:
			require.Equal(r, before.Used+row.Spent, row.Used, "used time only grows, by what was spent")
		}
		require.Equal(r, row.State == usm.ClockRunning, row.Due != nil)
		sums[key] += row.Spent
		last[key] = row
	}
	revision := 1
	if len(rows) > 0 {
		revision = rows[len(rows)-1].Revision
	}
	for _, c := range clocks {
		require.Equal(r, c.Target+c.Discount, c.Used+c.Remaining)
		if c.State == usm.ClockPending {
			continue
		}
		require.Equal(r, last[fmt.Sprintf("%d %s", revision, c.ID)].Used, c.Used)
		if c.Norm == usm.NormHandling {
			require.Equal(r, c.Used, sums[fmt.Sprintf("%d %s", revision, c.ID)])
			var phases usm.Span
			for _, p := range c.Phases {
				phases += p.Used
			}
			if c.StoppedAt != nil {
				require.Equal(r, c.Used, phases, "phases share the handling time")
			}
		}
	}
}
