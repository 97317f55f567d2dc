// Package approval decides approvals: whom a policy asks, how its quorum stands, who may answer now, and what time brings
// (usm.md §6). It is pure: the store gives it what is recorded and who is who, and keeps what it returns.
//
// How a quorum is met is in quorum.go, whom a policy names in resolve.go, who may answer in decide.go, what time brings in
// time.go, and what decisions are bound to in content.go and canonical.go. No function changes what it was given.
package approval

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// Directory is who is who at a moment.
type Directory struct {
	Domain      usm.Domain       // the current version, with the people as they are now
	Components  []usm.Component  // of the call
	Customer    string           // id of the customer of the call's agreement; "" without one
	Delegations []usm.Delegation // of the domain, that count at some moment; the others do no harm
}

// World is what an approval is looked at with.
type World struct {
	Directory
	Calendar *clock.Calendar // of the policy
	Hours    *clock.Calendar // service hours of the domain: outside of them nobody is reminded
	Now      time.Time
}

// Selected returns the policies that ask at the step, in the order of the domain: those whose condition holds for the
// content. A condition that cannot be worked out holds: rather one approval too many.
func Selected(policies []usm.ApprovalPolicy, step usm.Step, content map[string]any) []usm.ApprovalPolicy {
	var selected []usm.ApprovalPolicy
	for _, policy := range policies {
		steps := policy.Steps
		if steps == nil {
			steps = usm.DefaultApprovalSteps()
		}
		if !slices.Contains(steps, step) {
			continue
		}
		if holds, err := condition(policy.When, content); holds || err != nil {
			selected = append(selected, policy)
		}
	}
	return selected
}

// Open completes a new approval that has its identity (ID, Call, Domain, Subject, Step, Attempt, Policy, Version, Outcome,
// By, Barred, Content, Retro, Replaces, Changed): digests, members, the groups that are asked, its due date. OpenedAt is now
// unless it is given. An approval that nobody can give is open and Stuck. It fails when its time cannot be worked out in the
// calendar.
func Open(a usm.Approval, w World) (usm.Approval, error) {
	a.State = usm.ApprovalOpen
	a.Digest, a.Material = Digest(a.Content), material(a.Policy, a.Content)
	a.Ballots, a.Rung, a.ClosedAt, a.Due = []usm.Ballot{}, nil, nil, nil
	if a.OpenedAt.IsZero() {
		a.OpenedAt = w.Now
	}
	if target := within(a); target != "" {
		due, err := dueOf(target, a.OpenedAt, w)
		if err != nil {
			return a, err
		}
		a.Due = &due
	}
	a.Members = newResolver(a, w.Directory).members()
	return settle(a, w.Now, byDirectory), nil
}

// Refresh resolves the members anew, because the directory changed. Answers that were given stay, and so does everybody in a
// group that has approved: a met quorum is never un-met. It may find that everybody who is left has approved; it never
// rejects: when too few are left, Stuck says so. An approval that has ended stays as it is.
func Refresh(a usm.Approval, w World) usm.Approval {
	if a.State != usm.ApprovalOpen {
		return a
	}
	before := stand(a)
	members := []usm.Member{}
	anew := newResolver(a, w.Directory).members()
	before.leaves(func(leaf *node, done bool) {
		in := func(all []usm.Member) []usm.Member {
			return slices.DeleteFunc(slices.Clone(all), func(m usm.Member) bool { return m.Group != leaf.path })
		}
		if done {
			members = append(members, in(a.Members)...)
		} else {
			members = append(members, leaf.renewed(in(a.Members), in(anew), a.Ballots)...)
		}
	})
	a.Members = members
	return settle(regrouped(a), w.Now, byDirectory)
}

// renewed are the members of a leaf after the directory changed: those who are there now, but for who has answered for
// another in it, and after them those who have answered and are no longer. Who has answered stays as he was.
func (n *node) renewed(before, anew []usm.Member, ballots []usm.Ballot) []usm.Member {
	same := func(a, b usm.Member) bool { return a.Person == b.Person && a.As == b.As }
	var members []usm.Member
	for _, m := range anew {
		i := slices.IndexFunc(before, func(was usm.Member) bool { return same(was, m) })
		switch {
		case i >= 0 && n.answered(m.Person):
			members = append(members, before[i])
		case !n.spoken(m.Person, ballots):
			members = append(members, m)
		}
	}
	for _, was := range before {
		if n.answered(was.Person) && !slices.ContainsFunc(members, func(m usm.Member) bool { return same(was, m) }) {
			members = append(members, was)
		}
	}
	return members
}

// Add asks one more approver beside those whom the policy names: a group of its own of which one must approve. It becomes a
// part of the policy of this approval, so that the members of the group are looked up anew as those of every other.
// usm.CodeOutOfTurn when the approval has ended, usm.CodeInvalid when nobody is meant who may approve, usm.CodeConflict when
// he has answered already.
func Add(a usm.Approval, who usm.Approver, w World) (usm.Approval, error) {
	if refusal := a.Ended(); refusal != nil {
		return a, refusal
	}
	if named(who) != 1 {
		return a, usm.Invalid("/approver", "is exactly one of a person, a profile and a role")
	}
	after, path := beside(a, usm.Quorum{Name: "added", Need: "any", Approvers: []usm.Approver{who}})
	added := newResolver(after, w.Directory).approver(path, who)
	if len(added) == 0 {
		return a, usm.Invalid("/approver", "nobody is %s who may approve this", describe(who))
	}
	after.Members = append(after.Members, added...)
	after = regrouped(after)
	if root := stand(after); root.find(path).state() != usm.ApprovalOpen {
		return a, usm.Errorf(usm.CodeConflict, "%s has answered already", added[0].Person)
	}
	return settle(after, w.Now, byDirectory), nil
}

// named counts how many ways of naming somebody are used.
func named(who usm.Approver) (n int) {
	for _, given := range []bool{who.Person != "", who.Profile != "", who.Role != ""} {
		if given {
			n++
		}
	}
	return n
}

// beside puts a group beside the quorum of an approval, and returns its path. Where the quorum was one group it becomes the
// first of two.
func beside(a usm.Approval, group usm.Quorum) (usm.Approval, string) {
	root := a.Policy.Require
	if need, err := parseNeed(root.Need); err != nil || need.kind != needAll || len(root.Groups) == 0 {
		root = usm.Quorum{Groups: []usm.Quorum{root}}
		a.Members, a.Ballots = slices.Clone(a.Members), slices.Clone(a.Ballots)
		for i := range a.Members {
			a.Members[i].Group = joined("1", a.Members[i].Group)
		}
	}
	root.Groups = append(slices.Clip(root.Groups), group)
	a.Policy.Require = root
	a.Members = slices.Clip(a.Members)
	return a, partPath("", len(root.Groups)-1)
}
