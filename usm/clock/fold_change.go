package clock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// The holders of a call that are no team or supplier.
const (
	holderProvider = "provider"
	holderCustomer = "customer"
)

// settle brings a clock up to an instant and returns the business time that it used since its last row. Every change of a
// clock begins with it and ends with its row.
func (f *fold) settle(i int, at time.Time) usm.Span {
	c := &f.s.Clocks[i]
	spent := f.spent(i, at)
	c.Used, c.Since = c.Used+spent, at
	c.Remaining = c.Target + c.Discount - c.Used
	f.phase(c, at, c.Used)
	return spent
}

// spent is the business time that a clock has used at an instant since its last row.
func (f *fold) spent(i int, at time.Time) usm.Span {
	c := &f.s.Clocks[i]
	if c.State != usm.ClockRunning || !at.After(c.Since) {
		return 0
	}
	return usm.Span(f.p[i].calendar.Between(c.Since, at))
}

// row writes down how a clock stands after a change.
func (f *fold) row(i int, change usm.ClockChange, spent usm.Span, cause string) {
	c := &f.s.Clocks[i]
	holder := f.holder(i)
	f.s.Rows++
	row := usm.LedgerRow{
		Revision: f.s.Revision, Row: f.s.Rows, At: c.Since, Sequence: f.fact.Sequence,
		Clock: c.ID, Norm: c.Norm, Agreement: c.Agreement, Link: c.Link, Calendar: c.Calendar,
		Cause: cause, Change: change, State: c.State, Reasons: c.Reasons, Holder: cmp.Or(c.Holder, holder),
		Spent: spent, Used: c.Used, Target: c.Target, Remaining: c.Remaining, Due: c.Due,
	}
	if !f.recorded.Equal(row.At) {
		row.Recorded = f.recorded
	}
	f.rows = append(f.rows, row)
	c.Holder = holder
}

// holder says who has the call from now on.
func (f *fold) holder(i int) string {
	c := &f.s.Clocks[i]
	for _, reason := range c.Reasons {
		if f.p[i].accountable(reason) == usm.AccountableCustomer {
			return holderCustomer
		}
	}
	return cmp.Or(f.fact.Team, c.Link, holderProvider)
}

// start starts a clock that is pending.
func (f *fold) start(i int, at time.Time, cause string) {
	c := &f.s.Clocks[i]
	c.State, c.StartedAt, c.Since, c.Cycle = usm.ClockRunning, &at, at, 1
	f.aim(i, at)
	f.row(i, usm.ClockStarts, 0, "started: "+cause)
}

// reset begins the next cycle of a clock, also of one that had stopped.
func (f *fold) reset(i int, cause string) {
	c := &f.s.Clocks[i]
	spent := f.settle(i, f.at)
	if c.State == usm.ClockStopped {
		c.State, c.StoppedAt = usm.ClockRunning, nil
	}
	c.Used, c.Discount, c.Cycle, c.Rung, c.CycleAt, c.LateAt = 0, 0, c.Cycle+1, nil, f.at, time.Time{}
	f.aim(i, f.at)
	f.row(i, usm.ClockResets, spent, "reset: "+cause)
}

// pause lets a clock stand still for those of the reasons that pause it, or go on when there is none.
func (f *fold) pause(i int, at time.Time, holding []string) {
	c := &f.s.Clocks[i]
	if !live(c) {
		return
	}
	var reasons []string
	for _, id := range holding {
		if slices.Contains(f.p[i].pause, id) {
			reasons = append(reasons, id)
		}
	}
	if slices.Equal(reasons, c.Reasons) {
		return
	}
	spent := f.settle(i, at)
	if len(reasons) == 0 {
		cause := "resumed: no longer " + f.named(i, c.Reasons)
		c.State, c.Reasons = usm.ClockRunning, nil
		f.due(i)
		f.row(i, usm.ClockResumes, spent, cause)
		return
	}
	c.State, c.Reasons, c.Due = usm.ClockPaused, reasons, nil
	f.row(i, usm.ClockPauses, spent, "paused: "+f.named(i, reasons))
}

// named writes reasons with those who are accountable for them.
func (f *fold) named(i int, reasons []string) string {
	texts := make([]string, len(reasons))
	for n, id := range reasons {
		texts[n] = fmt.Sprintf("%s (%s)", id, f.p[i].accountable(id))
	}
	return strings.Join(texts, ", ")
}

func (f *fold) stop(i int, at time.Time, cause string) {
	f.end(i, at, usm.ClockStopped, usm.ClockStops, "stopped: "+cause)
}

func (f *fold) cancel(i int, cause string) {
	f.end(i, f.at, usm.ClockCancelled, usm.ClockCancels, "cancelled: "+cause)
}

func (f *fold) end(i int, at time.Time, state usm.ClockState, change usm.ClockChange, cause string) {
	c := &f.s.Clocks[i]
	spent := f.settle(i, at)
	c.State, c.StoppedAt, c.Due, c.Reasons = state, &at, nil, nil
	f.row(i, change, spent, cause)
}

// breach finds that a clock ran past its due date: what happens at the due date itself is in time.
func (f *fold) breach(i int, until time.Time) {
	c := &f.s.Clocks[i]
	if c.State == usm.ClockRunning && c.LateAt.IsZero() && c.Due != nil && c.Due.Before(until) {
		f.late(i, *c.Due)
	}
}

func (f *fold) late(i int, at time.Time) {
	c := &f.s.Clocks[i]
	spent := f.settle(i, at)
	c.Breaches, c.LateAt = c.Breaches+1, at
	if c.BreachedAt == nil {
		c.BreachedAt = &at
	}
	f.row(i, usm.ClockBreaches, spent, fmt.Sprintf("breached: the %s are used up", c.Target))
}

// aim gives a clock the target of its promise, measured from an instant.
func (f *fold) aim(i int, from time.Time) {
	c, p := &f.s.Clocks[i], f.p[i]
	target, err := p.target.Span(p.calendar, from)
	if err != nil {
		f.fail(fmt.Errorf("clock %s: target %s: %w", c.ID, p.text, err))
	}
	c.Agreement, c.Calendar, c.Promise, c.Target = p.agreement, p.hours, p.text, usm.Span(target)
	c.Remaining = c.Target + c.Discount - c.Used
	f.due(i)
}

// due says when a running clock is due. Of one that has used up its target it is when it did.
func (f *fold) due(i int) {
	c := &f.s.Clocks[i]
	due := c.Since
	switch {
	case c.State != usm.ClockRunning:
		c.Due = nil
		return
	case c.Remaining > 0:
		var err error
		if due, err = f.p[i].calendar.Add(c.Since, time.Duration(c.Remaining)); err != nil && f.unstoppable() {
			c.Due = nil
			return
		} else if err != nil {
			f.fail(fmt.Errorf("clock %s: %s after %s: %w", c.ID, c.Remaining, c.Since.Format(time.RFC3339), err))
		}
	case !c.LateAt.IsZero():
		due = c.LateAt
	}
	c.Due = &due
}

// unstoppable holds for what happens to a call by itself: a child has come back, time was up. Nobody could be told that the
// calendar does not open any more, so the clock runs without a due date until people do something about it.
func (f *fold) unstoppable() bool {
	return f.fact.By == usm.SideMachine && f.fact.Kind != usm.EventOpened
}

// phaseOf says which part of handling an incident a step belongs to (usm.md §7).
var phaseOf = map[usm.Step]string{
	usm.AcceptIncident: "detection", usm.ClassifyIncident: "detection",
	usm.AnalyseIncident: "diagnosis",
	usm.PrepareRecovery: "repair", usm.RecoverService: "repair",
	usm.ReviewRecovery: "recovery",
}

// phase gives the phase that the call was in what the others have not taken of the handling time.
func (f *fold) phase(c *usm.Clock, at time.Time, used usm.Span) {
	name := phaseOf[f.before.Open]
	if name == "" || c.Norm != usm.NormHandling || c.StartedAt == nil {
		return
	}
	now := usm.Phase{Name: name, Used: used, Elapsed: usm.Span(at.Sub(*c.StartedAt))}
	place := -1
	for i, p := range c.Phases {
		if p.Name == name {
			place = i
			continue
		}
		now.Used -= p.Used
		now.Elapsed -= p.Elapsed
	}
	c.Phases = slices.Clone(c.Phases)
	switch {
	case place >= 0:
		c.Phases[place] = now
	case now.Elapsed > 0:
		c.Phases = append(c.Phases, now)
	}
}
