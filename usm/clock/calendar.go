package clock

import (
	"errors"
	"sync/atomic"
	"time"
)

// ErrNeverOpens says that a calendar does not open within two years of where it was looked at.
var ErrNeverOpens = errors.New("the calendar does not open within two years")

// ErrTooFar says that business time runs on after the last year that calendars know, 2199.
var ErrTooFar = errors.New("the business time does not end before the year 2200")

// The years that calendars know. Outside them every calendar is closed.
const (
	firstYear = 1970
	lastYear  = 2199
)

// twoYears, one of which may be a leap year.
const twoYears = 731 * 24 * time.Hour

// Calendar is a compiled usm.Calendar: it measures business time. It never changes and is safe for concurrent use; only
// Compile makes one.
//
// It is open at an instant when a clock on the wall of its zone shows a time inside a window of the date then. Business time
// is the time that really passes meanwhile: a window around a skipped hour is an hour shorter, one around a repeated hour an
// hour longer, and one that begins or ends within the repeated hour is open in both of its passes.
type Calendar struct {
	zone     *time.Location
	week     [7][]window // by time.Weekday
	openings map[int][]window
	holidays days
	years    [lastYear - firstYear + 1]atomic.Pointer[year] // each is built when it is needed first
}

// Between returns the business time from one instant until another, negative when until is before from.
func (c *Calendar) Between(from, until time.Time) time.Duration {
	if until.Before(from) {
		return -c.Between(until, from)
	}
	first, last := nanosecond(from), nanosecond(until)
	y, lastIndex := yearOf(first), yearOf(last)
	used := c.year(lastIndex).used(last) - c.year(y).used(first)
	for ; y < lastIndex; y++ {
		used += c.year(y).total
	}
	return time.Duration(used)
}

// Add returns the earliest instant at which the business time d has passed since from, in the location of from; from itself
// when d is 0. It fails with ErrNeverOpens when the calendar is closed for two years on the way, with ErrTooFar when d has
// not passed by the end of the year 2199, and when d is negative.
func (c *Calendar) Add(from time.Time, d time.Duration) (time.Time, error) {
	switch {
	case d < 0:
		return time.Time{}, errors.New("business time is only added forward")
	case d == 0:
		return from, nil
	}
	opened := nanosecond(from) // the last moment on the way at which it was open, or where the way begins
	if time.Unix(0, opened).Sub(from) > twoYears {
		return time.Time{}, ErrNeverOpens
	}
	y := yearOf(opened)
	rest := c.year(y).used(opened) + int64(d) // from the beginning of the year
	for ; y < len(c.years) && rest > 0; y++ { // a rest that is negative does not even fit a duration
		t := c.year(y)
		opens := yearStart(y + 1)
		if len(t.open) > 0 {
			opens = t.open[0].from
		}
		if opens-opened > int64(twoYears) {
			return time.Time{}, ErrNeverOpens
		}
		if rest <= t.total {
			return time.Unix(0, t.reach(rest)).In(from.Location()), nil
		}
		rest -= t.total
		if n := len(t.open); n > 0 {
			opened = max(opened, t.open[n-1].until)
		}
	}
	return time.Time{}, ErrTooFar
}

// NextOpen returns at itself when the calendar is open then, otherwise the instant at which it opens next, in the location
// of at. It fails as Add does.
func (c *Calendar) NextOpen(at time.Time) (time.Time, error) {
	after, err := c.Add(at, 1)
	if err != nil {
		return time.Time{}, err
	}
	return after.Add(-1), nil
}

// Open reports whether the calendar is open at the instant. At the moment at which a window begins it is, at the one at
// which it ends it no longer is.
func (c *Calendar) Open(at time.Time) bool {
	n := nanosecond(at)
	t := c.year(yearOf(n))
	return at.Equal(time.Unix(0, n)) && t.used(n+1) > t.used(n)
}
