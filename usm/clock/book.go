package clock

import (
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// Book is usm.Terms made ready to fold facts with. It never changes and is safe for concurrent use; only Open makes one,
// and whoever needs it often keeps it by the key of its terms.
type Book struct {
	key       string
	own       *Calendar            // the domain's own: its service hours
	calendars map[string]*Calendar // by id
	links     []link               // the agreement with the customer first
	reasons   []usm.PauseReason    // each id once
}

// link is one agreement of the chain.
type link struct {
	usm.Agreement
	reasons []usm.PauseReason  // as this agreement sees them
	rows    map[row][]*promise // its norms
}

// row is what norms are promised for; Priority "" stands for those that have no row of their own.
type row struct {
	Type     usm.CallType
	Priority usm.Priority
}

// everywhere are the reasons to pause that every call knows (usm.PauseAnswer …).
var everywhere = []usm.PauseReason{
	{ID: usm.PauseAnswer, Accountable: usm.AccountableCustomer, While: &usm.Moment{Waiting: usm.WaitAnswer}},
	{ID: usm.PauseConfirmation, Accountable: usm.AccountableCustomer, While: &usm.Moment{Waiting: usm.WaitConfirmation}},
	{ID: usm.PauseSupplier, Accountable: usm.AccountableProvider, While: &usm.Moment{Waiting: usm.WaitSignal}},
	{ID: usm.PauseChild, Accountable: usm.AccountableProvider, While: &usm.Moment{Waiting: usm.WaitChild}},
}

// Open makes terms ready. Its errors name the calendar, or the agreement and the norm, that cannot be read.
func Open(terms usm.Terms) (*Book, error) {
	b := &Book{key: terms.Key, calendars: map[string]*Calendar{}}
	for i, c := range terms.Calendars {
		calendar, err := Compile(c)
		if err != nil {
			return nil, fmt.Errorf("terms %s: calendar %q: %w", terms.Key, c.ID, err)
		}
		b.calendars[c.ID] = calendar
		if i == 0 {
			b.own, b.calendars[""] = calendar, calendar
		}
	}
	if b.own == nil {
		return nil, usm.Errorf(usm.CodeInvalid, "terms %s have no calendar", terms.Key)
	}
	if b.calendars[usm.AroundTheClock] == nil {
		always, err := Compile(usm.Calendar{ID: usm.AroundTheClock, TimeZone: terms.Calendars[0].TimeZone})
		if err != nil {
			return nil, err
		}
		b.calendars[usm.AroundTheClock] = always
	}
	common := reasons(terms.Pauses, everywhere)
	var all [][]usm.PauseReason
	for _, a := range terms.Links {
		l := link{Agreement: a, reasons: reasons(a.Pauses, common), rows: map[row][]*promise{}}
		for i, n := range a.Norms {
			promises, err := b.read(&l, n)
			if err != nil {
				return nil, fmt.Errorf("terms %s: agreement %s: norm %d: %w", terms.Key, a.Versioned(), i+1, err)
			}
			of := row{n.Type, n.Priority}
			l.rows[of] = append(l.rows[of], promises...)
		}
		b.links = append(b.links, l)
		all = append(all, a.Pauses)
	}
	b.reasons = reasons(append(all, common)...)
	return b, nil
}

// reasons puts lists of reasons together; of those with the same id the first counts.
func reasons(lists ...[]usm.PauseReason) []usm.PauseReason {
	var all []usm.PauseReason
	for _, r := range slices.Concat(lists...) {
		if !slices.ContainsFunc(all, func(known usm.PauseReason) bool { return known.ID == r.ID }) {
			all = append(all, r)
		}
	}
	return all
}

// promised is what is promised to a call that stands like this. The agreement with the customer promises nothing to the
// child of a fork: its customer is the provider. An OLA or UC promises something once its team or supplier has the call; a
// child that no team has is with all of the provider's own teams for the service.
func (b *Book) promised(f *usm.Fact) []*promise {
	var all []*promise
	for i := range b.links {
		l := &b.links[i]
		if !l.concerns(f) {
			continue
		}
		promises, ok := l.rows[row{f.Type, f.Priority}]
		if !ok {
			promises = l.rows[row{f.Type, ""}]
		}
		all = append(all, promises...)
	}
	return all
}

func (l *link) concerns(f *usm.Fact) bool {
	switch {
	case l.Type == usm.SA:
		return !f.Child
	case !slices.Contains(l.Services, f.Service):
		return false
	case f.Team != "":
		return l.Provider == f.Team
	}
	return f.Child && l.Type == usm.OLA
}
