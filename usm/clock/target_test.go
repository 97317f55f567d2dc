package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func target(tb testing.TB, text string) Target {
	tb.Helper()
	parsed, err := ParseTarget(text)
	require.NoError(tb, err)
	return parsed
}

// TestTargets begins in the week of the shop: Monday 2 March 2026; Thursday is a holiday, Saturday opens, Sunday does not,
// Monday the 9th opens from 9 to 10, Tuesday is closed.
func TestTargets(t *testing.T) {
	t.Parallel()
	c := shop(t)
	for name, tt := range map[string]struct{ target, from, due, span string }{
		"BusinessHours":                       {"2h", "2026-03-02T11:00+01:00", "2026-03-02T13:30+01:00", "2h"},
		"BusinessHoursFromClosedTime":         {"90m", "2026-03-05T11:00+01:00", "2026-03-06T09:30+01:00", "90m"},
		"BusinessHoursUntilTheClosing":        {"4h", "2026-03-02T08:00+01:00", "2026-03-02T12:00+01:00", "4h"},
		"TheNextDayAtNoon":                    {"1 business day 12:00", "2026-03-02T16:00+01:00", "2026-03-03T12:00+01:00", "5h"},
		"TheDayOfTheNotificationIsTheFirst":   {"1 business day 12:00", "2026-03-02T00:00+01:00", "2026-03-03T12:00+01:00", "12h15m"},
		"TheDateIsThatOfTheCalendarsZone":     {"1 business day 12:00", "2026-03-02T23:30Z", "2026-03-04T11:00Z", "12h15m"},
		"AHolidayIsNoBusinessDay":             {"1 business day end", "2026-03-04T16:00+01:00", "2026-03-06T12:00+01:00", "5h"},
		"ASpecialOpeningIsABusinessDay":       {"2 business days end", "2026-03-05T16:00+01:00", "2026-03-08T00:00+01:00", "7h"},
		"TheEndIsTheLastClosing":              {"2 business days end", "2026-03-02T08:00+01:00", "2026-03-04T17:00+01:00", "24h45m"},
		"TheEndOfTheSameDay":                  {"0 business days end", "2026-03-02T16:00+01:00", "2026-03-02T17:00+01:00", "1h"},
		"TheEndOfTheSameDayBeforeItOpens":     {"0 business days end", "2026-03-02T01:00+01:00", "2026-03-02T17:00+01:00", "8h15m"},
		"TheEndOfTheNextDayOnceItIsOver":      {"0 business days end", "2026-03-02T17:00+01:00", "2026-03-03T17:00+01:00", "8h15m"},
		"TheEndOfTheNextDayOnAHoliday":        {"0 business days end", "2026-03-05T12:00+01:00", "2026-03-06T12:00+01:00", "4h"},
		"ATimeInABreakCountsUpToIt":           {"1 business day 12:15", "2026-03-02T16:00+01:00", "2026-03-03T12:15+01:00", "5h"},
		"ATimeAfterTheDayCountsUpToIt":        {"1 business day 24:00", "2026-03-02T16:00+01:00", "2026-03-04T00:00+01:00", "9h15m"},
		"ATimeBeforeTheDayIsItsOpening":       {"1 business day 06:00", "2026-03-02T16:00+01:00", "2026-03-03T06:00+01:00", "1h0m0.000000001s"},
		"TheOpeningIsNotTheClosingBefore":     {"1 business day 08:00", "2026-03-02T16:00+01:00", "2026-03-03T08:00+01:00", "1h0m0.000000001s"},
		"TheOpeningAfterClosedTimeIsNotNever": {"1 business day 08:00", "2026-03-05T12:00+01:00", "2026-03-06T08:00+01:00", "1ns"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := instant(t, tt.from)
			due, err := target(t, tt.target).Due(c, from)
			require.NoError(t, err)
			require.Equal(t, instant(t, tt.due).Format(time.RFC3339), due.Format(time.RFC3339), "in the location of the question")
			took, err := target(t, tt.target).Span(c, from)
			require.NoError(t, err)
			require.Equal(t, time.Duration(span(tt.span)), took)
		})
	}
}

func TestTargetsAroundTheClock(t *testing.T) {
	t.Parallel()
	c := compiled(t, usm.Calendar{TimeZone: "Europe/Amsterdam", Always: true})
	for name, tt := range map[string]struct{ target, from, due, span string }{
		"MidnightIsExact":                        {"1 business day 00:00", "2026-03-02T12:00+01:00", "2026-03-03T00:00+01:00", "12h"},
		"TheEndOfADayIsMidnight":                 {"0 business days end", "2026-03-02T12:00+01:00", "2026-03-03T00:00+01:00", "12h"},
		"OverTheSkippedHour":                     {"1 business day 12:00", "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", "23h"},
		"ATimeThatIsSkippedIsWhenItIsSkipped":    {"1 business day 02:30", "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00", "14h"},
		"ATimeThatIsRepeatedIsTheFirstOfTheTwo":  {"1 business day 02:30", "2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00", "14h30m"},
		"TheEndOfADayOf25Hours":                  {"1 business day end", "2026-10-24T12:00+02:00", "2026-10-26T00:00+01:00", "37h"},
		"ManyDaysOverTheTurnsOfYears":            {"1000 business days end", "2026-01-01T00:00+01:00", "2028-09-28T00:00+02:00", "24023h"},
		"TheLongestThatThereIs":                  {"87660h", "2026-01-01T00:00Z", "2036-01-01T12:00Z", "87660h"},
		"TheNextYearBeginsWhereTheCalendarIs":    {"1 business day end", "2026-12-31T23:30Z", "2027-01-02T23:00Z", "47h30m"},
		"TheLastYearIsNotOverBeforeItIsOverHere": {"0 business days end", "2026-12-31T22:30Z", "2026-12-31T23:00Z", "30m"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := instant(t, tt.from)
			due, err := target(t, tt.target).Due(c, from)
			require.NoError(t, err)
			require.True(t, instant(t, tt.due).Equal(due), "%s is not %s", due, tt.due)
			took, err := target(t, tt.target).Span(c, from)
			require.NoError(t, err)
			require.Equal(t, time.Duration(span(tt.span)), took)
			reached, err := c.Add(from, took)
			require.NoError(t, err)
			require.True(t, due.Equal(reached), "the span ends %s", reached)
		})
	}
	t.Run("TooFar", func(t *testing.T) {
		t.Parallel()
		_, err := target(t, "3653 business days end").Span(c, instant(t, "2195-01-01T00:00Z"))
		require.ErrorIs(t, err, ErrTooFar)
		_, err = target(t, "87660h").Due(c, instant(t, "2195-01-01T00:00Z"))
		require.ErrorIs(t, err, ErrTooFar)
	})
}

func TestParseTargetRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, detail string }{
		"Nothing":                       {"", "is neither business time"},
		"ANumberWithoutAUnit":           {"4", "is neither business time"},
		"AUnitOfItsOwn":                 {"4 hours", "is neither business time"},
		"Days":                          {"2d", "is neither business time"},
		"NoTime":                        {"0s", "is not longer than zero"},
		"ANegativeTime":                 {"-4h", "is not longer than zero"},
		"MoreThanTenYears":              {"87661h", "is longer than ten years"},
		"MoreThanThereIs":               {"9999999999h", "is longer than ten years"},
		"MoreDaysThanTenYears":          {"3654 business days end", "is longer than ten years"},
		"AbsurdlyManyDays":              {"99999 business days end", "is longer than ten years"},
		"NegativeDays":                  {"-1 business days end", "is neither business time"},
		"DaysWithoutAnEnd":              {"2 business days", "is neither business time"},
		"ATimeThatNoClockShows":         {"1 business day 24:01", `"24:01" is not a time of the day`},
		"ATimeWithoutAZero":             {"1 business day 9:00", "is neither business time"},
		"ATimeThatMayBeOver":            {"0 business days 12:00", "may be over before it begins"},
		"ATargetWithSomethingBehindIt":  {"1 business day end ", "is neither business time"},
		"ATargetWithALineBreakBehindIt": {"1 business day end\n", "is neither business time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseTarget(tt.text)
			requireInvalid(t, err, tt.detail)
		})
	}
}

// requireInvalid wants a refusal that points to "".
func requireInvalid(t *testing.T, err error, detail string) {
	t.Helper()
	var refused *usm.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, usm.CodeInvalid, refused.Code)
	require.Len(t, refused.Fields, 1)
	require.Empty(t, refused.Fields[0].Pointer)
	require.Contains(t, refused.Fields[0].Detail, detail)
}
