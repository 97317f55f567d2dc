package approval

import (
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// Vote counts a ballot and settles the approval when nothing can change any more. The ballot says whose it is (Person), who
// gave it (By; "" himself), Decision, Reason, Digest, SignedIn and Through; all else is filled in. It counts in each group in
// which the person is a member, also of a later stage: a person answers once. Where the policy asks for a fresh sign-in, its
// time is kept, and the policy's meaning with every answer.
//
// The same answer of the same approver again changes nothing, whoever gives it and whatever came of the approval.
// usm.CodeConflict when he has answered otherwise, usm.CodeForbidden (with Duties where segregation is the reason) when his
// answer does not count, usm.CodeOutOfTurn when the approval has ended, usm.CodeStale when it was given on another content,
// usm.CodeStepUp when a sign-in is wanted and there was none: how old it may be is judged where it is sent.
func Vote(a usm.Approval, ballot usm.Ballot, w World) (usm.Approval, error) {
	by := ballot.By
	if by == "" {
		by = ballot.Person
	}
	given := answer(a, ballot.Person)
	switch refusal := a.Ended(); {
	case given != "" && given == ballot.Decision:
		return a, nil
	case refusal != nil:
		return a, refusal
	case given != "":
		return a, usm.Errorf(usm.CodeConflict, "%s has answered already: %s", ballot.Person, given)
	}
	vote := usm.Vote{Approval: a.ID, Decision: ballot.Decision, Digest: ballot.Digest}
	if err := usm.CheckVote(vote, ballot.Reason, a.Digest); err != nil {
		return a, err
	}
	s := newSession(a, w)
	d, ok := s.decider(ballot.Person, by)
	if !ok {
		return a, s.whyNot(ballot.Person, by)
	}
	if a.Policy.StepUp == "" {
		ballot.SignedIn = nil
	} else if ballot.SignedIn == nil {
		refusal := usm.Errorf(usm.CodeStepUp, "this decision asks for a fresh sign-in")
		refusal.MaxAge = maxAge(a.Policy.StepUp)
		return a, refusal
	}
	ballot.By, ballot.Rule, ballot.Delegation, ballot.Meaning = "", d.Rule, d.Delegation, a.Policy.Meaning
	if by != ballot.Person {
		ballot.By = by
	}
	if ballot.At.IsZero() {
		ballot.At = w.Now
	}
	ballot.Weight, ballot.Mandatory = 0, false
	for _, m := range a.Members {
		if m.Person == ballot.Person {
			ballot.Weight, ballot.Mandatory = max(ballot.Weight, m.Weight), ballot.Mandatory || m.Mandatory
		}
	}
	a.Ballots = append(slices.Clip(a.Ballots), ballot)
	return settle(regrouped(a), ballot.At, byVote), nil
}

// regrouped says of each ballot in which groups it counts.
func regrouped(a usm.Approval) usm.Approval {
	a.Ballots = slices.Clone(a.Ballots)
	for i := range a.Ballots {
		groups := []string{}
		for _, m := range a.Members {
			if m.Person == a.Ballots[i].Person && !slices.Contains(groups, m.Group) {
				groups = append(groups, m.Group)
			}
		}
		a.Ballots[i].Groups = groups
	}
	return a
}

// whyNot says why somebody is not one who may decide for a person.
func (s *session) whyNot(person, by string) error {
	whose := func(id string) string {
		if id == by {
			return "you"
		}
		return id
	}
	switch why := apart(s.a, by); {
	case why != "":
		return segregated(fmt.Sprintf("%s %s", by, why))
	case !s.w.active(by):
		return usm.Errorf(usm.CodeForbidden, "%s is nobody of the domain %s, or has left", by, s.w.Domain.ID)
	case apart(s.a, person) != "":
		return segregated(fmt.Sprintf("%s %s", person, apart(s.a, person)))
	case !s.member(person):
		return usm.Errorf(usm.CodeForbidden, "approval %s does not ask %s", s.a.ID, whose(person))
	case !s.asked(person):
		return usm.Errorf(usm.CodeForbidden, "%s not asked now: an earlier stage is open, or the group has decided",
			map[bool]string{true: "you are", false: person + " is"}[person == by])
	case person == by:
		return usm.Errorf(usm.CodeForbidden, "you are no approver any more: the directory has changed")
	case s.twice(person, by):
		return segregated(fmt.Sprintf("%s has a voice of his own in the group of %s, and nobody has two", by, person))
	}
	return usm.Errorf(usm.CodeForbidden, "you do not stand in for %s", person)
}

func segregated(why string) error {
	return usm.Errorf(usm.CodeForbidden, "requester, approver and implementer of a call are different people: %s", why).Segregated()
}
