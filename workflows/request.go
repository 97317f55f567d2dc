package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// request sends the outbound request of a step in a routine of its own. It is given up when the step is over; a request
// that the other system refuses is recorded, and the step waits for a person or a redo.
func (c *call) request(step usm.Step, attempt int, request usm.OutboundRequest) {
	var a *activities.Outbound
	ctx, cancel := workflow.WithCancel(outside(c.ctx, fmt.Sprintf("ask %s to perform %s", request.URL, step)))
	work := activities.Work{Call: c.in, Step: step, Attempt: attempt, Request: request}
	c.asking = work.Key()
	sent := workflow.ExecuteActivity(ctx, a.RequestWork, work)
	over := func() bool {
		return !c.alive() || c.p.Step != step || c.p.Steps[step].Attempt != attempt || !c.opened
	}
	workflow.Go(c.ctx, func(ctx workflow.Context) {
		_ = workflow.Await(ctx, func() bool { return sent.IsReady() || over() }) // cancelled: the run ends anyway
		if !sent.IsReady() {
			cancel()
			return
		}
		if c.asking == work.Key() {
			c.asking = ""
		}
		c.recordRequest(ctx, step, sent.Get(ctx, nil))
	})
}

// requestAgain lets the next run send a request that this one has not got through; its idempotency key stays the same.
func (c *call) requestAgain() {
	step := c.p.Step
	state := c.p.Steps[step]
	if c.asking != "" && c.asking == (activities.Work{Call: c.in, Step: step, Attempt: state.Attempt}).Key() {
		state.Asked = false
		c.p.Steps[step] = state
	}
}

func (c *call) recordRequest(ctx workflow.Context, step usm.Step, failure error) {
	if c.lock.Lock(ctx) != nil {
		return
	}
	defer c.lock.Unlock()
	if !c.alive() {
		return
	}
	text := "the work was requested"
	if failure != nil {
		text = "the request for work was refused: " + failure.Error()
	}
	_, err := c.amend(ctx, usm.Amendment{Kind: usm.EventRequested, Step: step, Actor: usm.Automatic, Text: text}, nil)
	c.failed(err)
}
