package clock

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// iCalendar is a text of events, each given by its lines.
func iCalendar(events ...string) string {
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//usm//test//EN\n"
	for i, lines := range events {
		text += fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nSUMMARY:Number %d\n%s\nEND:VEVENT\n", i, i, lines)
	}
	return strings.ReplaceAll(text+"END:VCALENDAR\n", "\n", "\r\n")
}

// times is a text of so many events that are alike.
func times(n int, lines string) string { return iCalendar(slices.Repeat([]string{lines}, n)...) }

func TestICalendar(t *testing.T) {
	t.Parallel()
	const standIn = "UID:0\nRECURRENCE-ID;VALUE=DATE:20260406\nDTSTART;VALUE=DATE:"
	for name, tt := range map[string]struct{ text, want string }{
		"AWholeDay":                  {iCalendar("DTSTART;VALUE=DATE:20260427"), "04-27"},
		"ADayThatEndsWithTheNext":    {iCalendar("DTSTART;VALUE=DATE:20260427\nDTEND;VALUE=DATE:20260428"), "04-27"},
		"SeveralDays":                {iCalendar("DTSTART;VALUE=DATE:20260427\nDTEND;VALUE=DATE:20260430"), "04-27 04-28 04-29"},
		"DaysByDuration":             {iCalendar("DTSTART;VALUE=DATE:20260427\nDURATION:P2D"), "04-27 04-28"},
		"AWeek":                      {iCalendar("DTSTART;VALUE=DATE:20260601\nDURATION:P1W"), "06-01 06-02 06-03 06-04 06-05 06-06 06-07"},
		"SeveralEvents":              {iCalendar("DTSTART:20260427", "DTSTART:20260505"), "04-27 05-05"},
		"ADayOfOtherYears":           {iCalendar("DTSTART:20250427", "DTSTART:19690101", "DTSTART:26000101", "DTSTART:20260427"), "04-27"},
		"TouchedByAnHour":            {iCalendar("DTSTART:20260427T100000\nDTEND:20260427T110000"), "04-27"},
		"UntilMidnightIsNotTheNext":  {iCalendar("DTSTART:20260427T100000\nDTEND:20260428T000000"), "04-27"},
		"OverMidnightIsTheNextToo":   {iCalendar("DTSTART:20260427T230000\nDURATION:PT1H1M"), "04-27 04-28"},
		"AMoment":                    {iCalendar("DTSTART:20260427T000000"), "04-27"},
		"ATimeOfUTC":                 {iCalendar("DTSTART:20260427T223000Z\nDURATION:PT30M"), "04-28"}, // 00:30 in Amsterdam
		"ATimeOfItsOwnZone":          {iCalendar("DTSTART;TZID=America/New_York:20260427T190000\nDURATION:PT1H"), "04-28"},
		"AnEndInAnotherZone":         {iCalendar("DTSTART:20260427T100000\nDTEND;TZID=America/New_York:20260427T190000"), "04-27 04-28"},
		"MidnightToMidnightInAutumn": {iCalendar("DTSTART:20261025T000000\nDTEND:20261026T000000\nRRULE:FREQ=DAILY;COUNT=2"), "10-25 10-26"},
		"EveryYear":                  {iCalendar("DTSTART;VALUE=DATE:20100427\nRRULE:FREQ=YEARLY"), "04-27"},
		"EveryYearSinceLongAgo":      {iCalendar("DTSTART;VALUE=DATE:15830427\nRRULE:FREQ=YEARLY"), "04-27"},
		"EveryMonthForSomeTime":      {iCalendar("DTSTART;VALUE=DATE:20251215\nRRULE:FREQ=MONTHLY;COUNT=3"), "01-15 02-15"},
		"WithoutTheExceptions":       {iCalendar("DTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260112,20260119"), "01-05 01-26"},
		"ExceptionsInTwoLines":       {iCalendar("DTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260112\nEXDATE:20260119"), "01-05 01-26"},
		"AnExceptionAtItsTime": {
			iCalendar("DTSTART:20260105T100000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Amsterdam:20260112T100000"), "01-05 01-19",
		},
		"ATimeThatRepeatsKeepsItsWallClock": {
			iCalendar("DTSTART:20260328T000000\nDURATION:PT24H\nRRULE:FREQ=DAILY;COUNT=2"), "03-28 03-29",
		},
		"MoreDates":          {iCalendar("DTSTART:20260105\nRDATE:20260301,20260302"), "01-05 03-01 03-02"},
		"OneThatIsCancelled": {iCalendar("DTSTART:20260105", "DTSTART:20260106\nSTATUS:CANCELLED"), "01-05"},
		"OneThatIsMoved": {
			iCalendar("DTSTART:20260105\nRRULE:FREQ=MONTHLY;COUNT=1", "DTSTART:20260406\nRRULE:FREQ=YEARLY"), "01-05 04-06",
		},
		"AFoldedLine":   {iCalendar("DTSTART;VALUE=DATE:2026\n 0427\nDESCRIPTION:a\n b"), "04-27"},
		"BareLineFeeds": {strings.ReplaceAll(iCalendar("DTSTART:20260427"), "\r", ""), "04-27"},
		"OtherComponentsDoNotMatter": {
			strings.Replace(iCalendar("DTSTART:20260427\nBEGIN:VALARM\nTRIGGER:-PT1H\nEND:VALARM"), "BEGIN:VEVENT",
				"BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT", 1),
			"04-27",
		},
		"AnOccurrenceThatIsMoved":     {moved("DTSTART:20260405\nRRULE:FREQ=DAILY;COUNT=3", standIn+"20260501"), "04-05 04-07 05-01"},
		"AnOccurrenceThatIsCancelled": {moved("DTSTART:20260405\nRRULE:FREQ=DAILY;COUNT=3", standIn+"20260406\nSTATUS:CANCELLED"), "04-05 04-07"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := compiled(t, usm.Calendar{TimeZone: "Europe/Amsterdam", Hours: daily("09:00-17:00"), ICalendar: tt.text})
			require.Equal(t, tt.want, closedIn(c, 2026))
		})
	}
}

// moved is a text of two events, of which the second one has a UID of its own.
func moved(event, standIn string) string {
	return strings.Replace(iCalendar(event, standIn), "UID:1\r\n", "", 1)
}

func TestICalendarRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, detail string }{
		"NoEvents":             {iCalendar(), "has no events"},
		"WhatIsNoICalendar":    {"Dear sir", "not an iCalendar text"},
		"ATextThatIsCutOff":    {strings.TrimSuffix(iCalendar("DTSTART:20260427"), "END:VCALENDAR\r\n"), "cut off"},
		"AnEventThatIsCutOff":  {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260427\r\n", "cut off"},
		"AnEndOfSomethingElse": {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n", "not an iCalendar text"},
		"ALineThatSaysNothing": {iCalendar("DTSTART"), "not an iCalendar text"},
		"NoStart":              {iCalendar("DTEND:20260427"), `event 1 "Number 0": it must have one DTSTART`},
		"TwoStarts": {
			iCalendar("DTSTART:20260427", "DTSTART:20260427\nDTSTART:20260428"), `event 2 "Number 1": it must have one DTSTART`,
		},
		"AStartThatIsNoDate":      {iCalendar("DTSTART:20260230"), `DTSTART "20260230" is neither a date nor`},
		"AnExceptionThatIsNoDate": {iCalendar("DTSTART:20260105\nEXDATE:x"), `EXDATE "x" is neither`},
		"AMoreThatIsNoDate":       {iCalendar("DTSTART:20260105\nRDATE:x"), `RDATE "x" is neither`},
		"AReplacedThatIsNoDate":   {iCalendar("DTSTART:20260105\nRECURRENCE-ID:x"), `RECURRENCE-ID "x" is neither`},
		"AnEndThatIsNoDate":       {iCalendar("DTSTART:20260105\nDTEND:x"), `DTEND "x" is neither`},
		"AYearWithoutACalendar":   {iCalendar("DTSTART:00010101\nRRULE:FREQ=DAILY"), "before the year 1583"},
		"AnUnknownZone":           {iCalendar("DTSTART;TZID=Mars/Olympus:20260427T100000"), `unknown time zone "Mars/Olympus"`},
		"AnEndBeforeTheStart":     {iCalendar("DTSTART:20260427\nDTEND:20260426"), "it ends before it begins"},
		"ADateThatEndsAtATime":    {iCalendar("DTSTART:20260427\nDTEND:20260428T000000"), "must both be dates or both be times"},
		"ANegativeDuration":       {iCalendar("DTSTART:20260427\nDURATION:-P1D"), `"-P1D" is not a duration`},
		"AnAbsurdDuration":        {iCalendar("DTSTART:20260427\nDURATION:P99999D"), `"P99999D" is not a duration`},
		"ARecurrenceThatIsNone":   {iCalendar("DTSTART:20260427\nRRULE:FREQ=OFTEN"), "is not a recurrence"},
		"ARecurrenceWithinADay":   {iCalendar("DTSTART:20260427\nRRULE:FREQ=HOURLY"), "recurs within a day"},
		"TwoRecurrences":          {iCalendar("DTSTART:20260427\nRRULE:FREQ=YEARLY\nRRULE:FREQ=DAILY"), "more than one RRULE"},
		"ALongRecurrence": {
			iCalendar("DTSTART:20260427\nRRULE:FREQ=YEARLY;BYMONTHDAY=1" + strings.Repeat(",1", 200)), "at most 300 characters",
		},
		"ALongText":                 {iCalendar("DTSTART:20260427" + strings.Repeat("\nX:x", maxICalendar/4)), "over 256 KiB"},
		"ALongLine":                 {iCalendar("DTSTART:20260427\nX:" + strings.Repeat("x\n ", maxLine)), "has a line over 8 KiB"},
		"DeepComponents":            {iCalendar(strings.Repeat("BEGIN:VJOURNAL\n", 7)), "components more than 8 deep"},
		"TooManyRecurrences":        {times(maxRecurring+1, "DTSTART:20260427\nRRULE:FREQ=YEARLY"), "more than 200 events recur"},
		"MoreDaysThanThereAre":      {times(20, "DTSTART:20000101\nRRULE:FREQ=DAILY"), "touch more than 1000000 days"},
		"AnEventOfThousandsOfYears": {times(20, "DTSTART:20000101\nDTEND:99990101"), "touch more than 1000000 days"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := refusal(t, usm.Calendar{TimeZone: "UTC", Hours: daily("09:00-17:00"), ICalendar: tt.text})
			require.Len(t, said, 1)
			require.Contains(t, said["/icalendar"], tt.detail)
		})
	}
}

// TestICalendarIsReadInTime gives it the largest texts that keep the libraries busy. Each takes far less than a second: a
// minute means that one is read in the square of its length or worse.
func TestICalendarIsReadInTime(t *testing.T) {
	t.Parallel()
	fill := func(unit string) string { return strings.Repeat(unit, (maxICalendar-1000)/len(unit)) }
	line := func(unit string) string { return strings.Repeat(unit, (maxLine-100)/len(unit)) }
	for name, text := range map[string]string{
		"Components":  "BEGIN:VCALENDAR\n" + fill("BEGIN:VEVENT\n"),
		"Parameters":  iCalendar("DTSTART:20260101\n" + strings.Repeat("X"+line(";A=b")+":x\n", 30)),
		"Values":      iCalendar("DTSTART:20260101\n" + strings.Repeat("X;A=b"+line(",b")+":x\n", 30)),
		"EmptyLines":  fill("\r\n"),
		"Folds":       iCalendar("DTSTART:20260101\n" + fill("X:\n \n ")),
		"Exceptions":  iCalendar("DTSTART:20260101\nRRULE:FREQ=DAILY\n" + fill("EXDATE:20260101,20260102\n")),
		"Occurrences": times(maxRecurring, "DTSTART:15830101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYSETPOS=1"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_ = readICalendar(newDays(), text, time.UTC)
			require.Less(t, time.Since(begin), time.Minute)
		})
	}
}
