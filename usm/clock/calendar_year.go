package clock

import (
	"iter"
	"sort"
	"time"
)

const (
	day    = 24 * 60 * 60 // seconds
	second = int64(time.Second)
)

// window is a stretch of time, without its end: seconds of a day on the wall, or Unix seconds or nanoseconds of instants.
type window struct{ from, until int64 }

// year is what a calendar comes to in one year of UTC. Its instants are Unix nanoseconds.
type year struct {
	open  []opening
	total int64
	dates []date // of the zone's own year
}

// opening is an unbroken stretch in which a calendar is open.
type opening struct {
	window

	before int64 // business time of the year before it
}

// date is a day on which a calendar opens, and when it closes then for the last time.
type date struct {
	day    int
	closes int64
}

// used is the business time from the beginning of the year until the instant.
func (y *year) used(at int64) int64 {
	i := sort.Search(len(y.open), func(i int) bool { return y.open[i].from >= at })
	if i == 0 {
		return 0
	}
	o := y.open[i-1]
	return o.before + min(at, o.until) - o.from
}

// reach is the earliest instant at which the business time since the beginning of the year is used, 0 < used ≤ total.
func (y *year) reach(used int64) int64 {
	i := sort.Search(len(y.open), func(i int) bool { return y.open[i].before >= used })
	o := y.open[i-1]
	return o.from + used - o.before
}

// year returns the table of the year with this index. Two that need it at once may both build it: the same.
func (c *Calendar) year(index int) *year {
	y := c.years[index].Load()
	if y == nil {
		y = c.build(index)
		c.years[index].Store(y)
	}
	return y
}

func (c *Calendar) build(index int) *year {
	y := &year{}
	from, until := yearStart(index), yearStart(index+1)
	first, next := int(from/second/day), int(until/second/day)
	closes := make([]int64, next-first)
	// A date is wholly within two days of the same date of UTC, so dates at the edges are seen to their end.
	for on, open := range c.scan(from/second-2*day, until/second+2*day) {
		open.from, open.until = open.from*second, open.until*second
		if first <= on && on < next {
			closes[on-first] = max(closes[on-first], open.until)
		}
		if open.from, open.until = max(open.from, from), min(open.until, until); open.from < open.until {
			y.add(open)
		}
	}
	for i, at := range closes {
		if at > 0 {
			y.dates = append(y.dates, date{day: first + i, closes: at})
		}
	}
	return y
}

// add puts the next window at the end, as one with the last where they touch.
func (y *year) add(w window) {
	if n := len(y.open); n > 0 && y.open[n-1].until == w.from {
		y.open[n-1].until = w.until
	} else {
		y.open = append(y.open, opening{window: w, before: y.total})
	}
	y.total += w.until - w.from
}

// scan yields the windows between two instants (Unix seconds) in their order, each with the day that the wall shows.
func (c *Calendar) scan(from, until int64) iter.Seq2[int, window] {
	return func(yield func(int, window) bool) {
		for stretch, offset := range c.stretches(from, until) {
			for on := dayOf(stretch.from + offset); int64(on)*day < stretch.until+offset; on++ {
				midnight := int64(on)*day - offset
				for _, w := range c.windows(on) {
					open := window{max(stretch.from, midnight+w.from), min(stretch.until, midnight+w.until)}
					if open.from < open.until && !yield(on, open) {
						return
					}
				}
			}
		}
	}
}

// stretches yields the parts of the time between two instants (Unix seconds) in which the zone keeps its offset from UTC,
// which is what its wall clocks are ahead.
func (c *Calendar) stretches(from, until int64) iter.Seq2[window, int64] {
	return func(yield func(window, int64) bool) {
		for from < until {
			at := time.Unix(from, 0).In(c.zone)
			_, offset := at.Zone()
			next := until
			if _, changes := at.ZoneBounds(); !changes.IsZero() {
				next = min(until, changes.Unix())
			}
			if next <= from { // package time, where it extrapolates a zone, ends a leap year at its last day: go on to its end
				next = min(until, from+day)
			}
			if !yield(window{from, next}, int64(offset)) {
				return
			}
			from = next
		}
	}
}

// windows are those of a day, on its wall clock: special openings go before holidays, holidays before the week.
func (c *Calendar) windows(on int) []window {
	if special, ok := c.openings[on]; ok {
		return special
	}
	if c.holidays.has(on) {
		return nil
	}
	return c.week[(on+4)%7] // day 0, 1 January 1970, was a Thursday
}

// dayOf is the day of a number of seconds, 0 being 1 January 1970.
func dayOf(seconds int64) int {
	return int((seconds+7*day)/day) - 7 // the division of a negative number would round up
}

// nanosecond is the instant in Unix nanoseconds, or the nearest that calendars know.
func nanosecond(at time.Time) int64 {
	switch y := at.UTC().Year(); {
	case y < firstYear:
		return yearStart(0)
	case y > lastYear:
		return yearStart(lastYear + 1 - firstYear)
	}
	return at.UnixNano()
}

// yearOf is the index of the year of an instant, that of the last year for its end.
func yearOf(nanosecond int64) int {
	return min(time.Unix(0, nanosecond).UTC().Year(), lastYear) - firstYear
}

// yearStart is the instant at which the year with this index begins.
func yearStart(index int) int64 {
	return time.Date(firstYear+index, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
}
