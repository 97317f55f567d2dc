package clock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Compile checks a calendar and makes it ready to measure with. Its TimeZone must be set: whoever holds the domain fills it
// in. A calendar with the id usm.AroundTheClock is open always, also when it does not say so. A refusal is a *usm.Error
// with usm.CodeInvalid that names every mistake by its pointer in the calendar, e.g. "/hours/mon/1".
func Compile(calendar usm.Calendar) (*Calendar, error) {
	c := &Calendar{}
	var r refusals
	var err error
	if c.zone, err = loadZone(calendar.TimeZone); err != nil {
		r.addf("/time_zone", "%s", err)
		c.zone = time.UTC // to check the rest
	}
	if calendar.Always || calendar.ID == usm.AroundTheClock {
		c.always(&r, calendar)
	} else {
		c.hours(&r, calendar)
		c.holidays = r.holidays(calendar, c.zone)
	}
	if len(r) > 0 {
		return nil, &usm.Error{Code: usm.CodeInvalid, Message: "the calendar is not valid", Fields: r}
	}
	return c, nil
}

// refusals are the mistakes found in a calendar.
type refusals []usm.FieldError

func (r *refusals) addf(pointer, format string, args ...any) {
	*r = append(*r, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// loadZone loads a time zone by its IANA name.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	switch {
	case name == "":
		return nil, errors.New("needs a time zone, such as Europe/Amsterdam")
	case err != nil || name == "Local": // what is local differs from machine to machine
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	return zone, nil
}

// date reads a full-date of a year that calendars know.
func (r *refusals) date(pointer, text string) (day int, ok bool) {
	at, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		r.addf(pointer, "%q is not a date such as 2026-12-25", text)
	case at.Year() < firstYear || at.Year() > lastYear:
		r.addf(pointer, "%s is not within the years %d to %d", text, firstYear, lastYear)
	default:
		return dayOf(at.Unix()), true
	}
	return 0, false
}

// always opens the calendar around the clock and refuses everything that would close it.
func (c *Calendar) always(r *refusals, calendar usm.Calendar) {
	for i := range c.week {
		c.week[i] = []window{{0, day}}
	}
	for _, has := range []struct {
		pointer string
		count   int
	}{
		{"/hours", len(calendar.Hours)},
		{"/holidays", len(calendar.Holidays)},
		{"/holiday_rules", len(calendar.Rules)},
		{"/icalendar", len(calendar.ICalendar)},
		{"/openings", len(calendar.Openings)},
	} {
		if has.count > 0 {
			r.addf(has.pointer, "a calendar that is open around the clock has none")
		}
	}
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// hours reads the week and the special openings.
func (c *Calendar) hours(r *refusals, calendar usm.Calendar) {
	empty := true
	for _, name := range slices.Sorted(maps.Keys(calendar.Hours)) {
		pointer := "/hours/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		on := slices.Index(weekdays, name)
		if on < 0 {
			r.addf(pointer, "a weekday is one of mon, tue, wed, thu, fri, sat and sun")
			continue
		}
		c.week[on] = r.windows(pointer, calendar.Hours[name])
		empty = empty && len(calendar.Hours[name]) == 0
	}
	c.openings = make(map[int][]window, len(calendar.Openings))
	for i, special := range calendar.Openings {
		pointer := fmt.Sprintf("/openings/%d", i)
		windows := r.windows(pointer+"/windows", special.Windows)
		empty = empty && len(special.Windows) == 0
		on, ok := r.date(pointer+"/date", special.Date)
		if _, taken := c.openings[on]; ok && taken {
			r.addf(pointer+"/date", "%s has an opening already", special.Date)
		}
		c.openings[on] = windows
	}
	if empty {
		r.addf("/hours", "a calendar needs a window in which it is open")
	}
}

// windows reads the windows of one day, which must be in order and apart.
func (r *refusals) windows(pointer string, texts []string) []window {
	windows := make([]window, 0, len(texts))
	for i, text := range texts {
		at := fmt.Sprintf("%s/%d", pointer, i)
		from, until, _ := strings.Cut(text, "-")
		w := window{}
		var opens, closes bool
		w.from, opens = wallClock(from)
		w.until, closes = wallClock(until)
		switch {
		case !opens || !closes:
			r.addf(at, "%q is not a window such as 08:00-12:00", text)
		case w.from >= w.until:
			r.addf(at, "%s must end after it begins; what goes on after midnight is a window of the next day", text)
		case i > 0 && len(windows) == i && w.from < windows[i-1].until:
			r.addf(at, "%s must not begin before the window before it, %s, ends", text, texts[i-1])
		default:
			windows = append(windows, w)
		}
	}
	return windows
}

// wallClock reads a time of day, 00:00 … 24:00, as seconds since midnight.
func wallClock(text string) (seconds int64, ok bool) {
	if text == "24:00" {
		return day, true
	}
	at, err := time.Parse("15:04", text)
	return int64(at.Hour()*60+at.Minute()) * 60, err == nil && len(text) == len("15:04")
}
