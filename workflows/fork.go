package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// fork calls and returns: it opens the child calls that the workflow or the decided route asks for, waits until all of
// them have ended, and finishes the step. A child that ends in another way than fulfilled sends the call back to the
// step before the fork.
func (c *call) fork(step usm.Step, activity any) {
	for c.due(step) {
		c.current, c.activity = step, activity
		switch {
		case len(c.forks()) == 0 || c.b.Procedure.Rule(step).NotApplicable != "":
			c.passFork(step)
		case len(c.p.Children) == 0:
			c.openFork(step)
		default:
			c.startChildren()
			c.await()
			c.returnFromFork(step)
		}
	}
}

func (c *call) forks() []usm.Workflow { return c.w.Forks(c.p.Route) }

// passFork records that there is nothing to fork to: the risk was accepted.
func (c *call) passFork(step usm.Step) {
	c.locked(func() error {
		action, _ := c.ownAction(step)
		if action.NotApplicable == "" {
			action.NotApplicable = "the risk is accepted: no measure is deployed"
		}
		_, err := c.perform(c.ctx, action, usm.StepNotApplicable)
		return err
	})
}

// openFork writes the child calls, each with its own number in its own register.
func (c *call) openFork(step usm.Step) {
	c.locked(func() error {
		p := c.plan()
		in := usm.StepInput{
			Call: c.in, Version: c.b.Version, Workflow: p.Workflow, Step: step, Attempt: p.Steps[step].Attempt,
			Actor: usm.Automatic, State: usm.StepOpen, Next: next(p),
			ConfirmBy: []string{c.b.Procedure.Rule(step).Accountable},
		}
		for _, w := range c.forks() {
			in.Forks = append(in.Forks, w.Name)
		}
		var result usm.StepResult
		err := workflow.ExecuteLocalActivity(ownTransaction(c.ctx, summary(in)), c.activity, in).Get(c.ctx, &result)
		if err != nil {
			return err //nolint:wrapcheck // ends the run as it is
		}
		for _, child := range result.Opened {
			child.Barred = usm.Approvers(c.in, c.p.Steps)
			p.Children = append(p.Children, usm.Child{Number: child.Number, Workflow: child.Type.Start().Name})
			c.start(c.ctx, child, true)
		}
		c.take(p, false)
		c.p.Watch = result.Watch
		return nil
	})
}

// startChildren waits until the engine has every child, so that a settled call can be followed into them.
func (c *call) startChildren() {
	for _, child := range c.p.Children {
		future, started := c.futures[child.Number]
		if !started {
			continue
		}
		var execution workflow.Execution
		if err := future.GetChildWorkflowExecution().Get(c.ctx, &execution); err != nil {
			c.childEnded(usm.Result{Number: child.Number, Status: usm.StatusAborted, Outcome: usm.OutcomeAborted})
		}
	}
}

// start starts the workflow of a call that this one opened. awaited calls report their end.
func (c *call) start(ctx workflow.Context, child usm.Call, awaited bool) workflow.ChildWorkflowFuture {
	// A run that Temporal cancels takes no call with it: children are asked by the abort, others go on.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	future := workflow.ExecuteChildWorkflow(forked(ctx, child, c.b.TaskQueue), child.Type.Start().Name, child)
	if !awaited {
		return future
	}
	c.futures[child.Number] = future
	workflow.Go(c.ctx, func(ctx workflow.Context) {
		var result usm.Result
		if err := future.Get(ctx, &result); err != nil {
			result = usm.Result{Status: usm.StatusAborted, Outcome: usm.OutcomeAborted}
		}
		result.Number = child.Number
		c.childEnded(result)
	})
	return future
}

// startBeside starts calls that go on by themselves: incidents, risks and improvements raised, a retyped call.
func (c *call) startBeside(ctx workflow.Context, opened []usm.Call) {
	for _, other := range opened {
		var execution workflow.Execution
		// A call that cannot be started from here (a taken ID) is in the intake and is started from there.
		_ = c.start(ctx, other, false).GetChildWorkflowExecution().Get(ctx, &execution)
	}
}

// childEnded notes how a child ended.
func (c *call) childEnded(result usm.Result) {
	for i, child := range c.p.Children {
		if child.Number == result.Number && !child.Closed {
			c.p.Children[i].Closed, c.p.Children[i].Outcome = true, result.Outcome
		}
	}
}

func (c *call) childrenEnded() bool {
	for _, child := range c.p.Children {
		if !child.Closed {
			return false
		}
	}
	return true
}

// returnFromFork finishes the fork step when all children have ended.
func (c *call) returnFromFork(step usm.Step) {
	if !c.due(step) || c.aborting || len(c.p.Children) == 0 || !c.childrenEnded() {
		return
	}
	c.locked(func() error {
		for _, child := range c.p.Children {
			if child.Outcome != usm.OutcomeFulfilled {
				c.goBack(c.ctx, step.Before(), usm.Automatic, fmt.Sprintf("%s ended as %s", child.Number, child.Outcome))
				return nil
			}
		}
		p := c.plan()
		done := p.Steps[step]
		done.State, done.By = usm.StepDone, usm.Automatic.Person
		after := c.finishStep(&p, step, done)
		_, err := c.amend(c.ctx, usm.Amendment{
			Kind: usm.EventStepFinished, Key: fmt.Sprintf("step/%s/%d/returned", step, done.Attempt),
			Step: step, Actor: usm.Automatic, Next: &after,
		}, &p)
		return err
	})
}

// locked runs one recorded change of the main routine.
func (c *call) locked(change func() error) {
	if err := c.lock.Lock(c.ctx); err != nil {
		c.failed(err)
		return
	}
	defer c.lock.Unlock()
	if c.alive() {
		c.failed(change())
	}
}
