package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// cause is what made an approval be looked at.
type cause int

const (
	byVote cause = iota
	byDirectory
)

// settle writes down how the quorum stands: what is asked, whether somebody is missing, and the end where it is decided. What
// the directory changes never rejects.
func settle(a usm.Approval, now time.Time, why cause) usm.Approval {
	root := stand(a)
	a.Asking, a.Stuck = nil, ""
	switch {
	case root.sure && why == byVote:
		return end(a, usm.ApprovalApproved, "by "+joinNames(people(a, usm.Approve)), now)
	case root.sure:
		return end(a, usm.ApprovalApproved, "everybody who is left has approved: "+joinNames(people(a, usm.Approve)), now)
	case !root.hope && why == byVote:
		return end(a, usm.ApprovalRejected, whyRejected(a, root), now)
	case !root.able:
		a.Stuck = root.stuck()
	}
	for _, leaf := range root.asking() {
		a.Asking = append(a.Asking, leaf.path)
	}
	return a
}

// end ends an approval.
func end(a usm.Approval, state usm.ApprovalState, why string, now time.Time) usm.Approval {
	a.State, a.Why, a.ClosedAt = state, why, &now
	a.Asking, a.Stuck = nil, ""
	return a
}

// people are those for whom this was decided, in the order of their ballots.
func people(a usm.Approval, decision usm.Decision) []string {
	var found []string
	for _, b := range a.Ballots {
		if b.Decision == decision {
			found = append(found, b.Person)
		}
	}
	return found
}

// whyRejected repeats the reasons of those who rejected. An approval that only abstentions ended was approved by nobody.
func whyRejected(a usm.Approval, root *node) string {
	var reasons []string
	for _, b := range a.Ballots {
		if b.Decision == usm.Reject {
			reasons = append(reasons, b.Person+": "+b.Reason)
		}
	}
	if len(reasons) > 0 {
		return "rejected by " + strings.Join(reasons, "; ")
	}
	if len(people(a, usm.Approve)) == 0 {
		return "nobody approved: " + joinNames(people(a, usm.Abstain)) + " abstained"
	}
	return "too few approved: " + root.needed() + ", and " + joinNames(people(a, usm.Abstain)) + " abstained"
}

// stuck says why a node that is not approved cannot be by those who are there.
func (n *node) stuck() string {
	for _, part := range n.parts {
		if !part.able {
			return part.stuck()
		}
	}
	var lacking []string
	for _, who := range n.vacant {
		lacking = append(lacking, describe(who))
	}
	nobody := ""
	if len(lacking) > 0 {
		nobody = ": nobody may approve as " + strings.Join(lacking, ", nor as ")
	}
	can, weight := 0, 0
	for _, s := range n.seats {
		if s.answer == "" || s.answer == usm.Approve {
			can, weight = can+1, weight+s.weight
		}
	}
	in := ""
	if n.quorum.Name != "" {
		in = fmt.Sprintf(" in %q", n.quorum.Name)
	}
	switch {
	case len(n.seats) == 0 && nobody == "":
		return "nobody is named who may approve" + in
	case n.short() || len(n.seats) == 0:
		return "somebody is missing" + in + nobody
	case n.need.kind == needWeight:
		return fmt.Sprintf("approvals of weight %d are needed%s, and those who may approve come to %d%s", n.need.n, in, weight, nobody)
	case n.need.kind == needCount:
		return fmt.Sprintf("%d have to approve%s, and only %d may%s", n.need.n, in, can, nobody)
	}
	return "too few are left who may approve" + in + nobody
}

// needed says how many approvals the node needs.
func (n *node) needed() string {
	parts, weight := len(n.parts), len(n.parts)
	if parts == 0 {
		parts, weight = len(n.seats), 0
		for _, s := range n.seats {
			weight += s.weight
		}
	}
	return n.need.words(parts, weight)
}

// Groups says how each node of the quorum stands, the root first and every part before what is in it. Who abstained is a
// member of none of the three lists.
func Groups(a usm.Approval) []usm.ApprovalGroup {
	groups := []usm.ApprovalGroup{}
	var show func(n *node) (seats []seat)
	show = func(n *node) []seat {
		at := len(groups)
		groups = append(groups, usm.ApprovalGroup{
			Path: n.path, Name: n.title(a), Need: n.needed(), State: n.state(), Asked: n.asked,
			Members: []string{}, Approved: []string{}, Rejected: []string{}, Waiting: []string{},
		})
		seats := slices.Clone(n.seats)
		for _, part := range n.parts {
			for _, s := range show(part) {
				if !slices.ContainsFunc(seats, func(known seat) bool { return known.person == s.person }) {
					seats = append(seats, s)
				}
			}
		}
		for _, s := range seats {
			groups[at].Members = append(groups[at].Members, s.person)
			switch s.answer {
			case usm.Approve:
				groups[at].Approved = append(groups[at].Approved, s.person)
			case usm.Reject:
				groups[at].Rejected = append(groups[at].Rejected, s.person)
			case "":
				groups[at].Waiting = append(groups[at].Waiting, s.person)
			case usm.Abstain: // neither way
			}
		}
		return seats
	}
	show(stand(a))
	return groups
}

// title names a node: as the policy does, or by whom it asks.
func (n *node) title(a usm.Approval) string {
	switch {
	case n.quorum.Name != "":
		return n.quorum.Name
	case n.path == "" && a.Policy.Name != "":
		return a.Policy.Name
	case len(n.quorum.Stages) > 0:
		return "one after the other"
	case len(n.parts) > 0:
		return "at the same time"
	}
	var who []string
	for _, approver := range n.quorum.Approvers {
		who = append(who, describe(approver))
	}
	return joinNames(who)
}

// joinNames lists names in a sentence.
func joinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
