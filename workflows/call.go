// Package workflows holds the eight USM workflows as deterministic Temporal workflow code, and nothing else: no clock,
// randomness, I/O or live dependency. A workflow function reads as the row of USM's table; the methods of the durable
// call below do the waiting, forking and recording, and do nothing once the call has ended, moved or failed.
package workflows

import (
	"cmp"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// call is one run of a durable call. Everything that outlives the run is in the fields in and p.
type call struct {
	ctx  workflow.Context
	w    usm.Workflow // the workflow this run executes
	in   usm.Call     // the request, kept up to date with what the steps correct
	p    usm.Progress
	b    usm.Binding
	lock workflow.Mutex // one recorded change at a time

	current  usm.Step                                // the step the main routine is at
	activity any                                     // and its activity
	futures  map[string]workflow.ChildWorkflowFuture // of children this run started
	asking   string                                  // key of the request for work that is under way
	shown    view                                    // what the Temporal UI was last told

	opened    bool   // the binding is known
	begun     bool   // the process was entered
	turn      int    // grows with every state that is taken, so that the main routine looks again
	back      bool   // a step sent the call back: run the process again
	idle      bool   // the main routine waits for somebody
	aborting  bool   // nothing but the abort may happen now
	cancelled bool   // Temporal cancelled the run: the call is to be aborted
	moveTo    string // continue as this workflow
	err       error  // the run cannot go on
}

// open installs the handlers, so that the workflow answers from its first second, and binds the call.
func open(ctx workflow.Context, w usm.Workflow, in usm.Call) *call {
	c := &call{ctx: ctx, w: w, in: in, lock: workflow.NewMutex(ctx), futures: map[string]workflow.ChildWorkflowFuture{}}
	if in.Progress != nil {
		c.p = *in.Progress
		c.in.Progress = nil
	}
	if c.in.Number == "" {
		c.in.Number = workflow.GetInfo(ctx).WorkflowExecution.ID
	}
	if c.in.OpenedBy == "" {
		c.in.OpenedBy = c.in.Requester
	}
	c.in.Type = w.Process.CallType()
	if err := c.handle(); err != nil {
		c.err = err
		return c
	}
	c.listen()
	if c.p.Abort != nil {
		c.abortSoon(*c.p.Abort)
	}
	c.bindDefinitions()
	return c
}

// bindDefinitions registers the call where that did not happen yet and fixes the versions it runs under.
func (c *call) bindDefinitions() {
	var a *callActivities
	ctx := ownTransaction(c.ctx, "the definitions in force")
	if c.err = workflow.ExecuteLocalActivity(ctx, a.OpenCall, c.in, c.w.Name).Get(ctx, &c.b); c.err != nil {
		return
	}
	c.p.Version = c.b.Version
	if c.p.Steps == nil {
		c.p.Steps = map[usm.Step]usm.StepState{}
		c.p.Priority, c.p.Category = c.in.Priority, c.in.Category
		c.openStep(&c.p, c.w.Process.Steps()[0])
	}
	c.p.Workflow, c.p.Watch = c.w.Name, c.b.Watch
	c.opened = true
	c.listenFor()
	c.keepTime()
}

// pass lets the process run from its first step, and again each time a step sends the call back: steps that are
// finished are passed over.
func (c *call) pass() bool {
	again := !c.begun || c.back
	c.begun, c.back = true, false
	return again && c.alive()
}

// alive reports whether the run has anything more to do.
func (c *call) alive() bool {
	return c.err == nil && !c.cancelled && !c.p.Status.Ended() && c.moveTo == ""
}

// due reports whether it is this step's turn.
func (c *call) due(step usm.Step) bool {
	return c.alive() && !c.back && !c.p.Steps[step].State.Finished()
}

// step performs one step: by itself when the procedure says so, else by waiting for whoever finishes it.
func (c *call) step(step usm.Step, activity any) {
	for c.due(step) {
		c.current, c.activity = step, activity
		if c.p.Waiting.Kind == usm.WaitNone {
			c.performItself(step)
		} else {
			c.await()
		}
	}
}

// bind gives the call the workflow that its route decides. When that is the sibling, the run continues as it.
func (c *call) bind() {
	if c.alive() && !c.back && c.p.Workflow != c.w.Name {
		c.moveTo = c.p.Workflow
	}
}

// close ends the run: what is under way is finished first, and nothing that arrived is lost.
func (c *call) close() (usm.Result, error) {
	if c.err == nil && c.moveTo != "" {
		if err := c.move(); !temporal.IsCanceledError(err) {
			return usm.Result{}, err
		}
		c.moveTo, c.cancelled = "", true
	}
	// An abort of the run by Temporal has already been recorded; the handlers still get their answer.
	ctx, _ := workflow.NewDisconnectedContext(c.ctx)
	c.abortCancelled()
	if c.opened {
		c.show()
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	c.report(ctx)
	c.recordLetters(ctx)
	return c.result(), cmp.Or(refused(c.err), err) // joined errors would lose the type by which a refusal is known
}

func (c *call) result() usm.Result {
	return usm.Result{Number: c.in.Number, Status: c.p.Status, Outcome: c.p.Outcome}
}

// move continues the call in a new run, under its own or its sibling's name.
func (c *call) move() error {
	c.detachChildren()
	if err := workflow.Await(c.ctx, func() bool { return workflow.AllHandlersFinished(c.ctx) }); err != nil {
		return err //nolint:wrapcheck // Temporal's own
	}
	if err := c.lock.Lock(c.ctx); err != nil { // a routine beside the main one may still record something
		return err //nolint:wrapcheck // Temporal's own
	}
	c.drain()
	c.requestAgain()
	next := c.in
	next.Progress = &c.p
	// What was recorded while this run waited for its end may have bound the call to the sibling.
	return goOn(c.ctx, c.p.Workflow, next)
}
