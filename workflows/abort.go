package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// abort ends the call for a reason, at any time. Its children are asked first and may take their time to record it; the
// lock is left meanwhile, so that what is under way comes to its end.
func (c *call) abort(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	c.aborting = true
	for _, child := range c.p.Children {
		if child.Closed {
			continue
		}
		order := usm.Action{Name: usm.ActionAbort, Actor: action.Actor, Text: c.in.Number + " is aborted: " + action.Text}
		order.Actor.Rule = usm.RuleParent
		// A child that is not there any more has ended, and its end is on its way.
		_ = workflow.SignalExternalWorkflow(ctx, child.Number, "", signalAbort, order).Get(ctx, nil)
	}
	c.lock.Unlock()
	err := workflow.Await(ctx, c.childrenEnded)
	free, _ := workflow.NewDisconnectedContext(ctx) // the caller gives the lock back, so it must be held again
	if lockErr := c.lock.Lock(free); err == nil {
		err = lockErr
	}
	if err != nil {
		return usm.StepResult{}, err //nolint:wrapcheck // Temporal's own
	}
	p := c.plan()
	after := c.end(&p, usm.StatusAborted, usm.OutcomeAborted)
	return c.recordAction(ctx, usm.EventAborted, action, after, p)
}

// abortSoon aborts for a parent that asks by signal.
func (c *call) abortSoon(action usm.Action) {
	workflow.Go(c.ctx, func(ctx workflow.Context) {
		action.Name, action.ID = usm.ActionAbort, "parent"
		_, _, err := c.inTurn(ctx, action, (*call).abort)
		if refusalIn(err) == nil { // a refusal: the call has ended by itself
			c.failed(err)
		}
	})
}

// interrupted notes that Temporal cancelled the run; close records it.
func (c *call) interrupted() { c.cancelled = true }

// abortCancelled records a cancelled run: for the call that is an abort by whoever operates the engine.
func (c *call) abortCancelled() {
	if !c.cancelled || !c.opened || c.p.Status.Ended() || c.err != nil {
		return
	}
	ctx, _ := workflow.NewDisconnectedContext(c.ctx)
	if c.err = c.lock.Lock(ctx); c.err != nil {
		return
	}
	defer c.lock.Unlock()
	_, c.err = c.abort(ctx, usm.Action{Actor: usm.Engine, Text: "the run was cancelled in Temporal", ID: "cancelled"})
}
