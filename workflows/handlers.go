package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// QueryCall is the query that returns the progress of a call.
const QueryCall = "call"

// act does an action whose turn has come.
type act func(*call, workflow.Context, usm.Action) (usm.StepResult, error)

// acting are the updates and what they do once their turn has come; each holds the lock and has been checked.
var acting = []struct {
	name usm.ActionName
	act  act
}{
	{usm.ActionFinish, (*call).finish},
	{usm.ActionConfirm, (*call).finish},
	{usm.ActionDispute, (*call).finish},
	{usm.ActionAsk, (*call).ask},
	{usm.ActionAnswer, (*call).answer},
	{usm.ActionRedo, (*call).redo},
	{usm.ActionRetype, (*call).retype},
	{usm.ActionAbort, (*call).abort},
	{usm.ActionNote, (*call).note},
	{usm.ActionLink, (*call).link},
	{usm.ActionPause, (*call).pause},
	{usm.ActionResume, (*call).resume},
	{usm.ActionRebind, (*call).rebind},
	{usm.ActionDecide, (*call).decide},
	{usm.ActionBypass, (*call).bypass},
	{usm.ActionAddApprover, (*call).addApprover},
	{usm.ActionRecheck, (*call).recheck},
	{usm.ActionClaim, (*call).claim},
	{usm.ActionRelease, (*call).release},
	{usm.ActionReassign, (*call).reassign},
}

// handle installs the query and the updates. A validator refuses before anything enters history; the handler checks
// again when its turn has come, because the call may have moved while it waited.
func (c *call) handle() error {
	err := workflow.SetQueryHandler(c.ctx, QueryCall, func() (usm.Progress, error) { return c.p, nil })
	if err != nil {
		return err //nolint:wrapcheck // a mistake of this package
	}
	for _, h := range acting {
		handler := func(ctx workflow.Context, action usm.Action) (usm.Ack, error) {
			return c.serve(ctx, c.named(ctx, action, h.name), h.act)
		}
		validator := func(ctx workflow.Context, action usm.Action) error {
			return refused(c.check(c.named(ctx, action, h.name)))
		}
		err := workflow.SetUpdateHandlerWithOptions(c.ctx, string(h.name), handler, workflow.UpdateHandlerOptions{
			Validator: validator, Description: "See usm.Action.",
		})
		if err != nil {
			return err //nolint:wrapcheck // a mistake of this package
		}
	}
	settle := func(ctx workflow.Context, action usm.Action) (usm.Ack, error) {
		err := workflow.Await(ctx, func() bool { return c.settled() && (!c.alive() || c.closed(action.To)) })
		return c.ack(), err
	}
	return workflow.SetUpdateHandler(c.ctx, string(usm.ActionSettle), settle) //nolint:wrapcheck // a mistake of this package
}

// named is the action as the update of that name means it here.
func (c *call) named(ctx workflow.Context, action usm.Action, name usm.ActionName) usm.Action {
	action = action.As(name)
	if action.ID == "" {
		action.ID = workflow.GetCurrentUpdateInfo(ctx).ID
	}
	if name == usm.ActionFinish && action.Step.Kind() == usm.KindAccept && action.Outcome == "" {
		action.Outcome = usm.Accepted
	}
	if name == usm.ActionConfirm || name == usm.ActionDispute {
		action.Step = c.w.Process.Find(usm.KindReview)
	}
	return action
}

// serve waits for the action's turn, checks it, does it and answers once the call has settled again.
func (c *call) serve(ctx workflow.Context, action usm.Action, act act) (usm.Ack, error) {
	result, again, err := c.inTurn(ctx, action, act)
	if err != nil {
		return usm.Ack{}, refused(err)
	}
	if err := workflow.Await(ctx, c.settled); err != nil {
		return usm.Ack{}, err //nolint:wrapcheck // Temporal's own
	}
	ack := c.ack()
	ack.Again = again
	for _, other := range result.Opened {
		ack.Opened = append(ack.Opened, other.Number)
	}
	return ack, nil
}

func (c *call) inTurn(ctx workflow.Context, action usm.Action, act act) (result usm.StepResult, again bool, err error) {
	for {
		if err := workflow.Await(ctx, c.settled); err != nil {
			return result, false, err //nolint:wrapcheck // Temporal's own
		}
		if err := c.lock.Lock(ctx); err != nil {
			return result, false, err //nolint:wrapcheck // Temporal's own
		}
		if c.settled() {
			break
		}
		c.lock.Unlock()
	}
	defer c.lock.Unlock()
	if c.moveTo != "" {
		return result, false, usm.Errorf(usm.CodeUnavailable, "the call is moving to a new run; try again")
	}
	if err := c.check(action); err != nil {
		return result, false, err
	}
	if c.repeats(action) {
		return result, true, nil
	}
	if result, err = act(c, ctx, action); err == nil {
		c.remember(action)
	}
	if c.idle { // a change that moves nothing may still bring another due date
		c.show()
	}
	return result, false, err
}

// settled reports whether the call waits for somebody, has ended, or goes on in another run.
func (c *call) settled() bool { return c.opened && (c.idle || !c.alive()) || c.err != nil }

func (c *call) ack() usm.Ack {
	ack := usm.Ack{
		Number: c.in.Number, Status: c.p.Status, Step: c.p.Step, Attempt: c.p.Steps[c.p.Step].Attempt, Moving: c.moveTo != "",
	}
	for _, child := range c.p.Children {
		if !child.Closed {
			ack.Waits = append(ack.Waits, child.Number)
		}
	}
	if c.in.IsChild() && c.p.Status.Ended() {
		ack.Parent = c.in.Parent
	}
	return ack
}
