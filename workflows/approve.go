package workflows

import (
	"maps"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// submit finishes the open step or, where a policy of the domain wants it approved, proposes what the step comes to. The
// caller holds the lock and has checked the action.
func (c *call) submit(ctx workflow.Context, action usm.Action, state usm.State) (usm.StepResult, error) {
	if state == usm.StepDone && c.gated(action.Step) && !negative(action.Outcome) {
		if result, err := c.propose(ctx, action); err != nil || result.Approval != nil {
			return result, err
		}
	}
	return c.perform(ctx, action, state)
}

// gated reports whether the domain has a policy for the step. A fork opens what was approved before it.
func (c *call) gated(step usm.Step) bool {
	return step.Kind() != usm.KindFork && slices.Contains(c.b.Gated, step)
}

// negative reports whether an outcome turns down what the step is about, which needs nobody's approval.
func negative(outcome usm.Outcome) bool {
	return outcome == usm.Rejected || outcome == usm.NotAgreed || outcome == usm.Disputed
}

// propose asks for the approval of what the step comes to. A result without approval says that no policy wants one.
func (c *call) propose(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	p := c.plan()
	p.Proposal = &usm.Proposal{Action: action}
	// People may propose something else meanwhile, whoever proposed this: a second attempt is never automatic.
	c.waitAt(&p, p.Step, max(p.Steps[p.Step].Attempt, 2))
	p.Waiting.Kind, p.Waiting.Claimed, p.Waiting.Steered = usm.WaitApproval, "", ""
	p.Waiting.Exclude = usm.SegregatedFromApproving(c.in, p.Steps, p.Step)
	if before := c.p.Waiting; before.Kind == usm.WaitApproval {
		p.Waiting.Since, p.Waiting.Approval = before.Since, before.Approval
		p.Proposal.Approval, p.Proposal.Digest = c.p.Proposal.Approval, c.p.Proposal.Digest
	}
	p.Status = statusOf(p)
	in := amendment(usm.EventProposed, action)
	if action.ID == "" {
		in.Key = "" // of a machine: no request that may come twice
	}
	after := next(p)
	in.Next = &after
	result, err := c.record(ctx, in)
	if err != nil || result.Approval == nil {
		return result, err
	}
	c.take(p, false)
	return result, c.follow(ctx, result)
}

// follow does what a recorded change says of the approval of the open step.
func (c *call) follow(ctx workflow.Context, result usm.StepResult) error {
	c.p.Watch = result.Watch
	if result.Owed != nil {
		startOwed(ctx, *result.Owed)
	}
	a := result.Approval
	if a == nil || a.Retro || c.p.Proposal == nil {
		return nil
	}
	step := c.p.Proposal.Action.Step
	switch a.State { //nolint:exhaustive // of what is void or escalated the one that asks instead is told
	case usm.ApprovalOpen:
		c.waitFor(*a)
	case usm.ApprovalApproved, usm.ApprovalBypassed:
		_, err := c.perform(ctx, c.p.Proposal.Action, usm.StepDone, a.By...)
		return c.orAgain(ctx, step, err)
	case usm.ApprovalRejected, usm.ApprovalExpired:
		return c.turnDown(ctx, *a)
	case usm.ApprovalWithdrawn:
		c.goBack(ctx, step, usm.Automatic, a.Why)
	}
	return nil
}

// waitFor keeps what decisions have to name, and whom the Temporal UI shows.
func (c *call) waitFor(a usm.ApprovalResult) {
	proposal := *c.p.Proposal // an answer that is under way may hold the one before
	proposal.Approval, proposal.Digest, proposal.Asked, proposal.Due = a.ID, a.Digest, a.Members, a.Due
	c.p.Proposal, c.p.Waiting.Approval = &proposal, a.ID
}

// orAgain lets a step be done again whose approval was decided and whose end is refused all the same: nobody can take the
// decision a second time, so the call must not wait for it.
func (c *call) orAgain(ctx workflow.Context, step usm.Step, err error) error {
	if refusal := refusalIn(err); refusal != nil {
		c.goBack(ctx, step, usm.Automatic, "it was decided, and cannot be done: "+refusal.Error())
		return nil
	}
	return err
}

// turnDown does what follows when a proposal was not approved: a release is rejected, an offer is not agreed, anything else
// is to be done again; or the call is aborted, where the policy says so of time that ran out.
func (c *call) turnDown(ctx workflow.Context, a usm.ApprovalResult) error {
	proposed := c.p.Proposal.Action
	why := a.Why
	if why == "" {
		why = "approval " + a.ID + ": " + string(a.State)
	}
	negatives := map[usm.Step]usm.Outcome{usm.ReleaseChange: usm.Rejected, usm.NegotiateOffer: usm.NotAgreed}
	outcome, decides := negatives[proposed.Step]
	switch {
	case a.State == usm.ApprovalExpired && a.Expiry == usm.ExpiryAbort:
		_, err := c.abort(ctx, usm.Action{Actor: usm.Automatic, Text: why, ID: "approval/" + a.ID})
		return err
	case !decides:
		c.goBack(ctx, proposed.Step, usm.Automatic, why)
		return nil
	}
	fields := maps.Clone(proposed.Fields)
	if fields == nil {
		fields = map[string]any{}
	}
	fields["reason"] = why
	proposed.Outcome, proposed.Fields, proposed.Actor = outcome, fields, usm.Automatic
	_, err := c.perform(ctx, proposed, usm.StepDone)
	return c.orAgain(ctx, proposed.Step, err)
}

// decide counts a vote.
func (c *call) decide(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventDecided, action), nil)
}

// bypass goes on without the approval, which is owed afterwards.
func (c *call) bypass(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventBypassed, action), nil)
}

func (c *call) addApprover(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventApproverAdded, action), nil)
}

// recheck looks at the approval again, because who was to approve may have left. One that the registers ended without this
// run's knowing (a vote was written, and the engine lost it) is followed now.
func (c *call) recheck(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	action.Vote = &usm.Vote{Approval: c.p.Proposal.Approval}
	return c.amend(ctx, amendment(usm.EventRechecked, action), nil)
}
