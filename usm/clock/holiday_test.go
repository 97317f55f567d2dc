package clock

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// closedIn are the dates of a year on which a calendar that else opens daily does not, e.g. "01-01 12-25".
func closedIn(c *Calendar, year int) string {
	var dates []string
	for on := time.Date(year, time.January, 1, 0, 0, 0, 0, c.zone); on.Year() == year; on = on.AddDate(0, 0, 1) {
		if c.Between(on, on.AddDate(0, 0, 1)) == 0 {
			dates = append(dates, on.Format("01-02"))
		}
	}
	return strings.Join(dates, " ")
}

func ruled(tb testing.TB, rules ...usm.HolidayRule) *Calendar {
	tb.Helper()
	return compiled(tb, usm.Calendar{TimeZone: "Europe/Amsterdam", Hours: daily("09:00-17:00"), Rules: rules})
}

// TestCountries compares with what the governments published: rijksoverheid.nl, the German federal and state laws, gov.uk
// (England and Wales) and opm.gov. Of a holiday that is moved the day on which it is observed counts.
func TestCountries(t *testing.T) {
	t.Parallel()
	for country, years := range map[string]map[int]string{
		"nl": {
			2024: "01-01 03-29 04-01 04-27 05-05 05-09 05-20 12-25 12-26",
			2025: "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26", // 27 April is a Sunday
			2026: "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26",
		},
		"de": {
			2017: "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26", // 500 years of the Reformation
			2025: "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26",
			2026: "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26",
		},
		"gb": {
			2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",             // VE Day instead of early May
			2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",             // Christmas is at the weekend
			2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27", // jubilee and state funeral
			2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",       // coronation
			2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",             // Boxing Day is a Saturday
		},
		"us": {
			2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31", // New Year's Day of 2022 too
			2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
			2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25", // 4 July is a Saturday
		},
	} {
		t.Run(country, func(t *testing.T) {
			t.Parallel()
			c := ruled(t, usm.HolidayRule{Country: country})
			for year, dates := range years {
				require.Equal(t, dates, closedIn(c, year), year)
			}
		})
	}
	for country := range countries {
		t.Run(country+" HasNewYearAndChristmas", func(t *testing.T) {
			t.Parallel()
			dates := closedIn(ruled(t, usm.HolidayRule{Country: country}), 2026)
			require.True(t, strings.HasPrefix(dates, "01-01 "), dates)
			require.Contains(t, dates, "12-25")
		})
	}
}

func TestHolidayRules(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rules []usm.HolidayRule
		year  int
		want  string
	}{
		"ADayOfAMonth":                     {[]usm.HolidayRule{{Month: 10, Day: 3}}, 2026, "10-03"},
		"ADayOfAMonthInTheFirstYear":       {[]usm.HolidayRule{{Month: 1, Day: 1}}, 1970, "01-01"},
		"ADayOfAMonthInTheLastYear":        {[]usm.HolidayRule{{Month: 12, Day: 31}}, 2199, "12-31"},
		"29FebruaryInALeapYear":            {[]usm.HolidayRule{{Month: 2, Day: 29}}, 2028, "02-29"},
		"No29FebruaryInAnother":            {[]usm.HolidayRule{{Month: 2, Day: 29}}, 2100, ""},
		"EasterSunday2024":                 {[]usm.HolidayRule{{Easter: new(0)}}, 2024, "03-31"},
		"EasterSunday2038IsTheLatest":      {[]usm.HolidayRule{{Easter: new(0)}}, 2038, "04-25"},
		"GoodFridayAndAscension2026":       {[]usm.HolidayRule{{Easter: new(-2)}, {Easter: new(39)}}, 2026, "04-03 05-14"},
		"CorpusChristi2026":                {[]usm.HolidayRule{{Easter: new(60)}}, 2026, "06-04"},
		"TheFourthThursdayOfNovember":      {[]usm.HolidayRule{{RRule: "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}}, 2026, "11-26"},
		"TheLastMondayOfMayInSmallLetters": {[]usm.HolidayRule{{RRule: "freq=yearly;bymonth=5;byday=-1mo"}}, 2026, "05-25"},
		"EveryOtherMonthFromAStart": {
			[]usm.HolidayRule{{RRule: "FREQ=MONTHLY;INTERVAL=2", Start: "2026-07-15"}}, 2026, "07-15 09-15 11-15",
		},
		"NotBeforeItsStart": {[]usm.HolidayRule{{RRule: "FREQ=YEARLY", Start: "2026-07-15"}}, 2025, ""},
		"OnlySoManyTimes":   {[]usm.HolidayRule{{RRule: "FREQ=WEEKLY;COUNT=3", Start: "2026-12-22"}}, 2026, "12-22 12-29"},
		"TheCountRunsOn":    {[]usm.HolidayRule{{RRule: "FREQ=WEEKLY;COUNT=3", Start: "2026-12-22"}}, 2027, "01-05"},
		"UntilADate": {
			[]usm.HolidayRule{{RRule: "FREQ=DAILY;UNTIL=20260103", Start: "2026-01-01"}}, 2026, "01-01 01-02 01-03",
		},
		"ARuleThatSaysSoTwiceIsFine":  {[]usm.HolidayRule{{Month: 1, Day: 1}, {Month: 1, Day: 1}}, 2026, "01-01"},
		"ARecurrenceUntilTheLastYear": {[]usm.HolidayRule{{RRule: "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"}}, 2199, "12-31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, closedIn(ruled(t, tt.rules...), tt.year))
		})
	}
	t.Run("AHolidayIsADateOfTheZone", func(t *testing.T) {
		t.Parallel()
		c := compiled(t, usm.Calendar{TimeZone: "Pacific/Auckland", Hours: daily("00:00-24:00"), Holidays: []string{"2026-12-25"}})
		require.True(t, c.Open(instant(t, "2026-12-24T23:59+13:00")))
		require.False(t, c.Open(instant(t, "2026-12-25T00:00+13:00")))
		require.False(t, c.Open(instant(t, "2026-12-25T23:59+13:00")))
		require.True(t, c.Open(instant(t, "2026-12-26T00:00+13:00")))
	})
}
