package clock

import (
	"fmt"
	"time"

	"github.com/rickar/cal/v2"

	"github.com/usm-works/usm/usm"
)

// days is a set of days of the years that calendars know. The zero value is empty and read only.
type days []uint64

func newDays() days { return make(days, (int(yearStart(lastYear+1-firstYear)/second/day)+63)/64) }

func (d days) has(day int) bool {
	return day >= 0 && day/64 < len(d) && d[day/64]&(1<<(day%64)) != 0
}

// put adds a day; one of another year is left out.
func (d days) put(day int) {
	if day >= 0 && day/64 < len(d) {
		d[day/64] |= 1 << (day % 64)
	}
}

// holidays lists what closes the calendar: all rules are worked out here, so that none is when time is measured.
func (r *refusals) holidays(calendar usm.Calendar, zone *time.Location) days {
	closed := newDays()
	for i, text := range calendar.Holidays {
		if on, ok := r.date(fmt.Sprintf("/holidays/%d", i), text); ok {
			closed.put(on)
		}
	}
	for i, rule := range calendar.Rules {
		r.rule(closed, fmt.Sprintf("/holiday_rules/%d", i), rule)
	}
	if calendar.ICalendar != "" {
		if err := readICalendar(closed, calendar.ICalendar, zone); err != nil {
			r.addf("/icalendar", "%s", err)
		}
	}
	return closed
}

// rule adds the days of a holiday rule.
func (r *refusals) rule(closed days, pointer string, rule usm.HolidayRule) {
	kinds := 0
	for _, given := range []bool{rule.Country != "", rule.Month != 0 || rule.Day != 0, rule.Easter != nil, rule.RRule != ""} {
		if given {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		r.addf(pointer, "a holiday rule has exactly one of country, month with day, easter and rrule")
	case rule.Start != "" && rule.RRule == "":
		r.addf(pointer+"/start", "only an rrule has a start")
	case rule.Country != "" && countries[rule.Country] == nil:
		r.addf(pointer+"/country", "no holidays are known for the country %q; known are %s", rule.Country, knownCountries())
	case rule.Country != "":
		for _, holiday := range countries[rule.Country] {
			closed.yearly(holiday)
		}
	case rule.Easter != nil && (*rule.Easter < -366 || *rule.Easter > 366):
		r.addf(pointer+"/easter", "must be a number of days from -366 to 366")
	case rule.Easter != nil:
		closed.yearly(&cal.Holiday{Offset: *rule.Easter, Func: cal.CalcEasterOffset})
	case rule.RRule != "":
		r.rrule(closed, pointer, rule)
	default:
		r.fixed(closed, pointer, rule)
	}
}

// yearly adds the days on which a holiday is observed. Those of the years around count as well: New Year's Day may be
// observed on 31 December.
func (d days) yearly(holiday *cal.Holiday) {
	for y := firstYear - 1; y <= lastYear+1; y++ {
		if _, observed := holiday.Calc(y); !observed.IsZero() {
			d.put(date0(observed))
		}
	}
}

// date0 is the day that the instant's own location shows.
func date0(at time.Time) int {
	return dayOf(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).Unix())
}

// fixed adds a day of a month. One that only leap years have is left out of the others.
func (r *refusals) fixed(closed days, pointer string, rule usm.HolidayRule) {
	in := func(year int) time.Time {
		return time.Date(year, time.Month(rule.Month), rule.Day, 0, 0, 0, 0, time.UTC)
	}
	switch leap := in(2000); {
	case rule.Month < 1 || rule.Month > 12:
		r.addf(pointer+"/month", "must be 1 to 12")
	case leap.Day() != rule.Day || leap.Month() != time.Month(rule.Month):
		r.addf(pointer+"/day", "%s has no day %d", time.Month(rule.Month), rule.Day)
	default:
		for y := firstYear; y <= lastYear; y++ {
			if at := in(y); at.Day() == rule.Day {
				closed.put(date0(at))
			}
		}
	}
}
