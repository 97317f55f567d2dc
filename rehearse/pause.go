package rehearse

import (
	"maps"
	"slices"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

type pauseKey struct{ agreement, norm, reason string }

type pauseCount struct {
	PauseRow
	last int // case that it was last counted in
}

// pausing is a pause of one clock that is under way.
type pausing struct{ clock, reason string }

// pause counts the time between two changes in which clocks were paused, and each pause once it has lasted. counted are
// those of the case that were, as long as they are under way.
func (t *tally) pause(b *book, before, after clock.State, counted map[pausing]bool) {
	if !after.Last.At.After(before.Last.At) {
		return
	}
	maps.DeleteFunc(counted, func(p pausing, _ bool) bool { return !underWay(before.Clocks, p) })
	for _, c := range before.Clocks {
		if c.State != usm.ClockPaused {
			continue
		}
		spent := b.calendars[c.Calendar].Between(before.Last.At, after.Last.At)
		for _, reason := range c.Reasons {
			row := t.pauseRow(pauseKey{idOf(c.Agreement), c.Norm, reason})
			row.Time += usm.Span(spent)
			if counted[pausing{c.ID, reason}] {
				continue
			}
			counted[pausing{c.ID, reason}] = true
			row.Pauses++
			row.Cases += one(row.last != t.numbers.Cases+1)
			row.last = t.numbers.Cases + 1
		}
	}
}

func underWay(clocks []usm.Clock, p pausing) bool {
	return slices.ContainsFunc(clocks, func(c usm.Clock) bool {
		return c.ID == p.clock && c.State == usm.ClockPaused && slices.Contains(c.Reasons, p.reason)
	})
}

func (t *tally) pauseRow(key pauseKey) *pauseCount {
	if t.pauses[key] == nil {
		t.pauses[key] = &pauseCount{PauseRow: PauseRow{Agreement: key.agreement, Norm: key.norm, Reason: key.reason}}
	}
	return t.pauses[key]
}
