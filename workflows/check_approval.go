package workflows

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// checkApproval checks what is asked of the approval that is open.
func (c *call) checkApproval(action usm.Action) error {
	if c.p.Waiting.Kind != usm.WaitApproval || c.p.Proposal == nil {
		return c.outOfTurn("%s waits for no approval", c.in.Number)
	}
	open := c.p.Proposal.Approval
	switch {
	case action.Name == usm.ActionRecheck:
		return nil
	case action.Name == usm.ActionDecide && action.Vote == nil:
		return usm.Invalid("/decision", "is required")
	case action.Vote != nil && action.Vote.Approval != open:
		return c.outOfTurn("approval %s has ended: %s waits for %s", action.Vote.Approval, c.in.Number, open)
	case !action.Actor.IsPerson():
		return usm.Errorf(usm.CodeForbidden, "machines ask for approvals and never give one")
	case action.Name == usm.ActionDecide:
		return c.checkVote(action)
	case action.Name == usm.ActionAddApprover && action.Approver == nil:
		return usm.Invalid("/approver", "is required")
	case action.Name == usm.ActionAddApprover && c.apart(usm.Actor{Person: action.Approver.Person}):
		return usm.Invalid("/approver/person", "%s has a part in it already", action.Approver.Person)
	}
	return required(action.Text, "/reason")
}

func (c *call) checkVote(action usm.Action) error {
	if c.apart(action.Actor) {
		return usm.Errorf(usm.CodeForbidden, "requester, approver and implementer of a call are different people: %s has a part in %s already",
			action.Actor.Person, c.in.Number).Segregated()
	}
	return usm.CheckVote(*action.Vote, action.Text, c.p.Proposal.Digest)
}

// apart reports whether segregation keeps somebody, or the one he stands in for, from approving what is proposed: the people
// whom the call names, and its proposer.
func (c *call) apart(who usm.Actor) bool {
	by := c.p.Proposal.Action.Actor
	return slices.ContainsFunc(c.p.Waiting.Exclude, who.Is) || by.IsPerson() && (who.Is(by.Person) || who.Is(by.For))
}
