package clock

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func compiled(tb testing.TB, calendar usm.Calendar) *Calendar {
	tb.Helper()
	c, err := Compile(calendar)
	require.NoError(tb, err)
	return c
}

// instant reads a moment with its offset, so that no time of a wall clock is shown twice: "2026-03-02T09:00+01:00".
func instant(tb testing.TB, text string) time.Time {
	tb.Helper()
	at, err := time.Parse("2006-01-02T15:04Z07:00", text)
	require.NoError(tb, err)
	return at
}

// daily are the same windows on every day of the week.
func daily(windows ...string) map[string][]string {
	hours := map[string][]string{}
	for _, name := range weekdays {
		hours[name] = windows
	}
	return hours
}

// shop has breaks, a short Friday, a holiday on Thursday 5 March 2026 and openings on Saturday the 7th and on the holiday of
// the 9th; it is closed on the 10th.
func shop(tb testing.TB) *Calendar {
	tb.Helper()
	full := []string{"08:00-12:00", "12:30-15:00", "15:15-17:00"} // 8h15m
	return compiled(tb, usm.Calendar{
		TimeZone: "Europe/Amsterdam",
		Hours:    map[string][]string{"mon": full, "tue": full, "wed": full, "thu": full, "fri": {"08:00-12:00"}},
		Holidays: []string{"2026-03-05", "2026-03-09"},
		Openings: []usm.Opening{
			{Date: "2026-03-07", Windows: []string{"10:00-11:00", "22:00-24:00"}},
			{Date: "2026-03-09", Windows: []string{"09:00-10:00"}},
			{Date: "2026-03-10"},
		},
	})
}

func TestBusinessTime(t *testing.T) {
	t.Parallel()
	c := shop(t)
	for name, tt := range map[string]struct {
		from, until string
		want        time.Duration
		backward    string // Add(from, want); "" is until
	}{
		"AWindowOfTheDay": {"2026-03-02T08:00+01:00", "2026-03-02T12:00+01:00", 4 * time.Hour, ""},
		"AWholeDayLeavesOutTheBreaks": {
			"2026-03-02T00:00+01:00", "2026-03-03T00:00+01:00", 8*time.Hour + 15*time.Minute, "2026-03-02T17:00+01:00",
		},
		"FromBreakToBreak":              {"2026-03-02T12:10+01:00", "2026-03-02T15:10+01:00", 150 * time.Minute, "2026-03-02T15:00+01:00"},
		"NothingInABreak":               {"2026-03-02T12:00+01:00", "2026-03-02T12:30+01:00", 0, "2026-03-02T12:00+01:00"},
		"OverNight":                     {"2026-03-02T16:59+01:00", "2026-03-03T08:01+01:00", 2 * time.Minute, ""},
		"OverAHoliday":                  {"2026-03-04T16:00+01:00", "2026-03-06T09:00+01:00", 2 * time.Hour, ""},
		"ASpecialOpeningOnASaturday":    {"2026-03-06T12:00+01:00", "2026-03-08T12:00+01:00", 3 * time.Hour, "2026-03-08T00:00+01:00"},
		"ASpecialOpeningOnAHoliday":     {"2026-03-08T00:00+01:00", "2026-03-09T09:30+01:00", 30 * time.Minute, ""},
		"AnOpeningWithoutWindowsCloses": {"2026-03-09T09:59+01:00", "2026-03-11T08:01+01:00", 2 * time.Minute, ""},
		"OverTheTurnOfTheYear":          {"2026-12-31T16:00+01:00", "2027-01-01T09:00+01:00", 2 * time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, until := instant(t, tt.from), instant(t, tt.until)
			require.Equal(t, tt.want, c.Between(from, until))
			require.Equal(t, -tt.want, c.Between(until, from))
			if tt.backward != "" {
				until = instant(t, tt.backward)
			}
			got, err := c.Add(from, tt.want)
			require.NoError(t, err)
			require.Equal(t, until.Format(time.RFC3339), got.Format(time.RFC3339))
		})
	}
}

func TestOpenAndNextOpen(t *testing.T) {
	t.Parallel()
	c := shop(t)
	for name, tt := range map[string]struct{ at, next string }{
		"AtTheBeginningOfAWindow":  {"2026-03-02T08:00+01:00", "2026-03-02T08:00+01:00"},
		"WithinAWindow":            {"2026-03-02T11:59+01:00", "2026-03-02T11:59+01:00"},
		"NotAtTheEndOfAWindow":     {"2026-03-02T12:00+01:00", "2026-03-02T12:30+01:00"},
		"AfterTheDay":              {"2026-03-02T17:00+01:00", "2026-03-03T08:00+01:00"},
		"OnAHoliday":               {"2026-03-05T10:00+01:00", "2026-03-06T08:00+01:00"},
		"BeforeASpecialOpening":    {"2026-03-06T12:00+01:00", "2026-03-07T10:00+01:00"},
		"UntilTheEndOfTheDay":      {"2026-03-07T23:59+01:00", "2026-03-07T23:59+01:00"},
		"NotAfterTheEndOfTheDay":   {"2026-03-08T00:00+01:00", "2026-03-09T09:00+01:00"},
		"WhereverItIsLookedAtFrom": {"2026-03-02T16:05+09:00", "2026-03-02T16:05+09:00"}, // 08:05 in Amsterdam
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := instant(t, tt.at)
			require.Equal(t, tt.at == tt.next, c.Open(at))
			next, err := c.NextOpen(at)
			require.NoError(t, err)
			require.Equal(t, instant(t, tt.next), next, "in the location of the question")
		})
	}
	t.Run("ExactToTheNanosecond", func(t *testing.T) {
		t.Parallel()
		closes := instant(t, "2026-03-02T12:00+01:00")
		require.True(t, c.Open(closes.Add(-1)))
		require.False(t, c.Open(instant(t, "2026-03-02T08:00+01:00").Add(-1)))
		at, err := c.Add(closes.Add(-1), 2)
		require.NoError(t, err)
		require.Equal(t, closes.Add(30*time.Minute+1), at)
	})
	t.Run("WindowsThatTouchAreOne", func(t *testing.T) {
		t.Parallel()
		c := compiled(t, usm.Calendar{TimeZone: "UTC", Hours: daily("00:00-12:00", "12:00-24:00")})
		at, err := c.Add(instant(t, "2026-03-02T00:00Z"), 48*time.Hour)
		require.NoError(t, err)
		require.Equal(t, instant(t, "2026-03-04T00:00Z"), at)
		require.Len(t, c.year(2026-firstYear).open, 1)
	})
}

func TestACalendarThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	once := compiled(t, usm.Calendar{TimeZone: "UTC", Openings: []usm.Opening{
		{Date: "2020-01-02", Windows: []string{"09:00-10:00"}},
		{Date: "2022-01-02", Windows: []string{"09:00-10:00"}}, // 731 days later
		{Date: "2024-01-05", Windows: []string{"09:00-10:00"}}, // 733 days later
	}})
	day, err := ParseTarget("1 business day end")
	require.NoError(t, err)
	fails := func(t *testing.T, at time.Time) {
		t.Helper()
		_, err := once.Add(at, time.Hour)
		require.ErrorIs(t, err, ErrNeverOpens)
		_, err = once.NextOpen(at)
		require.ErrorIs(t, err, ErrNeverOpens)
		_, err = day.Due(once, at)
		require.ErrorIs(t, err, ErrNeverOpens)
		_, err = day.Span(once, at)
		require.ErrorIs(t, err, ErrNeverOpens)
		require.Zero(t, once.Between(at, at.AddDate(1, 0, 0)))
	}
	t.Run("NotWithinTwoYearsIsAnErrorBefore", func(t *testing.T) {
		t.Parallel()
		fails(t, instant(t, "2022-01-03T00:00Z"))
	})
	t.Run("NeverAgainIsAnErrorAfter", func(t *testing.T) {
		t.Parallel()
		fails(t, instant(t, "2024-01-05T10:00Z"))
		fails(t, instant(t, "1967-05-01T10:00Z"))
		fails(t, time.Time{})
	})
	t.Run("TwoYearsAreCrossed", func(t *testing.T) {
		t.Parallel()
		at, err := once.Add(instant(t, "2020-01-02T09:30Z"), time.Hour)
		require.NoError(t, err)
		require.Equal(t, instant(t, "2022-01-02T09:30Z"), at)
		due, err := day.Due(once, instant(t, "2020-01-02T09:30Z"))
		require.NoError(t, err)
		require.Equal(t, instant(t, "2022-01-02T10:00Z"), due)
	})
}

func TestTheYearsThatCalendarsKnow(t *testing.T) {
	t.Parallel()
	c := compiled(t, usm.Calendar{ID: usm.AroundTheClock, TimeZone: "UTC"})
	first, last := instant(t, "1970-01-01T00:00Z"), instant(t, "2200-01-01T00:00Z")
	t.Run("OutsideThemItIsClosed", func(t *testing.T) {
		t.Parallel()
		require.False(t, c.Open(first.Add(-1)))
		require.True(t, c.Open(first))
		require.True(t, c.Open(last.Add(-1)))
		require.False(t, c.Open(last))
		require.False(t, c.Open(time.Time{}))
		require.Equal(t, last.Sub(first), c.Between(time.Time{}, last.AddDate(7000, 0, 0)))
		require.Equal(t, time.Hour, c.Between(first.AddDate(-1, 0, 0), first.Add(time.Hour)))
	})
	t.Run("TimeBeforeThemBeginsWithThem", func(t *testing.T) {
		t.Parallel()
		at, err := c.Add(first.AddDate(0, -6, 0), time.Hour)
		require.NoError(t, err)
		require.Equal(t, first.Add(time.Hour), at)
		_, err = c.Add(first.AddDate(-3, 0, 0), time.Hour)
		require.ErrorIs(t, err, ErrNeverOpens)
		_, err = Target{days: 1, at: endOfDay}.Due(c, first.AddDate(-3, 0, 0))
		require.ErrorIs(t, err, ErrNeverOpens)
	})
	t.Run("TimeDoesNotRunOnAfterThem", func(t *testing.T) {
		t.Parallel()
		at, err := c.Add(last.Add(-time.Hour), time.Hour)
		require.NoError(t, err)
		require.Equal(t, last, at)
		for from, d := range map[time.Time]time.Duration{
			last.Add(-time.Hour): time.Hour + 1, last: 1, last.AddDate(7000, 0, 0): 1, last.AddDate(-170, 1, 0): math.MaxInt64,
		} {
			_, err = c.Add(from, d)
			require.ErrorIs(t, err, ErrTooFar)
		}
		_, err = Target{days: 1, at: endOfDay}.Due(c, last)
		require.ErrorIs(t, err, ErrTooFar)
	})
	t.Run("NothingIsAddedBackward", func(t *testing.T) {
		t.Parallel()
		_, err := c.Add(first, -1)
		require.Error(t, err)
	})
}
