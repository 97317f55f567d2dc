package clock

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTheOracleAgrees measures up to ten days around a moment of a random calendar, minute by minute.
func TestTheOracleAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		o, c, around := anyCalendar(r)
		from := around.Add(-time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(r, "before")))
		until := around.Add(time.Duration(rapid.Int64Range(0, int64(72*time.Hour)).Draw(r, "after")))
		used := o.between(from, until)
		require.Equal(r, used, c.Between(from, until), "Between")
		require.Equal(r, o.open(from), c.Open(from), "Open")

		d := max(1, time.Duration(rapid.Int64Range(0, int64(40*time.Hour)).Draw(r, "add")))
		if want, ok := o.add(from, d, from.AddDate(0, 0, 10)); ok {
			got, err := c.Add(from, d)
			require.NoError(r, err)
			require.True(r, want.Equal(got), "Add: %s, not %s", got, want)
		}
		if want, ok := o.add(from, 1, from.AddDate(0, 0, 10)); ok {
			got, err := c.NextOpen(from)
			require.NoError(r, err)
			require.True(r, want.Add(-1).Equal(got), "NextOpen: %s, not %s", got, want)
		}
		days := rapid.IntRange(0, 3).Draw(r, "days")
		if want, ok := o.end(from, days, from.AddDate(0, 0, 12)); ok {
			got, err := Target{days: days, at: endOfDay}.Due(c, from)
			require.NoError(r, err)
			require.True(r, want.Equal(got), "%d business days end: %s, not %s", days, got, want)
		}
	})
}

// TestBusinessTimeIsTime holds over any distance what holds for the time that a clock shows.
func TestBusinessTimeIsTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		_, c, at := anyCalendar(r)
		far := rapid.Int64Range(0, int64(4*365*24*time.Hour))
		next := at.Add(time.Duration(far.Draw(r, "next")))
		last := next.Add(time.Duration(far.Draw(r, "last")))
		require.Equal(r, c.Between(at, last), c.Between(at, next)+c.Between(next, last), "additive")
		require.Equal(r, -c.Between(at, next), c.Between(next, at), "backward")
		require.GreaterOrEqual(r, c.Between(at, next), time.Duration(0), "monotonic")
		require.LessOrEqual(r, c.Between(at, next), next.Sub(at), "no faster than time")

		d := max(1, time.Duration(far.Draw(r, "add"))/8)
		due, err := c.Add(at, d)
		if errors.Is(err, ErrTooFar) {
			return
		}
		require.NoError(r, err)
		require.Equal(r, d, c.Between(at, due), "inverse")
		require.Equal(r, d-1, c.Between(at, due.Add(-1)), "the earliest")
		later, err := c.Add(at, d+1)
		require.NoError(r, err)
		require.True(r, later.After(due), "strictly monotonic")
		half, err := c.Add(at, d/2)
		require.NoError(r, err)
		onward, err := c.Add(half, d-d/2)
		require.NoError(r, err)
		require.True(r, due.Equal(onward), "in two steps")
	})
}

// TestASpanIsNotOverBeforeItsDueDay is what a clock relies on, which keeps the business time of a target: it is up within
// the day on which the target is due and, where the calendar is open just before that, exactly then.
func TestASpanIsNotOverBeforeItsDueDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		_, c, at := anyCalendar(r)
		minute := rapid.Int64Range(0, 1440).Draw(r, "minute")
		target := Target{days: rapid.IntRange(1, 30).Draw(r, "days"), at: minute * 60}
		due, err := target.Due(c, at)
		if err != nil {
			require.ErrorIs(r, err, ErrTooFar)
			return
		}
		span, err := target.Span(c, at)
		require.NoError(r, err)
		require.Positive(r, span)
		reached, err := c.Add(at, span)
		if err != nil {
			require.ErrorIs(r, err, ErrTooFar)
			return
		}
		if c.Open(due.Add(-1)) {
			require.True(r, due.Equal(reached), "%s, not %s", reached, due)
		} else {
			require.GreaterOrEqual(r, reached.In(c.zone).Format(time.DateOnly), due.Add(-1).In(c.zone).Format(time.DateOnly))
		}
		longer := target
		longer.days++
		if later, err := longer.Due(c, at); err == nil {
			require.True(r, later.After(due))
		}
	})
}
