package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// amend records a change that finishes no step, makes the planned state the call's and follows what the change says of the
// approval of the open step. p nil keeps the state.
func (c *call) amend(ctx workflow.Context, in usm.Amendment, p *usm.Progress) (usm.StepResult, error) {
	result, err := c.record(ctx, in)
	if err != nil {
		return result, err
	}
	if p != nil {
		c.take(*p, in.Next != nil && len(in.Next.Undone) > 0)
	}
	return result, c.follow(ctx, result)
}

// record writes a change that finishes no step.
func (c *call) record(ctx workflow.Context, in usm.Amendment) (usm.StepResult, error) {
	var a *callActivities
	var result usm.StepResult
	in.Call = c.in
	if in.Step == "" {
		in.Step = c.p.Step
	}
	if in.Key == "" {
		c.p.Changes++
		in.Key = fmt.Sprintf("%s/%d", in.Kind, c.p.Changes)
	}
	what := strings.ReplaceAll(string(in.Kind), "_", " ") + " by " + in.Actor.Person
	err := workflow.ExecuteLocalActivity(ownTransaction(ctx, what), a.RecordAmendment, in).Get(ctx, &result)
	return result, err //nolint:wrapcheck // translated where it leaves the workflow
}

// goBack sends the call back to a step, for a reason; the caller holds the lock.
func (c *call) goBack(ctx workflow.Context, to usm.Step, by usm.Actor, reason string) {
	p := c.plan()
	after := c.sendBack(&p, to)
	_, err := c.amend(ctx, usm.Amendment{Kind: usm.EventSentBack, Step: to, Actor: by, Text: reason, Next: &after}, &p)
	c.failed(err)
}

// failed notes an error that ends the run. A cancelled run is no failure: it is an abort that Temporal asked for.
func (c *call) failed(err error) {
	if err == nil {
		return
	}
	if c.ctx.Err() != nil && refusalIn(err) == nil {
		c.interrupted()
		return
	}
	c.err = err
}
