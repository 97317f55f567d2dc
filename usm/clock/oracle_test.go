package clock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// oracle measures a calendar as a person would who looks at a clock on the wall every minute. It shares nothing with the
// implementation but the calendar as it is written.
type oracle struct {
	usm.Calendar

	zone *time.Location
}

// open looks at the wall.
func (o oracle) open(at time.Time) bool {
	wall := at.In(o.zone)
	date, clock := wall.Format(time.DateOnly), wall.Format("15:04")
	windows := o.Hours[strings.ToLower(wall.Weekday().String()[:3])]
	if o.holiday(date, wall) {
		windows = nil
	}
	for _, special := range o.Openings {
		if special.Date == date {
			windows = special.Windows
		}
	}
	return slices.ContainsFunc(windows, func(w string) bool { // times of the clock sort as texts do
		from, until, _ := strings.Cut(w, "-")
		return from <= clock && clock < until
	})
}

func (o oracle) holiday(date string, wall time.Time) bool {
	return slices.Contains(o.Holidays, date) || slices.ContainsFunc(o.Rules, func(rule usm.HolidayRule) bool {
		return rule.Month == int(wall.Month()) && rule.Day == wall.Day()
	})
}

// walk goes on in minutes, the first and the last one may be shorter, and says of each whether it is open, until told to stop.
func (o oracle) walk(from time.Time, next func(from, until time.Time, open bool) bool) {
	for at := from; ; {
		until := at.Truncate(time.Minute).Add(time.Minute)
		if !next(at, until, o.open(at)) {
			return
		}
		at = until
	}
}

func (o oracle) between(from, until time.Time) (used time.Duration) {
	o.walk(from, func(at, next time.Time, open bool) bool {
		if next.After(until) {
			next = until
		}
		if open && at.Before(until) {
			used += next.Sub(at)
		}
		return next.Before(until)
	})
	return used
}

// add is false when the time has not passed by the limit.
func (o oracle) add(from time.Time, d time.Duration, limit time.Time) (reached time.Time, ok bool) {
	o.walk(from, func(at, next time.Time, open bool) bool {
		if open && next.Sub(at) >= d {
			reached, ok = at.Add(d), true
			return false
		}
		if open {
			d -= next.Sub(at)
		}
		return next.Before(limit)
	})
	return reached, ok
}

// end is the last closing of the n-th date that opens after that of from, for 0 of the first that closes after from.
func (o oracle) end(from time.Time, n int, limit time.Time) (closes time.Time, ok bool) {
	day := func(at time.Time) string { return at.In(o.zone).Format(time.DateOnly) }
	own, last := day(from), day(from)
	o.walk(from, func(at, next time.Time, open bool) bool {
		if today := day(at); open && n == 0 && closes.IsZero() {
			last = today
		} else if open && today > last && n > 0 {
			last, n = today, n-1
		} else if open && today > last && !closes.IsZero() {
			ok = true // one more date opens, so that before it has closed
			return false
		}
		if open && n == 0 && day(at) == last && (last != own || !at.Before(from)) {
			closes = next
		}
		return next.Before(limit)
	})
	return closes, ok && n == 0
}

var places = []string{
	"UTC", "Europe/Amsterdam", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Asuncion", "Australia/Lord_Howe",
	"Pacific/Apia", "Pacific/Kiritimati", "Pacific/Chatham", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Africa/Casablanca",
	"Africa/Cairo", "Antarctica/Troll", "Atlantic/Azores", "Asia/Pyongyang", "America/Caracas",
}

// anyCalendar draws a calendar whose zone, hours and days matter around a moment that it draws too: one at which the zone
// changes its offset, one at the turn of a year or any other.
func anyCalendar(r *rapid.T) (oracle, *Calendar, time.Time) {
	o := oracle{Calendar: usm.Calendar{TimeZone: rapid.SampledFrom(places).Draw(r, "zone"), Hours: map[string][]string{}}}
	o.zone, _ = time.LoadLocation(o.TimeZone)
	around := anyMoment(r, o.zone)
	for _, name := range weekdays {
		o.Hours[name] = anyWindows(r, name, 0)
	}
	date := func(i int) string { return around.In(o.zone).AddDate(0, 0, i).Format(time.DateOnly) }
	for i := -2; i <= 8; i++ {
		switch rapid.IntRange(0, 9).Draw(r, fmt.Sprintf("day %d", i)) {
		case 0:
			o.Holidays = append(o.Holidays, date(i))
		case 1:
			o.Openings = append(o.Openings, usm.Opening{Date: date(i), Windows: anyWindows(r, "special", 0)})
		case 2:
			on := around.In(o.zone).AddDate(0, 0, i)
			o.Rules = append(o.Rules, usm.HolidayRule{Month: int(on.Month()), Day: on.Day()})
		}
	}
	o.Hours["wed"] = anyWindows(r, "wednesday", 1) // never empty
	c, err := Compile(o.Calendar)
	if err != nil {
		r.Fatal(err)
	}
	return o, c, around
}

func anyMoment(r *rapid.T, zone *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(5*366*day, 229*365*day).Draw(r, "around"), 0) // 1975 … 2198
	switch rapid.IntRange(0, 2).Draw(r, "kind") {
	case 0:
		if _, changes := at.In(zone).ZoneBounds(); !changes.IsZero() {
			at = changes
		}
	case 1:
		at = time.Date(at.Year(), time.December, 31, 12, 0, 0, 0, time.UTC)
	}
	return at
}

// anyWindows draws at least so many windows of a day in their order. They may touch.
func anyWindows(r *rapid.T, label string, least int) (windows []string) {
	minutes := rapid.SliceOfNDistinct(rapid.OneOf(rapid.IntRange(0, 1440), rapid.IntRange(0, 200)), least*2, 6, rapid.ID[int]).Draw(r, label)
	slices.Sort(minutes)
	for i := 0; i+1 < len(minutes); i += 2 {
		from := minutes[i]
		if i > 0 && from-minutes[i-1] < 20 {
			from = minutes[i-1]
		}
		windows = append(windows, fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, minutes[i+1]/60, minutes[i+1]%60))
	}
	return windows
}
