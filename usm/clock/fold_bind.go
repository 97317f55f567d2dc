package clock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// bind matches the clocks to what is promised now, when something changed that decides it.
func (f *fold) bind() {
	was, now := &f.before, &f.fact
	if !f.first && !f.rebound && was.Type == now.Type && was.Priority == now.Priority && was.Service == now.Service &&
		was.Team == now.Team {
		return
	}
	promises := f.book.promised(now)
	for i := range f.s.Clocks {
		if c := &f.s.Clocks[i]; live(c) || c.State == usm.ClockPending {
			f.rebind(i, find(promises, c))
		}
	}
	if delivered(now) || now.Status.Ended() {
		return
	}
	for _, p := range promises {
		if !p.among(f.promises) {
			f.begin(p)
		}
	}
}

// rebind lets a clock measure what is promised now, nil for nothing.
func (f *fold) rebind(i int, p *promise) {
	c := &f.s.Clocks[i]
	from, to := cmp.Or(f.before.Team, holderProvider), cmp.Or(f.fact.Team, holderProvider)
	switch {
	case p == nil && c.Link != "" && from != to:
		f.cancel(i, "handed over to "+to)
		return
	case p == nil:
		f.cancel(i, "no longer promised: "+f.why())
		return
	case c.State == usm.ClockPending:
		f.p[i], c.Agreement, c.Calendar, c.Promise = p, p.agreement, p.hours, p.text
		return
	}
	if from != to {
		f.row(i, usm.ClockHandsOver, f.settle(i, f.at), fmt.Sprintf("handed over: %s → %s", from, to))
	}
	if f.rebound || c.Agreement != p.agreement || c.Promise != p.text || c.Calendar != p.hours {
		f.retarget(i, p)
	}
	f.p[i] = p
}

// retarget measures a clock against another promise; what it used carries over. A target that is used up by then is breached
// with the change: the promise holds from then on.
func (f *fold) retarget(i int, p *promise) {
	c := &f.s.Clocks[i]
	spent := f.settle(i, f.at)
	cause := change("target", c.Promise, p.text)
	if c.Calendar != p.hours {
		cause += ", " + change("calendar", cmp.Or(c.Calendar, "own"), cmp.Or(p.hours, "own"))
	}
	f.p[i] = p
	f.adopt(i)
	if c.Discount > 0 {
		cause += fmt.Sprintf(", %s used before do not count", c.Discount)
	}
	f.row(i, usm.ClockRetargets, spent, cause+": "+f.why())
	f.exhaust(i)
}

// adopt gives a clock that has begun the target of its promise, as from its start or as from now.
func (f *fold) adopt(i int) {
	c := &f.s.Clocks[i]
	from := *c.StartedAt
	if !c.CycleAt.IsZero() {
		from = c.CycleAt
	}
	c.Discount = 0
	if f.applies(f.p[i]) == usm.FromChange {
		c.Discount, from = c.Used, f.at
	}
	f.aim(i, from)
}

// exhaust breaches a clock whose new target was used up before it came.
func (f *fold) exhaust(i int) {
	if c := &f.s.Clocks[i]; live(c) && c.Remaining < 0 && c.LateAt.IsZero() {
		f.late(i, f.at)
	}
}

func (f *fold) applies(p *promise) usm.Applies {
	return cmp.Or(f.fact.Applies, p.applies, usm.Retroactive)
}

// begin adds the clock of what was not promised until now. Norms of the agreement with the customer count from the
// notification, unless the agreement says that changes count from now on; an OLA or UC counts from when its team or
// supplier has the call.
func (f *fold) begin(p *promise) {
	stopped := func(c usm.Clock) bool { return c.Link == "" && c.Norm == p.norm && c.State == usm.ClockStopped }
	if p.link == "" && slices.ContainsFunc(f.s.Clocks, stopped) {
		return
	}
	from, cause := f.at, f.why()
	switch {
	case p.link != "":
		cause = p.link + " has the call"
	case f.first:
		from, cause = f.s.Notified, "the call was opened"
	case f.applies(p) == usm.FromChange:
		if p.norm == usm.NormReaction && !f.s.Reacted.IsZero() {
			return // the provider has reacted before it was promised
		}
	case p.norm == usm.NormUpdate:
		from = later(f.s.Notified, f.s.Heard)
	default:
		from = f.s.Notified
	}
	f.p = append(f.p, p)
	f.s.Clocks = append(f.s.Clocks, usm.Clock{
		ID: f.id(p), Norm: p.norm, Agreement: p.agreement, Link: p.link, Calendar: p.hours,
		State: usm.ClockPending, Promise: p.text, Since: from,
	})
	i := len(f.s.Clocks) - 1
	switch {
	case f.carry(i):
	case p.named == nil:
		f.start(i, from, cause)
		f.relive(i, from)
	case p.starts(&f.before, &f.fact):
		f.start(i, f.at, words(&f.fact))
	}
}

// relive lets a clock that begins in retrospect live through what has happened since.
func (f *fold) relive(i int, from time.Time) {
	if !from.Before(f.at) {
		return
	}
	if f.p[i].norm == usm.NormReaction && !f.s.Reacted.IsZero() {
		f.breach(i, f.s.Reacted)
		f.stop(i, f.s.Reacted, "the provider had finished a step")
		return
	}
	for n, h := range f.s.History {
		if n+1 < len(f.s.History) && !f.s.History[n+1].At.After(from) {
			continue // over before the clock began
		}
		f.breach(i, later(h.At, from))
		f.pause(i, later(h.At, from), h.Holds)
	}
	f.breach(i, f.at)
}

// carry takes a clock over from the call that was retyped, and reports whether there was one. One that had stopped stays
// stopped; one that no longer counted by then is none.
func (f *fold) carry(i int) bool {
	c := &f.s.Clocks[i]
	for _, old := range f.fact.Carried {
		gone := old.State == usm.ClockCancelled && old.Since.Before(f.at)
		if c.Link != "" || old.Link != "" || old.Norm != c.Norm || old.StartedAt == nil || gone {
			continue
		}
		old.ID, old.Holder, old.Reasons, old.Phases = c.ID, holderProvider, nil, nil
		*c = old
		if c.State != usm.ClockStopped {
			c.State, c.StoppedAt, c.Since = usm.ClockRunning, nil, f.at
			f.adopt(i)
		}
		f.row(i, usm.ClockCarries, c.Used, fmt.Sprintf("carried: %s used before the call was retyped", c.Used))
		f.exhaust(i)
		return true
	}
	return false
}

// id names a new clock: one that comes again is counted.
func (f *fold) id(p *promise) string {
	count := 1
	for i := range f.s.Clocks {
		if strings.TrimSuffix(f.s.Clocks[i].ID, number(f.s.Clocks[i].ID)) == p.id {
			count++
		}
	}
	if count == 1 {
		return p.id
	}
	return fmt.Sprintf("%s#%d", p.id, count)
}

// why says what decided that something else is promised.
func (f *fold) why() string {
	return differences([][3]string{
		{"priority", string(f.before.Priority), string(f.fact.Priority)},
		{"service", f.before.Service, f.fact.Service},
		{"team", f.before.Team, f.fact.Team},
		{"terms", f.terms, f.book.key},
	})
}

// differences writes what differs of names with what was and what is now.
func differences(of [][3]string) string {
	var texts []string
	for _, d := range of {
		if d[1] != d[2] {
			texts = append(texts, change(d[0], cmp.Or(d[1], "not set"), cmp.Or(d[2], "not set")))
		}
	}
	return strings.Join(texts, ", ")
}

func change(what, was, now string) string {
	if was == now {
		return fmt.Sprintf("%s %s stays", what, was)
	}
	return fmt.Sprintf("%s %s → %s", what, was, now)
}
