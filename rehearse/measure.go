package rehearse

import (
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// outcome is what one case came to under one domain.
type outcome struct {
	agreement string       // versioned; "" when none covers it
	clocks    []usm.Clock  // as they stood after the last row
	priority  usm.Priority // at the end, escalation included
	recorded  usm.Priority // what the log says
	ended     bool
	timely    bool // false: the delivery counted as confirmed before the log went on
}

// measure folds the facts of a case, and rings every alarm at its time as the product would. Pauses and alarms are counted
// in t unless it is nil.
func (s *side) measure(story replay.Story, t *tally) (outcome, error) {
	agreement := s.agreement(story)
	b, err := s.book(agreement)
	if err != nil {
		return outcome{}, err
	}
	facts, timely := s.tell(story, b.terms)
	m := measuring{book: b, tally: t, pauses: map[pausing]bool{}}
	for _, fact := range facts {
		if err = m.ring(fact.At); err == nil {
			err = m.fold(fact)
		}
		if err != nil {
			return outcome{}, err
		}
	}
	last := m.state.Last
	return outcome{
		agreement: agreement, clocks: m.state.Clocks, priority: last.Priority,
		recorded: facts[len(facts)-1].Priority, ended: last.Status.Ended(), timely: timely,
	}, nil
}

// measuring is one case on its way.
type measuring struct {
	*book
	tally  *tally // nil: nobody counts
	state  clock.State
	facts  int
	raised usm.Priority     // by a step of the escalation ladder
	rung   string           // key of the last alarm
	pauses map[pausing]bool // under way and counted
}

// fold folds one fact.
func (m *measuring) fold(fact usm.Fact) error {
	m.facts++
	fact.Sequence = m.facts
	if m.raised != "" && m.raised.Rank() < fact.Priority.Rank() {
		fact.Priority = m.raised
	}
	before := m.state
	state, _, err := m.Next(nil, before, fact)
	if err != nil {
		return err
	}
	m.state = state
	if m.tally != nil {
		m.tally.pause(m.book, before, state, m.pauses)
	}
	return nil
}

// ring rings what is due before the next thing happens.
func (m *measuring) ring(before time.Time) error {
	for m.facts > 0 {
		watch, err := m.Watch(m.state)
		alarm := watch.Alarm
		if err != nil || alarm.Key == "" || !alarm.At.Before(before) {
			return err
		}
		if alarm.Key == m.rung {
			return fmt.Errorf("the alarm %s does not end", alarm.Key)
		}
		m.rung = alarm.Key
		ring, rings := m.Ring(m.state, alarm)
		fact := m.state.Last
		fact.At, fact.Kind, fact.Alarm, fact.By = alarm.At, usm.EventAlarm, alarm.Key, usm.SideMachine
		fact.Step, fact.State, fact.Outcome, fact.Terms = "", "", "", ""
		if last := m.state.Last.At; fact.At.Before(last) {
			fact.At = last
		}
		if rings {
			if m.tally != nil {
				m.tally.ring(ring)
			}
			if raise := ring.Escalation.Priority; raise != "" && raise.Rank() < fact.Priority.Rank() {
				m.raised = raise
			}
		}
		if err = m.fold(fact); err != nil {
			return err
		}
	}
	return nil
}

// result is what became of a norm.
type result string

const (
	met       result = "met"
	breached  result = "breached"
	running   result = "running" // in time when the log ended
	cancelled result = "cancelled"
)

// resultOf judges a clock as it stood at the end of its case; "" when it never started.
func resultOf(c usm.Clock) result {
	switch {
	case c.State == usm.ClockPending:
		return ""
	case c.Breached():
		return breached
	case c.State == usm.ClockStopped:
		return met
	case c.State == usm.ClockCancelled:
		return cancelled
	}
	return running
}

// promised returns the clock of a norm of the agreement with the customer.
func (o outcome) promised(norm string) (usm.Clock, bool) {
	i := slices.IndexFunc(o.clocks, func(c usm.Clock) bool { return c.Link == "" && c.Norm == norm })
	if i < 0 {
		return usm.Clock{}, false
	}
	return o.clocks[i], true
}
