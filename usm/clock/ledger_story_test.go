package clock

import (
	"fmt"
	"testing"
	"time"

	"github.com/usm-works/usm/usm"
)

// officeHours are the office's: five days of eight hours.
func officeHours() usm.Calendar {
	week := map[string][]string{}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
		week[day] = []string{"09:00-17:00"}
	}
	return usm.Calendar{TimeZone: "Europe/Amsterdam", Hours: week}
}

// promising returns the first version of terms under which the customer's agreement promises the norms.
func promising(norms ...usm.Norm) usm.Terms {
	return under(usm.Agreement{ID: "sa", Type: usm.SA, Version: 1, Customer: "sales", Services: []string{"mail"}, Norms: norms})
}

// under returns terms with those agreements, the customer's first. Terms with the same versions have the same key.
func under(agreements ...usm.Agreement) usm.Terms {
	terms := usm.Terms{Domain: "it", Version: 1, Links: agreements, Calendars: []usm.Calendar{officeHours()}}
	return keyed(terms)
}

func keyed(terms usm.Terms) usm.Terms {
	terms.Key = fmt.Sprintf("%s@%d/", terms.Domain, terms.Version)
	for _, a := range terms.Links {
		terms.Key += "+" + a.Versioned()
	}
	return terms
}

// story is a call as it happens: each method adds a fact.
type story struct {
	t     testing.TB
	facts []usm.Fact
	terms map[string]usm.Terms
	books map[string]*Book // opened so far
	now   usm.Fact         // how the call stands
	state State            // after the facts that are known
	known int
}

// opened begins the story of an incident about mail, notified at a moment of the week's wall clock in Amsterdam.
func opened(tb testing.TB, terms usm.Terms, at string, with ...func(*usm.Fact)) *story {
	tb.Helper()
	s := &story{t: tb, terms: map[string]usm.Terms{terms.Key: terms}, books: map[string]*Book{}}
	s.now = usm.Fact{
		Status: usm.StatusOpen, Open: usm.AcceptIncident, Attempt: 1, Waiting: usm.WaitStep, Type: usm.Incident, Service: "mail",
	}
	return s.add(at, usm.Fact{Kind: usm.EventOpened, By: usm.SideMachine, Terms: terms.Key}, with...)
}

// add adds a fact; with says what it changes of how the call stands.
func (s *story) add(at string, fact usm.Fact, with ...func(*usm.Fact)) *story {
	s.now.Kind, s.now.Step, s.now.State, s.now.Outcome = fact.Kind, fact.Step, fact.State, fact.Outcome
	s.now.By, s.now.Reason, s.now.Alarm, s.now.Applies = fact.By, fact.Reason, fact.Alarm, fact.Applies
	s.now.Terms, s.now.Recorded, s.now.Carried = fact.Terms, fact.Recorded, nil
	s.now.Sequence, s.now.At = len(s.facts)+1, moment(s.t, at)
	for _, change := range with {
		change(&s.now)
	}
	s.facts = append(s.facts, s.now)
	s.now.Carried, s.now.Recorded = nil, time.Time{}
	return s
}

// finish lets the provider finish the open step; the next one opens.
func (s *story) finish(at string, with ...func(*usm.Fact)) *story {
	return s.finishAs(at, usm.SideProvider, "", with...)
}

func (s *story) finishAs(at string, by usm.Side, outcome usm.Outcome, with ...func(*usm.Fact)) *story {
	done := s.now.Open
	moves := func(f *usm.Fact) {
		f.Open, f.Status, f.Waiting = done.Next(), usm.StatusOpen, usm.WaitStep
		switch {
		case outcome == usm.Confirmed:
			f.Status = usm.StatusFulfilled
		case outcome == usm.Disputed:
			f.Open, f.Attempt = done.Process().DisputeTo(), f.Attempt+1
		case f.Open == "":
			f.Status, f.Waiting = usm.StatusClosed, usm.WaitNone
		case f.Open.Kind() == usm.KindReview:
			f.Status, f.Waiting = usm.StatusWaiting, usm.WaitConfirmation
		case f.Open.Kind() == usm.KindFork:
			f.Status, f.Waiting = usm.StatusWaiting, usm.WaitChild
		}
	}
	fact := usm.Fact{Kind: usm.EventStepFinished, Step: done, State: usm.StepDone, By: by, Outcome: outcome}
	return s.add(at, fact, append([]func(*usm.Fact){moves}, with...)...)
}

func (s *story) ask(at string) *story {
	return s.add(at, usm.Fact{Kind: usm.EventAsked, By: usm.SideProvider}, waits(usm.WaitAnswer))
}

func (s *story) answer(at string) *story {
	return s.add(at, usm.Fact{Kind: usm.EventAnswered, By: usm.SideRequester}, waits(usm.WaitStep))
}

func (s *story) note(at string, by usm.Side) *story {
	return s.add(at, usm.Fact{Kind: usm.EventNoted, By: by})
}

func (s *story) hold(at, reason string) *story {
	return s.add(at, usm.Fact{Kind: usm.EventPaused, By: usm.SideProvider, Reason: reason})
}

func (s *story) release(at, reason string) *story {
	return s.add(at, usm.Fact{Kind: usm.EventResumed, By: usm.SideProvider, Reason: reason})
}

func (s *story) alarm(at, key string) *story {
	return s.add(at, usm.Fact{Kind: usm.EventAlarm, By: usm.SideMachine, Alarm: key})
}

func (s *story) rebind(at string, terms usm.Terms, applies usm.Applies) *story {
	s.terms[terms.Key] = terms
	return s.add(at, usm.Fact{Kind: usm.EventRebound, By: usm.SideProvider, Terms: terms.Key, Applies: applies})
}

// toReview finishes every step up to the review at one moment, the fork by machine.
func (s *story) toReview(at string) *story {
	for s.now.Open.Kind() != usm.KindReview {
		s.finishAs(at, usm.SideMachine, "")
	}
	return s
}

func priority(p usm.Priority) func(*usm.Fact) { return func(f *usm.Fact) { f.Priority = p } }
func team(id string) func(*usm.Fact)          { return func(f *usm.Fact) { f.Team = id } }
func status(s usm.Status) func(*usm.Fact)     { return func(f *usm.Fact) { f.Status = s } }

func waits(kind usm.WaitKind) func(*usm.Fact) {
	return func(f *usm.Fact) {
		f.Waiting, f.Status = kind, usm.StatusWaiting
		if kind == usm.WaitStep {
			f.Status = usm.StatusOpen
		}
	}
}
