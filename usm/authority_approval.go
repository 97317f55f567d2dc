package usm

import (
	"fmt"
	"slices"
)

// MayDecide decides whether the caller may answer the approval as it is now, and returns the proof that travels with the
// vote. whom is the approver whose answer it is; "" is the caller himself, or the only one he can stand in for when he is not
// asked himself (CodeInvalid when there are several). CodeOutOfTurn says how the approval ended, CodeConflict what was
// answered before, CodeForbidden why not; Duties is set when segregation is the reason.
func MayDecide(caller Caller, a Approval, whom string) (Actor, *Error) {
	me := caller.Token.Person
	switch refusal := a.Ended(); {
	case me == "":
		return Actor{}, Errorf(CodeForbidden, "this token stands for no person: machines ask for approvals and never give one")
	case refusal != nil:
		return Actor{}, refusal
	}
	if whom == "" {
		var refusal *Error
		if whom, refusal = a.whom(me); refusal != nil {
			return Actor{}, refusal
		}
	}
	for _, d := range a.Deciders {
		if d.By == me && d.Person == whom {
			return a.actor(d), nil
		}
	}
	return Actor{}, whyNot(caller, a, whom)
}

// MayBypass lets through who holds a profile that the policy names for emergencies.
func MayBypass(caller Caller, a Approval) (Actor, *Error) {
	if refusal := steerable(caller, a); refusal != nil {
		return Actor{}, refusal
	}
	if a.Policy.Emergency == nil {
		return Actor{}, Errorf(CodeForbidden, "the policy %s lets nobody go on without the approval", a.Policy.ID)
	}
	for _, profile := range a.Policy.Emergency.Profiles {
		if slices.Contains(caller.Domains[a.Domain], profile) {
			return Actor{Person: caller.Token.Person, Profile: profile, Rule: RuleEmergency}, nil
		}
	}
	return Actor{}, Errorf(CodeForbidden, "in an emergency %s goes on without the approval", names(a.Policy.Emergency.Profiles))
}

// MayAddApprover lets through who coordinates the domain, and approvers who are asked themselves; never those between whom
// and the approvers segregation stands.
func MayAddApprover(caller Caller, a Approval) (Actor, *Error) {
	if refusal := steerable(caller, a); refusal != nil {
		return Actor{}, refusal
	}
	me := caller.Token.Person
	if why := a.apart(me); why != "" {
		return Actor{}, Errorf(CodeForbidden, "%s and choose nobody who approves it", why).Segregated()
	}
	for _, d := range a.Deciders {
		if d.By == me && d.Person == me {
			return a.actor(d), nil
		}
	}
	return mayCoordinate(caller, CallView{Domain: a.Domain}, "adds an approver, or who is asked himself")
}

// steerable refuses what only people do, and only while the call waits for the approval.
func steerable(caller Caller, a Approval) *Error {
	switch refusal := a.Ended(); {
	case caller.Token.Person == "":
		return Errorf(CodeForbidden, "this token stands for no person, and only people act on approvals")
	case refusal != nil:
		return refusal
	case a.Retro:
		return Errorf(CodeOutOfTurn, "approval %s is owed for a bypass: it can only be decided", a.ID)
	}
	return nil
}

// Ended says how the approval ended; nil while it is open.
func (a Approval) Ended() *Error {
	if a.State == ApprovalOpen {
		return nil
	}
	text := fmt.Sprintf("approval %s has ended: %s", a.ID, a.State)
	if a.Why != "" {
		text += " (" + a.Why + ")"
	}
	return &Error{Code: CodeOutOfTurn, Message: text}
}

// DecidesFor returns the approvers whom a person can answer for now, himself first; never nil.
func (a Approval) DecidesFor(person string) []string {
	whom := []string{}
	for _, d := range a.Deciders {
		switch {
		case d.By != person || slices.Contains(whom, d.Person):
		case d.Person == person:
			whom = slices.Insert(whom, 0, d.Person)
		default:
			whom = append(whom, d.Person)
		}
	}
	return whom
}

// Given returns the last answer that a person gave, for the approver or, with whom "", for anybody.
func (a Approval) Given(by, whom string) (Ballot, bool) {
	for _, b := range slices.Backward(a.Ballots) {
		if (b.By == by || b.By == "" && b.Person == by) && (whom == "" || whom == b.Person) {
			return b, true
		}
	}
	return Ballot{}, false
}

// whom finds out for whom somebody answers who does not say so. Who has answered for himself never answers for another
// without saying so.
func (a Approval) whom(me string) (string, *Error) {
	can := a.DecidesFor(me)
	_, answered := a.Given(me, me)
	last, before := a.Given(me, "")
	switch {
	case answered, len(can) > 0 && can[0] == me:
		return me, nil
	case len(can) == 1:
		return can[0], nil
	case len(can) == 0 && before:
		return last.Person, nil
	case len(can) == 0:
		return me, nil
	}
	return "", Invalid("/for", "say for whom: you stand in for %s", names(can))
}

// actor is the proof of a decider.
func (a Approval) actor(d Decider) Actor {
	actor := Actor{Person: d.By, Rule: d.Rule, Delegation: d.Delegation}
	if d.Person != d.By {
		actor.For = d.Person
	}
	for _, m := range a.Members {
		if m.Person == d.Person && m.As.Profile != "" {
			actor.Profile = m.As.Profile
			break
		}
	}
	return actor
}

// whyNot says why the caller is no decider for an approver.
func whyNot(caller Caller, a Approval, whom string) *Error {
	me := caller.Token.Person
	for _, b := range a.Ballots {
		if b.Person == whom {
			return Errorf(CodeConflict, "%s has answered already: %s", whom, b.Decision)
		}
	}
	isMember := slices.ContainsFunc(a.Members, func(m Member) bool { return m.Person == whom })
	why := a.apart(me)
	if why == "" && whom == me && !isMember && a.isNamed(caller) {
		why = apart + "you have a part in it already"
	}
	switch {
	case why != "":
		return Errorf(CodeForbidden, "%s and do not approve it", why).Segregated()
	case whom != me:
		return Errorf(CodeForbidden, "you do not stand in for %s", whom)
	case isMember:
		return Errorf(CodeForbidden, "you are not asked now: an earlier stage is open, or your group has decided")
	}
	var asked []string
	for _, d := range a.Deciders {
		if !slices.Contains(asked, d.By) {
			asked = append(asked, d.By)
		}
	}
	return Errorf(CodeForbidden, "approval %s is for %s", a.ID, names(asked))
}

// apart begins the sentence of every refusal because of segregation.
const apart = "requester, approver and implementer of a call are different people: "

// Concerns reports whether a person asked for the call or proposed what is to be approved: he approves nothing of it.
func (a Approval) Concerns(person string) bool { return a.asker() == person || a.By.Is(person) }

// asker is the requester of the call, as it is shown.
func (a Approval) asker() string {
	call, _ := a.Content["call"].(map[string]any)
	requester, _ := call["requester"].(string)
	return requester
}

// apart says why segregation keeps a person from the approval, whoever he is otherwise; "" when it does not.
func (a Approval) apart(person string) string {
	switch {
	case a.asker() == person:
		return apart + "you have asked for it"
	case a.By.Is(person):
		return apart + "you have proposed it"
	}
	return ""
}

// isNamed reports whether the policy names the caller, himself or by a profile.
func (a Approval) isNamed(caller Caller) bool {
	var in func(Quorum) bool
	in = func(q Quorum) bool {
		return slices.ContainsFunc(q.Approvers, func(who Approver) bool {
			return who.Person == caller.Token.Person || slices.Contains(caller.Domains[a.Domain], who.Profile)
		}) || slices.ContainsFunc(q.Stages, in) || slices.ContainsFunc(q.Groups, in)
	}
	return in(a.Policy.Require)
}
