package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// measured are the questions that clocks ask, of a calendar like that of an office.
func measured(tb testing.TB) map[string]func() {
	tb.Helper()
	c := compiled(tb, usm.Calendar{
		TimeZone: "Europe/Amsterdam",
		Hours: map[string][]string{
			"mon": {"08:00-12:00", "12:30-17:00"}, "tue": {"08:00-12:00", "12:30-17:00"}, "wed": {"08:00-12:00", "12:30-17:00"},
			"thu": {"08:00-12:00", "12:30-17:00"}, "fri": {"08:00-12:00"},
		},
		Rules: []usm.HolidayRule{{Country: "nl"}, {Month: 12, Day: 31}},
	})
	from := instant(tb, "2026-11-02T10:00+01:00").In(amsterdam) // 400 hours run on into the next year
	hours, days := target(tb, "400h"), target(tb, "50 business days 12:00")
	until, err := hours.Due(c, from)
	require.NoError(tb, err)
	require.Equal(tb, 2027, until.Year())
	return map[string]func(){
		"Due400BusinessHours": func() { _, _ = hours.Due(c, from) },
		"Due50BusinessDays":   func() { _, _ = days.Due(c, from) },
		"Span50BusinessDays":  func() { _, _ = days.Span(c, from) },
		"Add":                 func() { _, _ = c.Add(from, 400*time.Hour) },
		"Between":             func() { c.Between(from, until) },
		"NextOpen":            func() { _, _ = c.NextOpen(from) },
		"Open":                func() { c.Open(from) },
	}
}

//nolint:paralleltest // other tests would allocate and take the processor meanwhile
func TestMeasuringIsFastAndAllocatesNothing(t *testing.T) {
	for name, ask := range measured(t) {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(100, ask))
			require.LessOrEqual(t, quickest(ask), 20*time.Microsecond)
		})
	}
}

// quickest is the time of a call in the best of many short batches: one of them the machine leaves alone.
func quickest(ask func()) time.Duration {
	const batches, calls = 50, 20
	best := time.Duration(1<<63 - 1)
	for range batches {
		begin := time.Now()
		for range calls {
			ask()
		}
		best = min(best, time.Since(begin)/calls)
	}
	return best
}

func BenchmarkCalendar(b *testing.B) {
	for name, ask := range measured(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
		})
	}
}

// BenchmarkCompile is what a calendar costs before it measures: at once, and for each year that is looked at first.
func BenchmarkCompile(b *testing.B) {
	calendar := usm.Calendar{
		TimeZone: "Europe/Amsterdam", Hours: daily("08:00-12:00", "12:30-17:00"), Rules: []usm.HolidayRule{{Country: "nl"}},
	}
	b.Run("Calendar", func(b *testing.B) {
		for b.Loop() {
			_, _ = Compile(calendar)
		}
	})
	c := compiled(b, calendar)
	b.Run("Year", func(b *testing.B) {
		for b.Loop() {
			c.build(2026 - firstYear)
		}
	})
}
