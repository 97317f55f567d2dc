package clock

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// refusal compiles a calendar that must be refused and returns what is said about it, by pointer.
func refusal(t *testing.T, calendar usm.Calendar) map[string]string {
	t.Helper()
	c, err := Compile(calendar)
	require.Nil(t, c)
	var refused *usm.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, usm.CodeInvalid, refused.Code)
	said := map[string]string{}
	for _, field := range refused.Fields {
		require.NotContains(t, said, field.Pointer)
		said[field.Pointer] = field.Detail
	}
	return said
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	mondays := func(windows ...string) usm.Calendar {
		return usm.Calendar{TimeZone: "UTC", Hours: map[string][]string{"mon": windows}}
	}
	ruled := func(rule usm.HolidayRule) usm.Calendar {
		return usm.Calendar{TimeZone: "UTC", Hours: daily("09:00-17:00"), Rules: []usm.HolidayRule{rule}}
	}
	special := func(openings ...usm.Opening) usm.Calendar {
		return usm.Calendar{TimeZone: "UTC", Hours: daily("09:00-17:00"), Openings: openings}
	}
	listed := func(dates ...string) usm.Calendar {
		return usm.Calendar{TimeZone: "UTC", Hours: daily("09:00-17:00"), Holidays: dates}
	}
	for name, tt := range map[string]struct {
		calendar        usm.Calendar
		pointer, detail string
	}{
		"NoTimeZone": {usm.Calendar{Always: true}, "/time_zone", "needs a time zone"},
		"AnUnknownTimeZone": {
			usm.Calendar{Always: true, TimeZone: "Europe/Utrecht"}, "/time_zone", `unknown time zone "Europe/Utrecht"`,
		},
		"TheTimeZoneOfTheMachine": {usm.Calendar{Always: true, TimeZone: "Local"}, "/time_zone", `unknown time zone "Local"`},
		"ATimeZoneThatIsAPath":    {usm.Calendar{Always: true, TimeZone: "../etc/passwd"}, "/time_zone", "unknown time zone"},
		"AnEmptyCalendar":         {usm.Calendar{TimeZone: "UTC"}, "/hours", "needs a window"},
		"OnlyDaysWithoutWindows": {
			usm.Calendar{TimeZone: "UTC", Hours: daily(), Openings: []usm.Opening{{Date: "2026-01-01"}}}, "/hours", "needs a window",
		},
		"AnUnknownWeekday": {
			usm.Calendar{TimeZone: "UTC", Hours: map[string][]string{"a/b~": {"08:00-09:00"}, "mon": {"08:00-09:00"}}},
			"/hours/a~1b~0", "a weekday is one of",
		},
		"OverlappingWindows": {
			mondays("08:00-12:00", "11:59-13:00"), "/hours/mon/1", "must not begin before the window before it, 08:00-12:00, ends",
		},
		"WindowsOutOfOrder":        {mondays("13:00-17:00", "08:00-12:00"), "/hours/mon/1", "must not begin before"},
		"TheSameWindowTwice":       {mondays("08:00-12:00", "08:00-12:00"), "/hours/mon/1", "must not begin before"},
		"AWindowOverMidnight":      {mondays("22:00-06:00"), "/hours/mon/0", "must end after it begins"},
		"AWindowWithoutLength":     {mondays("08:00-08:00"), "/hours/mon/0", "must end after it begins"},
		"AWindowWithoutAnEnd":      {mondays("08:00"), "/hours/mon/0", "is not a window"},
		"ATimeThatNoClockShows":    {mondays("08:00-25:00"), "/hours/mon/0", "is not a window"},
		"ATimeAfterTheEndOfTheDay": {mondays("08:00-24:01"), "/hours/mon/0", "is not a window"},
		"ATimeWithoutAZero":        {mondays("8:00-12:00"), "/hours/mon/0", "is not a window"},
		"ANegativeTime":            {mondays("-8:00-12:00"), "/hours/mon/0", "is not a window"},
		"AHolidayThatIsNoDate":     {listed("2026-02-30"), "/holidays/0", "is not a date"},
		"AHolidayInAnotherOrder":   {listed("2026-12-25", "25-12-2026"), "/holidays/1", "is not a date"},
		"AHolidayOfAnotherAge":     {listed("1969-12-31"), "/holidays/0", "not within the years 1970 to 2199"},
		"AHolidayInTheFarFuture":   {listed("2200-01-01"), "/holidays/0", "not within the years 1970 to 2199"},
		"ARuleWithoutAKind":        {ruled(usm.HolidayRule{Name: "x"}), "/holiday_rules/0", "exactly one of"},
		"ARuleOfTwoKinds":          {ruled(usm.HolidayRule{Country: "nl", Easter: new(int)}), "/holiday_rules/0", "exactly one of"},
		"AnUnknownCountry":         {ruled(usm.HolidayRule{Country: "NL"}), "/holiday_rules/0/country", "known are at, be, ch, de,"},
		"AMonthWithoutADay":        {ruled(usm.HolidayRule{Month: 2}), "/holiday_rules/0/day", "February has no day 0"},
		"ADayThatNoYearHas":        {ruled(usm.HolidayRule{Month: 2, Day: 30}), "/holiday_rules/0/day", "February has no day 30"},
		"ANegativeDay":             {ruled(usm.HolidayRule{Month: 2, Day: -1}), "/holiday_rules/0/day", "February has no day -1"},
		"ADayWithoutAMonth":        {ruled(usm.HolidayRule{Day: 1}), "/holiday_rules/0/month", "must be 1 to 12"},
		"AThirteenthMonth":         {ruled(usm.HolidayRule{Month: 13, Day: 1}), "/holiday_rules/0/month", "must be 1 to 12"},
		"EasterYearsAway":          {ruled(usm.HolidayRule{Easter: new(-367)}), "/holiday_rules/0/easter", "from -366 to 366"},
		"AStartWithoutARule": {
			ruled(usm.HolidayRule{Country: "nl", Start: "2026-01-01"}), "/holiday_rules/0/start", "only an rrule has a start",
		},
		"AStartThatIsNoDate":    {ruled(usm.HolidayRule{RRule: "FREQ=YEARLY", Start: "soon"}), "/holiday_rules/0/start", "is not a date"},
		"ARecurrenceThatIsNone": {ruled(usm.HolidayRule{RRule: "every Monday"}), "/holiday_rules/0/rrule", "is not a recurrence"},
		"ARecurrenceWithinADay": {ruled(usm.HolidayRule{RRule: "FREQ=SECONDLY"}), "/holiday_rules/0/rrule", "recurs within a day"},
		"ARecurrenceByTheHour":  {ruled(usm.HolidayRule{RRule: "FREQ=DAILY;BYHOUR=1,2"}), "/holiday_rules/0/rrule", "recurs within a day"},
		"ARecurrenceThatNeverIs": {
			ruled(usm.HolidayRule{RRule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}), "/holiday_rules/0/rrule", "never takes place",
		},
		"ARecurrenceOfNoWeek":   {ruled(usm.HolidayRule{RRule: "FREQ=MONTHLY;BYDAY=40MO"}), "/holiday_rules/0/rrule", "never takes place"},
		"ARecurrenceThatIsOver": {ruled(usm.HolidayRule{RRule: "FREQ=DAILY;UNTIL=19991231"}), "/holiday_rules/0/rrule", "never takes place"},
		"AnAbsurdInterval":      {ruled(usm.HolidayRule{RRule: "FREQ=DAILY;INTERVAL=1001"}), "/holiday_rules/0/rrule", "interval over 1000"},
		"ANegativeInterval":     {ruled(usm.HolidayRule{RRule: "FREQ=DAILY;INTERVAL=-1"}), "/holiday_rules/0/rrule", "is not a recurrence"},
		"AnOpeningThatIsNoDate": {special(usm.Opening{Date: "tomorrow"}), "/openings/0/date", "is not a date"},
		"AnOpeningWithBadWindows": {
			special(usm.Opening{Date: "2026-01-01", Windows: []string{"9-5"}}), "/openings/0/windows/0", "is not a window",
		},
		"TwoOpeningsOfADate": {
			special(usm.Opening{Date: "2026-01-01"}, usm.Opening{Date: "2026-01-01"}), "/openings/1/date", "has an opening already",
		},
		"HoursAroundTheClock":    {usm.Calendar{TimeZone: "UTC", Always: true, Hours: daily("09:00-17:00")}, "/hours", "has none"},
		"HolidaysAroundTheClock": {usm.Calendar{TimeZone: "UTC", Always: true, Holidays: []string{"2026-01-01"}}, "/holidays", "has none"},
		"RulesAroundTheClock": {
			usm.Calendar{TimeZone: "UTC", ID: usm.AroundTheClock, Rules: []usm.HolidayRule{{Country: "nl"}}}, "/holiday_rules", "has none",
		},
		"AnICalendarAroundTheClock": {usm.Calendar{TimeZone: "UTC", Always: true, ICalendar: "x"}, "/icalendar", "has none"},
		"AnOpeningAroundTheClock": {
			usm.Calendar{TimeZone: "UTC", Always: true, Openings: []usm.Opening{{Date: "2026-01-01"}}}, "/openings", "has none",
		},
		"AnICalendarThatIsSomething": {
			usm.Calendar{TimeZone: "UTC", Hours: daily("09:00-17:00"), ICalendar: "<html>"}, "/icalendar", "not an iCalendar text",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := refusal(t, tt.calendar)
			require.Len(t, said, 1)
			require.Contains(t, said[tt.pointer], tt.detail)
		})
	}
}

func TestCompileNamesEveryMistake(t *testing.T) {
	t.Parallel()
	said := refusal(t, usm.Calendar{
		TimeZone: "Mars/Olympus",
		Hours:    map[string][]string{"mon": {"08:00-12:00", "x", "11:00-13:00"}, "tue": {"09:00-08:00"}, "day": nil},
		Holidays: []string{"2026-01-01", "x"},
		Rules:    []usm.HolidayRule{{Country: "nl"}, {Country: "xx"}},
		Openings: []usm.Opening{{Date: "x", Windows: []string{"y"}}},
	})
	pointers := make([]string, 0, len(said))
	for pointer := range said {
		pointers = append(pointers, pointer)
	}
	require.ElementsMatch(t, []string{
		"/time_zone", "/hours/day", "/hours/mon/1", "/hours/tue/0", "/holidays/1", "/holiday_rules/1/country",
		"/openings/0/date", "/openings/0/windows/0",
	}, pointers)
}
