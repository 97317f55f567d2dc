package rehearse

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// side is one domain file under which cases are measured.
type side struct {
	domain     usm.Domain
	callType   usm.CallType
	agreements []usm.Agreement // by id, each as its first version in force
	people     map[string]usm.Person
	procedure  usm.Procedure
	confirm    time.Duration // within which a delivery is confirmed, or counts as confirmed
	only       string        // versioned agreement for which every case counts
	books      map[string]*book
}

// book measures the calls that one agreement covers.
type book struct {
	*clock.Book
	terms     string
	calendars map[string]*clock.Calendar
}

// confirmWithin is the time of usm.ProcedureStep.ConfirmWithin that names none.
const confirmWithin = 14 * 24 * time.Hour

func newSide(domain usm.Domain, callType usm.CallType, only string) (*side, error) {
	s := &side{
		domain: domain, callType: callType, procedure: domain.Procedure(callType.Start().Process), confirm: confirmWithin,
		people: map[string]usm.Person{}, books: map[string]*book{},
	}
	for _, p := range domain.People {
		s.people[p.ID] = p
	}
	for _, a := range domain.Agreements {
		a.Version, a.State = max(a.Version, 1), usm.AgreementInForce
		s.agreements = append(s.agreements, a)
		if a.ID == only && a.Type == usm.SA {
			s.only = a.Versioned()
		}
	}
	slices.SortFunc(s.agreements, func(a, b usm.Agreement) int { return strings.Compare(a.ID, b.ID) })
	rule := s.procedure.Rule(s.procedure.Process.Find(usm.KindReview))
	if d, err := time.ParseDuration(rule.ConfirmWithin); err == nil && d > 0 {
		s.confirm = d
	}
	return s, s.check(only)
}

// check refuses a domain under which nothing could be measured.
func (s *side) check(only string) error {
	var ids []string
	promises := false
	for _, a := range s.agreements {
		if a.Type != usm.SA {
			continue
		}
		ids = append(ids, a.ID)
		if only == "" || a.ID == only {
			promises = promises || slices.ContainsFunc(a.Norms, func(n usm.Norm) bool { return n.Type == s.callType })
		}
	}
	switch {
	case only != "" && s.only == "":
		return fmt.Errorf("domain %s has no agreement %q with a customer; it has %s", s.domain.ID, only, strings.Join(ids, ", "))
	case !promises:
		return fmt.Errorf("domain %s: no norm of its agreements with customers is for a call of type %s", s.domain.ID, s.callType)
	}
	return nil
}

// service is what a case is about: what the log says, else one that an agreement of the requester's customer names, always
// the same for the same case.
func (s *side) service(story replay.Story) string {
	if story.Service != "" {
		return story.Service
	}
	var services []string
	for _, a := range s.agreements {
		ours := a.Type == usm.SA && a.Customer == s.people[story.Requester].Customer
		if s.only != "" {
			ours = a.Versioned() == s.only
		}
		if ours {
			services = append(services, a.Services...)
		}
	}
	if len(services) == 0 {
		return ""
	}
	slices.Sort(services)
	services = slices.Compact(services)
	return replay.Spread(story.Case, services)
}

// agreement is the versioned agreement that a case counts for, "" for none.
func (s *side) agreement(story replay.Story) string {
	if s.only != "" {
		return s.only
	}
	uses := slices.Clone(story.Components)
	for _, c := range s.domain.Components {
		if slices.Contains(c.Users, story.Requester) {
			uses = append(uses, c.ID)
		}
	}
	for _, a := range s.agreements {
		if _, covers := a.Covers(s.people[story.Requester], story.Service, uses); covers {
			return a.Versioned()
		}
	}
	return ""
}

// book opens the book of an agreement, once.
func (s *side) book(agreement string) (*book, error) {
	if b := s.books[agreement]; b != nil {
		return b, nil
	}
	terms := usm.NewTerms(s.domain, agreement, s.agreements)
	opened, err := clock.Open(terms)
	if err != nil {
		return nil, err
	}
	b := &book{Book: opened, terms: terms.Key}
	if b.calendars, err = calendarsOf(terms); err != nil {
		return nil, err
	}
	s.books[agreement] = b
	return b, nil
}

// calendarsOf are the calendars of terms by id; that of the domain itself is "".
func calendarsOf(terms usm.Terms) (calendars map[string]*clock.Calendar, err error) {
	calendars = map[string]*clock.Calendar{}
	always := usm.Calendar{ID: usm.AroundTheClock, TimeZone: time.UTC.String(), Always: true}
	for _, c := range append(terms.Calendars, always) {
		if calendars[c.ID], err = clock.Compile(c); err != nil {
			return nil, err
		}
	}
	return calendars, nil
}
