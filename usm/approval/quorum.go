package approval

import (
	"slices"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// node is a node of the quorum and how it stands.
//
// More approval never makes less of a node, and neither does an abstention instead of a rejection. So what may still come
// lies between two ends, and three looks tell everything: sure, when everybody who has not answered rejects; able, when
// everybody approves; hope, when besides somebody is found for what nobody may do now. A node is approved once it is sure, and
// rejected once there is no hope: the first answer that decides it ends it, and none before, in whatever order they come.
type node struct {
	path             string
	quorum           *usm.Quorum
	need             need
	parts            []*node // stages or groups
	seats            []seat  // of a leaf: everybody once
	vacant           []usm.Approver
	asked            bool // every earlier stage has approved
	sure, able, hope bool
}

// seat is a person in a leaf.
type seat struct {
	person    string
	weight    int
	mandatory bool
	answer    usm.Decision // "" none yet
}

// stand works out how the quorum of an approval stands.
func stand(a usm.Approval) *node {
	root := build("", &a.Policy.Require, a)
	root.judge()
	root.ask(true)
	return root
}

func build(path string, q *usm.Quorum, a usm.Approval) *node {
	n := &node{path: path, quorum: q}
	n.need, _ = parseNeed(q.Need) // what cannot be read is refused when the domain is applied
	parts := q.Groups
	if len(q.Stages) > 0 {
		parts, n.need = q.Stages, need{}
	}
	for i := range parts {
		n.parts = append(n.parts, build(partPath(path, i), &parts[i], a))
	}
	if len(parts) == 0 {
		n.sit(a)
	}
	return n
}

// partPath is the path of the i-th part, from 0, of a node.
func partPath(path string, i int) string { return joined(path, strconv.Itoa(i+1)) }

// joined puts a path under a prefix; "" is the root.
func joined(prefix, path string) string {
	switch {
	case prefix == "":
		return path
	case path == "":
		return prefix
	}
	return prefix + "/" + path
}

// sit puts the members of a leaf on their seats. Somebody whom the policy names twice is one person with the larger weight.
func (n *node) sit(a usm.Approval) {
	n.seats = make([]seat, 0, max(4, len(n.quorum.Approvers)))
	first := len(a.Members)
	for i := range a.Members {
		m := &a.Members[i]
		if m.Group != n.path {
			continue
		}
		first = min(first, i)
		s := n.seat(m.Person)
		if s == nil {
			n.seats = append(n.seats, seat{person: m.Person, answer: answer(a, m.Person)})
			s = &n.seats[len(n.seats)-1]
		}
		s.weight, s.mandatory = max(s.weight, m.Weight), s.mandatory || m.Mandatory
	}
	for i := range n.quorum.Approvers {
		who := &n.quorum.Approvers[i]
		if !slices.ContainsFunc(a.Members[first:], func(m usm.Member) bool { return m.Group == n.path && m.As == *who }) {
			n.vacant = append(n.vacant, *who)
		}
	}
}

// answer is what was decided for a person; "" when nothing was. A person answers once, and everywhere.
func answer(a usm.Approval, person string) usm.Decision {
	for i := range a.Ballots {
		if a.Ballots[i].Person == person {
			return a.Ballots[i].Decision
		}
	}
	return ""
}

// ask marks what is asked: the parts of stages up to the first that has not approved.
func (n *node) ask(asked bool) {
	n.asked = asked
	for _, part := range n.parts {
		part.ask(asked)
		if len(n.quorum.Stages) > 0 && !part.sure {
			asked = false
		}
	}
}

// state is how the node stands: open, approved or rejected.
func (n *node) state() usm.ApprovalState {
	switch {
	case n.sure:
		return usm.ApprovalApproved
	case !n.hope:
		return usm.ApprovalRejected
	}
	return usm.ApprovalOpen
}

// leaves visits the groups of people, in their order; done says that the group or one that it is part of has approved.
func (n *node) leaves(visit func(leaf *node, done bool)) { n.visit(false, visit) }

func (n *node) visit(done bool, visit func(leaf *node, done bool)) {
	done = done || n.sure
	if len(n.parts) == 0 {
		visit(n, done)
	}
	for _, part := range n.parts {
		part.visit(done, visit)
	}
}

// asking are the leaves whose members are asked now: they and everything that they are part of are open.
func (n *node) asking() []*node {
	if !n.asked || n.state() != usm.ApprovalOpen {
		return nil
	}
	if len(n.parts) == 0 {
		return []*node{n}
	}
	var open []*node
	for _, part := range n.parts {
		open = append(open, part.asking()...)
	}
	return open
}

// find returns the node at a path; nil when there is none.
func (n *node) find(path string) *node {
	if n.path == path {
		return n
	}
	for _, part := range n.parts {
		if found := part.find(path); found != nil {
			return found
		}
	}
	return nil
}

// seat returns the seat of a person in a leaf; nil when he has none.
func (n *node) seat(person string) *seat {
	for i := range n.seats {
		if n.seats[i].person == person {
			return &n.seats[i]
		}
	}
	return nil
}

// answered reports whether a person of the leaf has answered.
func (n *node) answered(person string) bool {
	s := n.seat(person)
	return s != nil && s.answer != ""
}

// spoken reports whether somebody has answered for another in the leaf: he does not become a member beside that.
func (n *node) spoken(by string, ballots []usm.Ballot) bool {
	return slices.ContainsFunc(ballots, func(b usm.Ballot) bool { return b.By == by && n.seat(b.Person) != nil })
}
