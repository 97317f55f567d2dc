package clock

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestDaylightSaving measures whole days on the wall in which clocks are put forward or back.
func TestDaylightSaving(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ zone, window, from, until, want string }{
		"TheSkippedHourIsMissing":                {"Europe/Amsterdam", "00:00-24:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "23h"},
		"TheRepeatedHourCountsTwice":             {"Europe/Amsterdam", "00:00-24:00", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", "25h"},
		"AWindowAroundTheSkippedHourIsShorter":   {"Europe/Amsterdam", "01:30-03:30", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "1h"},
		"AWindowWithinTheSkippedHourDoesNotOpen": {"Europe/Amsterdam", "02:15-02:45", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "0s"},
		"AWindowThatBeginsInTheSkippedHour":      {"Europe/Amsterdam", "02:30-04:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "1h"},
		"AWindowAroundTheRepeatedHourIsLonger":   {"Europe/Amsterdam", "01:30-03:30", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", "3h"},
		"AWindowWithinTheRepeatedHourOpensTwice": {"Europe/Amsterdam", "02:15-02:45", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", "1h"},
		"AWindowThatBeginsInTheRepeatedHour":     {"Europe/Amsterdam", "02:30-04:00", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", "2h"},
		"OfficeHoursDoNotFeelTheNight":           {"Europe/Amsterdam", "09:00-17:00", "2026-03-28T16:00+01:00", "2026-03-29T10:00+02:00", "2h"},
		"ThePassesOfTheRepeatedHourAreApart":     {"Europe/Amsterdam", "00:00-24:00", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "1h"},
		"InNewYorkForward":                       {"America/New_York", "01:00-04:00", "2026-03-08T00:00-05:00", "2026-03-09T00:00-04:00", "2h"},
		"InNewYorkBack":                          {"America/New_York", "01:00-04:00", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00", "4h"},
		"HalfAnHourForward": {
			"Australia/Lord_Howe", "00:00-24:00", "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00", "23h30m",
		},
		"HalfAnHourBack": {
			"Australia/Lord_Howe", "01:00-02:00", "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30", "90m",
		},
		"MidnightItselfIsSkipped":           {"America/Sao_Paulo", "00:00-02:00", "2018-11-03T12:00-03:00", "2018-11-04T12:00-02:00", "1h"},
		"TheHourBeforeMidnightIsRepeated":   {"America/Sao_Paulo", "23:00-24:00", "2018-02-17T12:00-02:00", "2018-02-18T12:00-03:00", "2h"},
		"ThreeQuartersOfAnHourAreNoTrouble": {"Asia/Kathmandu", "09:00-17:00", "2026-03-02T08:00+05:45", "2026-03-02T18:00+05:45", "8h"},
		"AWholeDayIsSkippedAroundTheClock":  {"Pacific/Apia", "00:00-24:00", "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", "24h"},
		"AWholeDayIsSkippedInOfficeHours":   {"Pacific/Apia", "08:00-17:00", "2011-12-29T08:00-10:00", "2011-12-31T17:00+14:00", "18h"},
		"AWholeDayIsSkippedAtTheEndOfTheYear": {
			"Pacific/Kiritimati", "08:00-17:00", "1994-12-30T00:00-10:00", "1995-01-02T00:00+14:00", "18h",
		},
		"TheZoneOfTheQuestionDoesNotMatter": {"Asia/Tokyo", "09:00-17:00", "2026-03-02T00:00Z", "2026-03-02T12:00Z", "8h"},
		"LongAfterTheLastChangeOnTheList":   {"Europe/Amsterdam", "00:00-24:00", "2150-03-29T00:00+01:00", "2150-03-30T00:00+02:00", "23h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := compiled(t, usm.Calendar{TimeZone: tt.zone, Hours: daily(tt.window)})
			require.Equal(t, time.Duration(span(tt.want)), c.Between(instant(t, tt.from), instant(t, tt.until)))
		})
	}
}

func TestAddOverDaylightSaving(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		hours map[string][]string
		from  string
		d     time.Duration
		want  string
	}{
		"FourHoursOverTheSkippedHour":   {daily("00:00-24:00"), "2026-03-29T00:30+01:00", 4 * time.Hour, "2026-03-29T05:30+02:00"},
		"FourHoursOverTheRepeatedHour":  {daily("00:00-24:00"), "2026-10-25T00:30+02:00", 4 * time.Hour, "2026-10-25T03:30+01:00"},
		"IntoTheSecondPass":             {daily("02:00-02:30"), "2026-10-25T00:00+02:00", 45 * time.Minute, "2026-10-25T02:15+01:00"},
		"AWindowThatIsSkippedIsSkipped": {daily("02:00-03:00"), "2026-03-28T12:00+01:00", time.Minute, "2026-03-30T02:01+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := compiled(t, usm.Calendar{TimeZone: "Europe/Amsterdam", Hours: tt.hours})
			at, err := c.Add(instant(t, tt.from), tt.d)
			require.NoError(t, err)
			require.True(t, instant(t, tt.want).Equal(at), "%s is not %s", at, tt.want)
		})
	}
}

// TestTheLastDayOfALeapYear is where time.ZoneBounds goes wrong from 2040 on: it says that the stretch which it is asked
// about is over before it, so who goes from one to the next never gets on.
func TestTheLastDayOfALeapYear(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Amsterdam", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			always := compiled(t, usm.Calendar{TimeZone: zone, Always: true})
			office := compiled(t, usm.Calendar{TimeZone: zone, Hours: daily("09:00-17:00")})
			for y := 2036; y <= lastYear; y += 4 {
				first := time.Date(y, time.January, 1, 0, 0, 0, 0, office.zone)
				next := time.Date(y+1, time.January, 1, 0, 0, 0, 0, office.zone)
				require.Equal(t, next.Sub(first), always.Between(first, next), y)
				days := next.AddDate(0, 0, -1).YearDay()
				require.Equal(t, days*8, int(office.Between(first, next).Hours()), y)
				due, err := office.Add(next.AddDate(0, 0, -1), 4*time.Hour)
				require.NoError(t, err)
				require.Equal(t, fmt.Sprintf("%d-12-31 13:00", y), due.Format("2006-01-02 15:04"))
			}
		})
	}
}

func TestADayThatTheZoneSkips(t *testing.T) {
	t.Parallel()
	c := compiled(t, usm.Calendar{
		TimeZone: "Pacific/Apia", Hours: daily("08:00-17:00"),
		Openings: []usm.Opening{{Date: "2011-12-30", Windows: []string{"00:00-24:00"}}},
	})
	from := instant(t, "2011-12-29T09:00-10:00")
	t.Run("HasNoOpening", func(t *testing.T) {
		t.Parallel()
		at, err := c.Add(from, 9*time.Hour)
		require.NoError(t, err)
		require.Equal(t, "2011-12-31T09:00:00+14:00", at.In(c.zone).Format(time.RFC3339))
	})
	t.Run("IsNoBusinessDay", func(t *testing.T) {
		t.Parallel()
		due, err := Target{days: 1, at: 12 * 3600}.Due(c, from)
		require.NoError(t, err)
		require.Equal(t, "2011-12-31T12:00:00+14:00", due.In(c.zone).Format(time.RFC3339))
	})
}
