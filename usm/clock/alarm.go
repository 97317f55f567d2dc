package clock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Ring is what an alarm asks for.
type Ring struct {
	Clock      usm.Clock      // as of its last change
	Name       string         // "warning/75%", "breach", "escalation/1", "escalation/critical/1", "escalation/agreement/1"
	Escalation usm.Escalation // of a warning or breach: tell who is accountable
	Text       string         // for people, without the call's number
}

// Watch says what rings next and when a clock is due first: zero when nothing is.
//
// The fact of an alarm is At its moment or later: where the clocks of two machines differ, it counts at its moment.
func (b *Book) Watch(state State) (usm.Watch, error) {
	var f fold
	if err := f.look(b, b, state, state.Last, state.Last.At); err != nil {
		return usm.Watch{}, err
	}
	var watch usm.Watch
	for i := range f.s.Clocks {
		c := &f.s.Clocks[i]
		if c.State != usm.ClockRunning {
			continue
		}
		if c.Due != nil && (watch.Due.IsZero() || c.Due.Before(watch.Due)) {
			watch.Due = *c.Due
		}
		for _, candidate := range f.nextBells(i) {
			if candidate == nil {
				continue
			}
			at := f.moment(i, candidate)
			if !at.IsZero() && (watch.Alarm.Key == "" || at.Before(watch.Alarm.At)) {
				watch.Alarm = usm.Alarm{Key: f.key(i, candidate), At: at}
			}
		}
	}
	return watch, nil
}

// Ring returns what the alarm asks for. ok is false when it was overtaken by what happened since: then nothing is done, and
// Watch knows what rings instead.
func (b *Book) Ring(state State, alarm usm.Alarm) (ring Ring, ok bool) {
	var f fold
	if err := f.look(b, b, state, state.Last, state.Last.At); err != nil {
		return Ring{}, false
	}
	i, rung := f.ringing(alarm.Key)
	if rung == nil || f.key(i, rung) != alarm.Key {
		return Ring{}, false
	}
	if at := f.moment(i, rung); at.IsZero() || at.After(alarm.At) {
		return Ring{}, false
	}
	c := f.s.Clocks[i]
	text := fmt.Sprintf("%s (%s of %s): %s", c.Norm, c.Promise, c.Agreement, rung.name)
	if c.Due != nil {
		text += ", due " + c.Due.In(f.p[i].calendar.zone).Format("2006-01-02 15:04 MST")
	}
	return Ring{Clock: c, Name: rung.name, Escalation: rung.escalation, Text: text}, true
}

// breached is the name of the alarm at the due date.
const breached = "breach"

// bell is an alarm of a promise.
type bell struct {
	name       string
	trigger    Trigger
	warns      bool
	anyTime    bool // also outside the domain's own calendar
	escalation usm.Escalation
}

// silent reports whether a bell does not ring any more in this cycle: it rang, or it would warn of a breach that has come.
func (r *bell) silent(c *usm.Clock) bool {
	return slices.Contains(c.Rung, r.name) || r.warns && !c.LateAt.IsZero()
}

// bells are the warnings of a norm, the breach and the steps of its ladder. What the norm does not say its agreement says,
// and what neither does is one warning at three quarters. The name of a step says to which ladder it belongs: a call whose
// priority changes may come from one to another, of which no step has come yet.
func (l *link) bells(n usm.Norm, named *usm.NamedNorm) ([]bell, error) {
	warnings, ladder := n.Warnings, n.Escalation
	if named != nil && named.Warnings != nil {
		warnings = named.Warnings
	}
	if named != nil && named.Escalation != nil {
		ladder = named.Escalation
	}
	if warnings == nil {
		if warnings = l.Warnings; warnings == nil {
			warnings = []string{"75%"}
		}
	}
	of := "escalation/"
	switch {
	case ladder == nil:
		ladder, of = l.Escalation, of+"agreement/"
	case n.Priority != "":
		of += string(n.Priority) + "/"
	}
	tell := usm.Escalation{Notify: []string{usm.NotifyAccountable}}
	bells := []bell{{name: breached, anyTime: true, escalation: tell}}
	var refused error
	add := func(at string, b bell) {
		var err error
		b.trigger, err = ParseTrigger(at)
		refused = cmp.Or(refused, err)
		bells = append(bells, b)
	}
	for _, at := range warnings {
		add(at, bell{name: "warning/" + at, warns: true, escalation: tell})
	}
	for i, e := range ladder {
		add(e.At, bell{name: fmt.Sprintf("%s%d", of, i+1), anyTime: e.AnyTime, escalation: e})
	}
	return bells, refused
}

// nextBells are those of a running clock that may ring next: the first that waits for service hours and the first that
// does not.
func (f *fold) nextBells(i int) (next [2]*bell) {
	c, p := &f.s.Clocks[i], f.p[i]
	var least [2]time.Duration
	for n := range p.bells {
		candidate := &p.bells[n]
		if candidate.silent(c) {
			continue
		}
		kind := 0
		if candidate.anyTime {
			kind = 1
		}
		if after := candidate.trigger.After(time.Duration(c.Target)); next[kind] == nil || after < least[kind] {
			next[kind], least[kind] = candidate, after
		}
	}
	return next
}

// moment is when a bell of a running clock rings: not before the last change of the clock. It is zero when it never does,
// because the clock's calendar or the domain's own does not open any more.
func (f *fold) moment(i int, rung *bell) time.Time {
	c, p := &f.s.Clocks[i], f.p[i]
	if rung.name == breached {
		if !c.LateAt.IsZero() {
			return c.LateAt
		}
		if c.Due == nil {
			return time.Time{}
		}
		return *c.Due
	}
	at := c.Since
	var err error
	if left := usm.Span(rung.trigger.After(time.Duration(c.Target))) + c.Discount - c.Used; left > 0 {
		at, err = p.calendar.Add(at, time.Duration(left))
	}
	if err == nil && !rung.anyTime {
		at, err = f.book.own.NextOpen(at)
	}
	if err != nil {
		return time.Time{}
	}
	return at
}

// key names an alarm. What a recomputation brings is told apart from what rang before it.
func (f *fold) key(i int, rung *bell) string {
	c := &f.s.Clocks[i]
	key := fmt.Sprintf("%s/%d/%s", c.ID, c.Cycle, rung.name)
	if f.s.Revision > 1 {
		key += fmt.Sprintf("@%d", f.s.Revision)
	}
	return key
}

// ringing finds the running clock and the bell that has the key, in this revision or an earlier one; nil when there is none
// or it rang before.
func (f *fold) ringing(key string) (int, *bell) {
	for i, p := range f.p {
		c := &f.s.Clocks[i]
		if c.State != usm.ClockRunning || !strings.HasPrefix(key, c.ID+"/") {
			continue
		}
		for n := range p.bells {
			candidate := &p.bells[n]
			base := fmt.Sprintf("%s/%d/%s", c.ID, c.Cycle, candidate.name)
			if (key == base || strings.HasPrefix(key, base+"@")) && !candidate.silent(c) {
				return i, candidate
			}
		}
	}
	return 0, nil
}

// ring records an alarm at its moment.
func (f *fold) ring() {
	if f.fact.Kind != usm.EventAlarm {
		return
	}
	i, rung := f.ringing(f.fact.Alarm)
	if rung == nil {
		return
	}
	at := f.moment(i, rung)
	if at.IsZero() {
		return
	}
	if f.key(i, rung) == f.fact.Alarm {
		f.at = later(f.at, at)
		f.fact.At = f.at
	} else if at.After(f.at) {
		return // it rang before a recomputation, by which it comes later
	}
	f.breach(i, at)
	c := &f.s.Clocks[i]
	c.Rung = append(slices.Clip(c.Rung), rung.name)
	if rung.name == breached && c.LateAt.IsZero() {
		f.late(i, at)
		return
	}
	f.row(i, usm.ClockAlarms, f.settle(i, later(at, c.Since)), "alarmed: "+rung.name)
}
