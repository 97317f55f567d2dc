package clock

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// FuzzParseTarget: what is not refused is due later than it begins, and its span is positive.
func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{
		"4h", "1h30m", "87660h", "0s", "-4h", "1ns", "1e3h", "1 business day 12:00", "2 business days end", "0 business days end",
		"3653 business days 24:00", "0 business days 12:00", "1 business day 99:99", "٣ business days end", "",
	} {
		f.Add(text, int64(1_793_000_000))
	}
	c := shop(f)
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		target, err := ParseTarget(text)
		if err != nil {
			requireInvalid(t, err, "")
			return
		}
		from := time.Unix(unix%(230*366*day), 0)
		due, err := target.Due(c, from)
		if err != nil {
			return
		}
		require.True(t, due.After(from))
		span, err := target.Span(c, from)
		require.NoError(t, err)
		require.Positive(t, span)
	})
}

// FuzzParseTrigger: what is not refused comes within twice the longest target, and a share of it never after it.
func FuzzParseTrigger(f *testing.F) {
	for _, text := range []string{
		"75%", "12.5%", "100%", "0%", "0.0001%", "30m", "-30m", "+2h", "due", "", "0", "+", "-", "%", "1µs", "-87660h",
	} {
		f.Add(text, int64(8*time.Hour))
	}
	f.Fuzz(func(t *testing.T, text string, nanoseconds int64) {
		trigger, err := ParseTrigger(text)
		if err != nil {
			requireInvalid(t, err, "")
			return
		}
		target := time.Duration(max(1, nanoseconds%int64(longest)))
		after := trigger.After(target)
		require.GreaterOrEqual(t, after, time.Duration(0))
		require.LessOrEqual(t, after, 2*longest)
		if strings.HasSuffix(text, "%") {
			require.Positive(t, after)
			require.LessOrEqual(t, after, target)
		}
	})
}

// FuzzICalendar: any text is read or refused, soon.
func FuzzICalendar(f *testing.F) {
	for _, lines := range []string{
		"DTSTART;VALUE=DATE:20260427", "DTSTART:20260427T100000\nDTEND:20260427T110000", "DTSTART:20260427T223000Z\nDURATION:PT30M",
		"DTSTART;TZID=America/New_York:20260427T190000\nDURATION:P1W", "DTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260112,20260119",
		"DTSTART:20260105\nRRULE:FREQ=MONTHLY;BYDAY=-1MO;UNTIL=20300101\nRDATE:20260301", "DTSTART:20260105\nRRULE:FREQ=YEARLY;BYEASTER=-2",
		"DTSTART:20260105\nRECURRENCE-ID:20260105\nSTATUS:CANCELLED", "DTSTART:2026\n 0427\nX;A=\"b\";C=d,e:f", "",
	} {
		f.Add(iCalendar(lines))
	}
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		_ = readICalendar(newDays(), text, amsterdam)
		require.Less(t, time.Since(begin), 10*time.Second)
	})
}

// FuzzRecurrence: a recurrence is refused or takes place, on or after its start, soon.
func FuzzRecurrence(f *testing.F) {
	for _, text := range []string{
		"FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "FREQ=MONTHLY;BYDAY=40MO", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"RRULE:FREQ=DAILY;COUNT=3",
		"FREQ=DAILY;INTERVAL=1000;BYSETPOS=-1", "FREQ=WEEKLY;WKST=SU;BYWEEKNO=53", "FREQ=YEARLY;BYYEARDAY=-366", "FREQ=YEARLY;BYEASTER=-2,39",
		"DTSTART=20260101\nFREQ=DAILY", "FREQ=DAILY;UNTIL=20260103T000000Z",
	} {
		f.Add(text)
	}
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		all, err := recur(text, start)
		require.Less(t, time.Since(begin), 10*time.Second)
		if err != nil {
			return
		}
		require.NotEmpty(t, all)
		for _, at := range all {
			require.False(t, at.Before(start))
			require.False(t, at.After(end))
		}
	})
}

// FuzzCompile: a calendar is refused with pointers, or measures what adds up.
func FuzzCompile(f *testing.F) {
	f.Add("Europe/Amsterdam", "mon", "08:00-12:00", "13:00-17:00", "2026-12-25", int64(1_793_000_000))
	f.Add("Australia/Lord_Howe", "sun", "00:00-24:00", "", "2026-04-05", int64(1_775_000_000))
	f.Add("UTC", "tue", "12:00-08:00", "x", "1969-12-31", int64(-5))
	f.Add("../UTC", "~/", "", "", "", int64(0))
	f.Fuzz(func(t *testing.T, zone, weekday, first, second, date string, unix int64) {
		c, err := Compile(usm.Calendar{
			TimeZone: zone, Hours: map[string][]string{weekday: {first, second}}, Holidays: []string{date},
			Openings: []usm.Opening{{Date: date, Windows: []string{second}}},
		})
		if err != nil {
			var refused *usm.Error
			require.ErrorAs(t, err, &refused)
			require.NotEmpty(t, refused.Fields)
			return
		}
		from := time.Unix(unix%(230*366*day), 0)
		until, err := c.Add(from, 8*time.Hour)
		if err == nil {
			require.Equal(t, 8*time.Hour, c.Between(from, until))
		}
	})
}
