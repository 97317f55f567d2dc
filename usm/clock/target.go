package clock

import (
	"regexp"
	"sort"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// longest is what a target may be: ten years.
const (
	longest     = 10 * 8766 * time.Hour
	longestDays = 3653
)

// Target is a promised time as an agreement writes it. The zero value is no target.
type Target struct {
	span time.Duration // business time; 0: business days
	days int
	at   int64 // seconds of the wall clock of the last day, endOfDay for its last closing
}

const endOfDay = -1

var (
	businessDays = regexp.MustCompile(`^(\d{1,9}) business days? (end|\d\d:\d\d)$`)
	hours        = regexp.MustCompile(`^\d{1,100}h$`)
)

// ParseTarget reads a target: business time as a Go duration ("4h", "1h30m"), or business days until their end or a time
// of the wall clock ("2 business days end", "1 business day 12:00"). It refuses what is not longer than zero or longer
// than ten years with a *usm.Error that points to "".
func ParseTarget(text string) (Target, error) {
	if match := businessDays.FindStringSubmatch(text); match != nil {
		n, _ := strconv.Atoi(match[1]) // at most nine digits
		at, ok := wallClock(match[2])
		switch {
		case n > longestDays:
			return Target{}, usm.Invalid("", "%q is longer than ten years", text)
		case match[2] == "end":
			return Target{days: n, at: endOfDay}, nil
		case !ok:
			return Target{}, usm.Invalid("", "%q is not a time of the day", match[2])
		case n == 0:
			return Target{}, usm.Invalid("", "%q may be over before it begins: 0 business days are until their end", text)
		}
		return Target{days: n, at: at}, nil
	}
	d, err := time.ParseDuration(text)
	switch {
	case d > longest, err != nil && hours.MatchString(text):
		return Target{}, usm.Invalid("", "%q is longer than ten years", text)
	case err != nil:
		return Target{}, usm.Invalid("", "%q is neither business time such as 4h or 1h30m nor business days such as "+
			"\"1 business day 12:00\" or \"2 business days end\"", text)
	case d <= 0:
		return Target{}, usm.Invalid("", "%q is not longer than zero", text)
	}
	return Target{span: d}, nil
}

// Due returns when the target is reached that begins at from. N business days end on the N-th date with an opening after
// the date of from, 0 business days on its own date or, once that has closed for the last time, on the next. A time that
// the wall clock skips is when it skips it, one that it repeats is the first of the two. It fails as Add does.
func (t Target) Due(c *Calendar, from time.Time) (time.Time, error) {
	if t.span > 0 {
		return c.Add(from, t.span)
	}
	on, err := c.businessDay(from, t.days)
	if err != nil {
		return time.Time{}, err
	}
	return t.on(c, on).In(from.Location()), nil
}

// Span returns the target in business time when it begins at from: that between from and Due. It fails as Due does.
//
// A target that is due before its day opens, or just then, is due at the opening: it has a nanosecond of that day, without
// which its time would be over when the day before closes.
func (t Target) Span(c *Calendar, from time.Time) (time.Duration, error) {
	if t.span > 0 {
		return t.span, nil
	}
	on, err := c.businessDay(from, t.days)
	if err != nil {
		return 0, err
	}
	due := t.on(c, on)
	span := c.Between(from, due)
	if c.Between(c.shows(on.day, 0), due) == 0 && !c.Open(due.Add(-1)) {
		span++
	}
	return span, nil
}

// on is when a target of business days is due on that date.
func (t Target) on(c *Calendar, on date) time.Time {
	if t.at == endOfDay {
		return time.Unix(0, on.closes)
	}
	return c.shows(on.day, t.at)
}

// businessDay finds the n-th date with an opening after that of from, for 0 the first that closes after from.
func (c *Calendar) businessDay(from time.Time, n int) (date, error) {
	local, at := from.In(c.zone), nanosecond(from)
	opened := date0(local)
	y := min(max(local.Year(), firstYear), lastYear) - firstYear
	dates := c.year(y).dates
	skip := sort.Search(len(dates), func(i int) bool { return dates[i].closes > at })
	if n > 0 {
		skip = sort.Search(len(dates), func(i int) bool { return dates[i].day > opened }) + n - 1
	}
	for ; y < len(c.years); y++ {
		dates := c.year(y).dates
		opens := int(yearStart(y+1) / second / day)
		if len(dates) > 0 {
			opens = dates[0].day
		}
		if opens-opened > int(twoYears/time.Second/day) {
			return date{}, ErrNeverOpens
		}
		if skip < len(dates) {
			return dates[skip], nil
		}
		skip -= len(dates)
		if len(dates) > 0 {
			opened = max(opened, dates[len(dates)-1].day)
		}
	}
	return date{}, ErrTooFar
}

// shows is the first instant at which the wall clock shows that time of the day or a later one.
func (c *Calendar) shows(on int, seconds int64) time.Time {
	at := int64(on)*day + seconds
	for stretch, offset := range c.stretches(at-2*day, at+2*day) {
		if at < stretch.until+offset {
			return time.Unix(max(stretch.from, at-offset), 0)
		}
	}
	return time.Unix(at, 0) // no zone is two days ahead
}
