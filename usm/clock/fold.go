package clock

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// fold is one fact on its way into the state. After the first error it only goes on; the error is looked at in the end.
type fold struct {
	book     *Book
	s        State // becomes the next state; its slices are its own
	before   usm.Fact
	fact     usm.Fact
	at       time.Time // when the fact counts
	recorded time.Time
	terms    string     // key of those before the fact
	first    bool       // nothing is recorded of the call yet
	rebound  bool       // other terms come to apply
	promises []*promise // promised so far
	p        []*promise // that each clock measures, nil for one that ended long ago
	rows     []usm.LedgerRow
	err      error
}

// prepare prepares to fold a fact whose rows are written down at recorded, into clocks of its own.
func (f *fold) prepare(b, old *Book, state State, fact usm.Fact, recorded time.Time) error {
	state.Clocks = slices.Clone(state.Clocks)
	return f.look(b, old, state, fact, recorded)
}

// look is prepare for whoever only reads: the clocks are those of the state. It refuses a state whose clocks the terms
// before the fact do not know.
func (f *fold) look(b, old *Book, state State, fact usm.Fact, recorded time.Time) error {
	f.book, f.s, f.before, f.fact, f.recorded = b, state, state.Last, fact, recorded
	f.terms, f.rebound = old.key, old.key != b.key
	f.first, f.at = state.Notified.IsZero(), later(fact.At.UTC(), state.Last.At)
	f.fact.At, f.fact.Recorded = f.at, time.Time{}
	if !f.first {
		f.promises = old.promised(&f.before)
	}
	f.p = make([]*promise, len(f.s.Clocks))
	for i := range f.s.Clocks {
		c := &f.s.Clocks[i]
		if f.p[i] = find(f.promises, c); f.p[i] == nil && live(c) {
			return usm.Errorf(usm.CodeInternal, "the terms %s do not promise what clock %s measures", old.key, c.ID)
		}
	}
	return nil
}

// next folds a fact whose rows are written down at recorded.
func (b *Book) next(old *Book, state State, fact usm.Fact, recorded time.Time) (State, []usm.LedgerRow, error) {
	if old == nil {
		old = b
	}
	if key := cmp.Or(fact.Terms, state.Terms); key != b.key || state.Terms != "" && state.Terms != old.key {
		return State{}, nil, usm.Errorf(usm.CodeInternal, "fact %d is under the terms %q after %q, not %q after %q",
			fact.Sequence, key, state.Terms, b.key, old.key)
	}
	var f fold
	if err := f.prepare(b, old, state, fact, recorded); err != nil {
		return State{}, nil, err
	}
	f.s.Terms, f.s.Revision = b.key, max(state.Revision, 1)
	f.notify()
	f.ring()
	f.moments()
	f.hear()
	f.bind()
	f.hold()
	f.remember()
	if f.err != nil {
		return State{}, nil, f.err
	}
	return f.s, f.rows, nil
}

// moments brings every clock up to the fact: what was breached meanwhile is breached, then norms stop, no longer count or
// begin again.
func (f *fold) moments() {
	before, fact := &f.before, &f.fact
	for i, p := range f.p {
		c := &f.s.Clocks[i]
		f.breach(i, f.at)
		switch {
		case p == nil || c.State == usm.ClockCancelled:
		case c.State == usm.ClockStopped:
			if p.named != nil && !fact.Status.Ended() && p.resets(before, fact) {
				f.reset(i, words(fact))
			}
		case c.State == usm.ClockPending:
			if !fact.Status.Ended() && p.starts(before, fact) {
				f.start(i, f.at, words(fact))
			}
		case p.stops(before, fact):
			f.stop(i, f.at, words(fact))
		case fact.Status.Ended():
			f.cancel(i, "the call was "+plain(fact.Status))
		case p.cancels(before, fact):
			f.cancel(i, words(fact))
		case p.resets(before, fact):
			f.reset(i, words(fact))
		}
	}
}

// hold pauses and resumes the clocks for the reasons that hold now, and remembers them.
func (f *fold) hold() {
	holding := f.book.held(f.s.Holds, &f.before, &f.fact)
	for i := range f.s.Clocks {
		f.pause(i, f.at, holding)
	}
	if !slices.Equal(holding, f.s.Holds) {
		f.s.Holds = holding
		f.s.History = append(slices.Clip(f.s.History), Held{At: f.at, Holds: holding})
	}
	switch f.fact.Kind { //nolint:exhaustive // the others change nothing of what somebody paused
	case usm.EventPaused:
		f.s.Paused = append(slices.Clip(f.s.Paused), f.fact.Reason)
	case usm.EventResumed:
		still := slices.DeleteFunc(slices.Clone(f.s.Paused), func(id string) bool { return id == f.fact.Reason })
		f.s.Paused = append([]string(nil), still...) // nil when none is left, so that it survives JSON
	}
}

// notify takes the first fact, which is dated at the notification; of a call that was retyped it counts when that was done.
func (f *fold) notify() {
	if !f.first {
		return
	}
	f.s.Notified = f.at
	for i := range f.fact.Carried {
		f.at = later(f.at, f.fact.Carried[i].Since)
	}
	f.fact.At = f.at
}

// hear keeps when the provider reacted first and when the requester heard something last, for norms promised later.
func (f *fold) hear() {
	if f.s.Reacted.IsZero() && reacts(&f.fact) {
		f.s.Reacted = f.at
	}
	if tells(&f.before, &f.fact) {
		f.s.Heard = f.at
	}
}

// remember closes the fact: the phases that it ends, and itself for the next one.
func (f *fold) remember() {
	if phaseOf[f.before.Open] != phaseOf[f.fact.Open] {
		for i := range f.s.Clocks {
			if c := &f.s.Clocks[i]; live(c) {
				f.phase(c, f.at, c.Used+f.spent(i, f.at))
			}
		}
	}
	if f.fact.Status.Ended() {
		f.s.History = nil // nothing begins any more
	}
	f.s.Last = f.fact
	f.s.Last.Carried, f.s.Last.Terms = nil, ""
}

// compare says of each clock what its recomputation changed, was being how they read before it at the same moment.
func (f *fold) compare(was []usm.Clock) {
	for i := range f.s.Clocks {
		c := &f.s.Clocks[i]
		place := slices.IndexFunc(was, func(old usm.Clock) bool { return old.ID == c.ID })
		if place < 0 {
			continue
		}
		old, used := was[place], c.Used+f.spent(i, f.at)
		changes := differences([][3]string{
			{"used", old.Used.String(), used.String()},
			{"target", old.Target.String(), c.Target.String()},
			{"breaches", strconv.Itoa(old.Breaches), strconv.Itoa(c.Breaches)},
		})
		if changes != "" {
			f.row(i, usm.ClockRetargets, f.settle(i, f.at), "recomputed: "+changes)
		}
	}
}

func (f *fold) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// live reports whether a clock may still change.
func live(c *usm.Clock) bool { return c.State == usm.ClockRunning || c.State == usm.ClockPaused }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
