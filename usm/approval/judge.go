package approval

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// judge takes the three looks, parts first.
func (n *node) judge() {
	if len(n.parts) == 0 {
		n.sure, n.able, n.hope = n.leaf(usm.Reject, false), n.leaf(usm.Approve, false), n.leaf(usm.Approve, true)
		return
	}
	var sure, able, hope int
	for _, part := range n.parts {
		part.judge()
		sure, able, hope = sure+one(part.sure), able+one(part.able), hope+one(part.hope)
	}
	all := len(n.parts)
	n.sure, n.able, n.hope = n.need.met(sure, all-sure, sure), n.need.met(able, all-able, able), n.need.met(hope, all-hope, hope)
}

func one(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// leaf reports whether a leaf is approved when everybody who has not answered answers like this. With filled, somebody who
// approves is found for whom nobody stands for now, and for what is missing to the number or the weight that is needed.
func (n *node) leaf(waiting usm.Decision, filled bool) bool {
	var approved, rejected, weight, total int
	for _, s := range n.seats {
		given := s.answer
		if given == "" {
			given = waiting
		}
		total += s.weight
		switch {
		case given == usm.Approve:
			approved, weight = approved+1, weight+s.weight
		case s.mandatory:
			return false // who abstains has not approved either
		case given == usm.Reject:
			rejected++
		}
	}
	if !filled {
		return !n.short() && n.need.met(approved, rejected, weight)
	}
	found, foundWeight := n.missing(len(n.seats), total)
	return n.need.met(approved+found, rejected, weight+foundWeight)
}

// missing is how many people, and what weight, would have to be found for a leaf of so many seats.
func (n *node) missing(seats, total int) (found, weight int) {
	for _, who := range n.vacant {
		if who.Mandatory || n.need.kind == needAll {
			found, weight = found+1, weight+weightOf(who)
		}
	}
	if n.need.kind == needCount {
		found = max(found, n.need.n-seats)
	}
	if n.need.kind == needWeight {
		weight = max(weight, n.need.n-total)
	}
	if weight > 0 || seats == 0 {
		found = max(found, 1)
	}
	return found, weight
}

// short reports whether nobody stands for an approver without whom there is no approval: one that is mandatory or, where all
// are needed, any.
func (n *node) short() bool {
	return slices.ContainsFunc(n.vacant, func(who usm.Approver) bool { return who.Mandatory || n.need.kind == needAll })
}
