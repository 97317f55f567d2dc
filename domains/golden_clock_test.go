package domains_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
)

// clocked is the small file with everything that clocks run on. The tests below change a place in it.
var clocked = strings.NewReplacer(
	"categories:\n", `calendars:
  - id: night
    hours: {mon: ["00:00-06:00", "20:00-24:00"]}
    holiday_rules: [{name: New Year, month: 1, day: 1}]
    openings: [{date: "2020-01-06", windows: ["02:00-03:00"]}]
pauses:
  - {id: hold, accountable: customer}
  - {id: trial, accountable: provider, while: {opened: review_recovery}, until: {status: fulfilled}}
categories:
`,
	"catalogue:\n", `  - {id: forge, name: Forge, specification: {facility: {functionality: [A fire]}}}
catalogue:
  - {id: fire, name: Fire, service: forge, type: service_request}
`,
	"customer: school, profiles", "customer: school, site: East, profiles",
	"  - {id: sa, type: SA, customer: school, services: [bench], under: [uc]}\n", `  - id: sa
    type: SA
    customer: school
    services: [bench]
    under: [ola, uc]
    coverage:
      - {id: east, sites: [East]}
      - {id: sawyers, people: [ada], components: [saw], services: [bench]}
    requests: [key]
    calendar: night
    norms:
      - type: incident
        priority: high
        reaction: 30m
        update: 2h
        handling: 4h
        named:
          - {name: look, target: 1 business day 05:00, start: {event: opened}, stop: {event: step_finished, step: analyse_incident}}
        pause: [answer, hold]
        warnings: [75%, 1h]
        escalation:
          - {at: 90%, notify: [accountable, lead], reassign: [desk]}
          - {priority: critical, open: {subject: Late, service: bench, components: [saw]}}
          - {at: +1h, any_time: true, request: {url: "https://pager.example.org/{{.Call.Number}}"}}
      - {type: service_request, calendar: 24x7, handling: 2 business days end, pause: [], warnings: []}
    pauses: [{id: storm, accountable: customer}]
    warnings: [50%]
    escalation: [{at: due, notify: [lead]}]
    applies: from_change
    valid_from: "2026-01-01"
    valid_until: "2030-12-31"
    renewal: [90, 30]
  - {id: ola, type: OLA, provider: crew, services: [bench], under: [uc]}
`,
	"id: saw, name: Saw, type: tool,", "id: saw, name: Saw, type: tool, users: [ada],",
).Replace(small)

func TestMistakesOfCalendars(t *testing.T) {
	t.Parallel()
	const night, rule, more = `hours: {mon: ["00:00-06:00", "20:00-24:00"]}`, "{name: New Year, month: 1, day: 1}", "pauses:\n  - {id: hold"
	cases := []struct{ claim, old, with, want string }{
		{
			"WindowsOverlap", `"20:00-24:00"`, `"05:00-24:00"`,
			`lab.yaml:9:34: calendars[0].hours.mon[1]: 05:00-24:00 must not begin before the window before it, 00:00-06:00, ends`,
		},
		{"NothingAtAll", more, "  - {id: x}\n" + more, `lab.yaml:12:5: calendars[1].hours: a calendar needs a window in which it is open`},
		{
			"EmptyWeek", more, "  - {id: x, hours: {mon: [], tue: []}}\n" + more,
			`lab.yaml:12:13: calendars[1].hours: a calendar needs a window in which it is open`,
		},
		{
			"OpenInThePastOnly", night, "name: Nights",
			`lab.yaml:8:5: calendars[0]: never opens: there is no time within two years from now at which somebody works`,
		},
		{
			"HolidayEveryDay", rule, "{rrule: FREQ=DAILY}",
			`lab.yaml:8:5: calendars[0]: never opens: there is no time within two years from now at which somebody works`,
		},
		{"UnknownZone", night, "time_zone: Mars/Olympus\n    " + night, `lab.yaml:9:5: calendars[0].time_zone: unknown time zone "Mars/Olympus"`},
		{"ZoneOfTheMachine", night, "time_zone: Local\n    " + night, `lab.yaml:9:5: calendars[0].time_zone: unknown time zone "Local"`},
		{
			"TwoRulesInOne", rule, "{month: 1, day: 1, easter: 1}",
			`lab.yaml:10:21: calendars[0].holiday_rules[0]: a holiday rule has exactly one of country, month with day, easter and rrule`,
		},
		{
			"UnknownCountry", rule, "{country: zz}",
			`lab.yaml:10:22: calendars[0].holiday_rules[0].country: no holidays are known for the country "zz"; known are `,
		},
		{
			"NoRecurrence", rule, "{rrule: FREQ=SOMETIMES}",
			`lab.yaml:10:22: calendars[0].holiday_rules[0].rrule: "FREQ=SOMETIMES" is not a recurrence (RFC 5545)`,
		},
		{"DayThatNoMonthHas", rule, "{month: 2, day: 30}", `lab.yaml:10:32: calendars[0].holiday_rules[0].day: February has no day 30`},
		{
			"OpeningTwice", `openings: [`, `openings: [{date: "2020-01-06"}, `,
			`lab.yaml:11:39: calendars[0].openings[1].date: 2020-01-06 has an opening already`,
		},
		{"NoDay", "2020-01-06", "2027-02-30", `lab.yaml:11:17: calendars[0].openings[0].date: must be a day like 2026-11-24`},
		{
			"OpenAlwaysWithHolidays", more, "  - {id: x, always: true, holidays: [\"2026-12-25\"]}\n" + more,
			`lab.yaml:12:27: calendars[1].holidays: a calendar that is open around the clock has none`,
		},
		{"NoICalendar", night, night + "\n    icalendar: Christmas", `lab.yaml:10:5: calendars[0].icalendar: not an iCalendar text (RFC 5545)`},
		{"IDTaken", more, "  - {id: night, always: true}\n" + more, `lab.yaml:12:6: calendars[1].id: the id "night" is taken already`},
		{"IDThatIsAlwaysThere", more, "  - {id: 24x7}\n" + more, `lab.yaml:12:6: calendars[1].id: the calendar "24x7" is always there`},
		{"NoID", more, "  - {always: true}\n" + more, `lab.yaml:12:5: calendars[1].id: is required`},
		{
			"IDOfTheDomainsOwn", "calendar:\n  hours", "calendar:\n  id: day\n  hours",
			`lab.yaml:5:3: calendar.id: must be left out: this is the domain's own calendar`,
		},
		{
			"FileOverTheWire", night, night + "\n    icalendar_file: closed.ics",
			"lab.yaml:10:5: calendars[0].icalendar_file: no file can be read here: `usm domain` reads \"closed.ics\" in, other clients ",
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refusesIn(t, clocked, c.old, c.with, c.want)
		})
	}
}

func TestClocked(t *testing.T) {
	t.Parallel()
	domain, err := domains.Parse("lab.yaml", []byte(clocked))
	require.NoError(t, err)
	comesBack(t, domain)
}
