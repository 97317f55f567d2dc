package approval

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// substitute is the name of the alarm that calls the substitutes.
const substitute = "substitute"

// Deciders are those who may decide now: members who have not answered, in groups that are asked, and who stands in for them
// by delegation or, once they are called, as a substitute; nobody between whom and the approval segregation stands. They come
// member by member, the member first: he may decide himself also while somebody stands in for him.
//
// Who stands in is looked at as himself too. Nobody has two voices in a group: its members stand in for nobody in it, and who
// has answered for one of them does not answer for another.
func Deciders(a usm.Approval, w World) []usm.Decider {
	if a.State != usm.ApprovalOpen {
		return nil
	}
	return newSession(a, w).deciders()
}

// session is an approval while it is asked who may decide.
type session struct {
	a      usm.Approval
	w      World
	asking []*node
	leaves []*node
	called []string // substitutes
}

func newSession(a usm.Approval, w World) *session {
	s := &session{a: a, w: w}
	root := stand(a)
	s.asking = root.asking()
	root.leaves(func(leaf *node, _ bool) { s.leaves = append(s.leaves, leaf) })
	if a.Policy.Substitute != nil && slices.Contains(a.Rung, substitute) {
		r := newResolver(a, w.Directory)
		for _, who := range a.Policy.Substitute.Approvers {
			for _, id := range r.people(who) {
				if !slices.Contains(s.called, id) {
					s.called = append(s.called, id)
				}
			}
		}
	}
	return s
}

func (s *session) deciders() []usm.Decider {
	var deciders []usm.Decider
	var seen []string
	for _, leaf := range s.asking {
		for _, seat := range leaf.seats {
			if seat.answer == "" && !slices.Contains(seen, seat.person) {
				seen = append(seen, seat.person)
				deciders = append(deciders, s.of(seat.person)...)
			}
		}
	}
	return deciders
}

// decider finds who decides for a person.
func (s *session) decider(person, by string) (usm.Decider, bool) {
	if !s.asked(person) {
		return usm.Decider{}, false
	}
	of := s.of(person)
	if i := slices.IndexFunc(of, func(d usm.Decider) bool { return d.By == by }); i >= 0 {
		return of[i], true
	}
	return usm.Decider{}, false
}

// of are those who may decide for a person who is asked and has not answered.
func (s *session) of(person string) []usm.Decider {
	if !s.stillMember(person) {
		return nil
	}
	deciders := []usm.Decider{{Person: person, By: person, Rule: usm.RuleApprover}}
	add := func(by, rule string, delegation int64) {
		taken := func(d usm.Decider) bool { return d.By == by }
		if !slices.ContainsFunc(deciders, taken) && s.mayStandIn(by) && !s.twice(person, by) {
			deciders = append(deciders, usm.Decider{Person: person, By: by, Rule: rule, Delegation: delegation})
		}
	}
	for _, link := range s.chains(person) {
		add(link.By, usm.RuleDelegate, link.Delegation)
	}
	for _, by := range s.called {
		add(by, usm.RuleSubstitute, 0)
	}
	return deciders
}

// chains are the ways in which others may act for a person. A chain ends at who has left or is segregated: he has nothing to
// hand on.
func (s *session) chains(person string) []usm.StandIn {
	if len(s.w.Delegations) == 0 {
		return nil
	}
	return chains(person, s.a.Step.Process(), s.a.Content, s.w.Directory, s.w.Now, s.mayStandIn)
}

// stillMember reports whether a member is one as the directory is now: he has not left, segregation does not keep him from
// it, and he holds the profile for which he was asked.
func (s *session) stillMember(person string) bool {
	p := s.w.find(person)
	return p != nil && !p.Inactive && apart(s.a, person) == "" && slices.ContainsFunc(s.a.Members, func(m usm.Member) bool {
		return m.Person == person && (m.As.Profile == "" || slices.Contains(p.Profiles, m.As.Profile))
	})
}

func (s *session) mayStandIn(person string) bool {
	return s.w.active(person) && apart(s.a, person) == ""
}

// twice reports whether somebody who answers for a person would have two voices in a group.
func (s *session) twice(person, by string) bool {
	return slices.ContainsFunc(s.leaves, func(leaf *node) bool {
		if leaf.seat(person) == nil {
			return false
		}
		return leaf.seat(by) != nil || leaf.spoken(by, s.a.Ballots)
	})
}

func (s *session) member(person string) bool {
	return slices.ContainsFunc(s.a.Members, func(m usm.Member) bool { return m.Person == person })
}

// asked reports whether a person is in a group that is asked now.
func (s *session) asked(person string) bool {
	return slices.ContainsFunc(s.asking, func(leaf *node) bool { return leaf.seat(person) != nil })
}

// maxAge is how old a sign-in may be, in seconds.
func maxAge(stepUp string) int {
	d, err := time.ParseDuration(stepUp)
	if err != nil {
		return 0 // what cannot be read is refused when the domain is applied
	}
	return int(d.Seconds())
}
