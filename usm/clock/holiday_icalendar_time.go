package clock

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// firstEvent is the first year that an event may be of: the library takes the year 1 for none at all.
const firstEvent = 1583 // the first whole year of the calendar that it reckons with

// value is that of the first property with the name, "" when there is none.
func value(event *ics.VEvent, name ics.ComponentProperty) string {
	if property := event.GetProperty(name); property != nil {
		return property.Value
	}
	return ""
}

// times reads the dates or date-times of all properties with the name. Dates become midnights of UTC, date-times without a
// zone of their own are of the calendar's.
func (a *almanac) times(event *ics.VEvent, name ics.ComponentProperty) (all []time.Time, wholeDays bool, err error) {
	for _, property := range event.GetProperties(name) {
		zone := a.zone
		if ids := property.ICalParameters[string(ics.ParameterTzid)]; len(ids) > 0 {
			if zone, err = loadZone(ids[0]); err != nil {
				return nil, false, fmt.Errorf("%s: %w", name, err)
			}
		}
		for text := range strings.SplitSeq(property.Value, ",") {
			at, err := time.Parse("20060102", text)
			wholeDays = err == nil
			if err != nil {
				at, err = time.Parse("20060102T150405Z", text)
			}
			if err != nil {
				at, err = time.ParseInLocation("20060102T150405", text, zone)
			}
			if err != nil {
				return nil, false, fmt.Errorf("%s %q is neither a date nor a date and time", name, text)
			}
			if at.Year() < firstEvent {
				return nil, false, fmt.Errorf("%s %q is before the year %d", name, text, firstEvent)
			}
			all = append(all, at)
		}
	}
	return all, wholeDays, nil
}

// length is how long an event takes on the wall clock of its start: a day at least for one of whole days.
func (a *almanac) length(event *ics.VEvent, start time.Time, wholeDays bool) (time.Duration, error) {
	ends, endDay, err := a.times(event, ics.ComponentPropertyDtEnd)
	if err != nil {
		return 0, err
	}
	length, err := icalDuration(value(event, ics.ComponentPropertyDuration))
	if err != nil {
		return 0, err
	}
	if len(ends) > 0 {
		if wholeDays != endDay {
			return 0, errors.New("DTSTART and DTEND must both be dates or both be times")
		}
		length = wall(ends[0].In(start.Location())).Sub(wall(start))
	}
	if length < 0 {
		return 0, errors.New("it ends before it begins")
	}
	if wholeDays {
		length = max(length, 24*time.Hour)
	}
	return length, nil
}

// wall is what the clock shows, as a time of UTC.
func wall(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

var icalDurations = regexp.MustCompile(`^\+?P(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?)$`)

// icalDuration reads a duration of RFC 5545, such as P1D or PT1H30M; "" is none.
func icalDuration(text string) (length time.Duration, err error) {
	match := icalDurations.FindStringSubmatch(text)
	if match == nil {
		if text != "" {
			err = fmt.Errorf("%q is not a duration", text)
		}
		return 0, err
	}
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(match[i+1]) // no digits: none
		length += time.Duration(n) * unit
	}
	return length, nil
}
