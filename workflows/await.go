package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// How long a call waits where the procedure does not say: a question at an accept step, a delivery to be confirmed, a
// fulfilled call to be evaluated.
const (
	answerWithin  = 30 * 24 * time.Hour
	confirmWithin = 14 * 24 * time.Hour
	closeWithin   = 14 * 24 * time.Hour
)

// await waits until somebody moves the call, a signal that the step waits for is there, all children have ended, time
// is up, or the call has to go on in a new run.
func (c *call) await() {
	c.askForWork()
	step, turn := c.p.Step, c.turn
	moved := func() bool { return !c.alive() || c.back || c.turn != turn || c.p.Waiting.Kind == usm.WaitNone }
	ready := func() bool {
		return moved() || c.signalled() || c.outgrown() ||
			(c.p.Waiting.Kind == usm.WaitChild && len(c.p.Children) > 0 && c.childrenEnded() && !c.aborting)
	}
	c.show()
	c.idle = !ready()
	inTime, err := c.awaitUntil(ready)
	c.idle = false
	switch {
	case err != nil:
		c.interrupted()
	case !inTime:
		c.timeUp(step)
	case moved():
	case c.signalled():
		c.takeSignal()
	case c.outgrown():
		c.moveTo = c.w.Name
	}
}

// awaitUntil waits for the condition or for the time that the kind of waiting has; ok is false when time is up.
func (c *call) awaitUntil(condition func() bool) (ok bool, err error) {
	limit, what := c.patience()
	if limit == 0 {
		return true, workflow.Await(c.ctx, condition)
	}
	left := max(c.p.Waiting.Since.Add(limit).Sub(workflow.Now(c.ctx)), time.Second)
	ctx, cancel := workflow.WithCancel(c.ctx)
	defer cancel() // ends the timer, which the SDK would let run on
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: left, TimerOptions: workflow.TimerOptions{Summary: what},
	}, condition)
}

// patience is how long the call waits as it does now, 0 for ever.
func (c *call) patience() (limit time.Duration, what string) {
	rule := c.b.Procedure.Rule(c.p.Step)
	switch {
	case c.p.Waiting.Kind == usm.WaitAnswer && c.p.Step.Kind() == usm.KindAccept:
		return duration(rule.AnswerWithin, answerWithin), "the requester answers"
	case c.p.Waiting.Kind == usm.WaitConfirmation:
		return duration(rule.ConfirmWithin, confirmWithin), "delivery is confirmed"
	case c.p.Waiting.Kind == usm.WaitStep && c.p.Step.Kind() == usm.KindClose:
		return duration(rule.CloseWithin, closeWithin), "the call is evaluated"
	}
	return 0, ""
}

func duration(text string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d
	}
	return otherwise
}

// timeUp does what the procedure says when nobody came: an unanswered question rejects the call, an unconfirmed
// delivery counts as confirmed, a call that nobody evaluates is closed with that on record.
func (c *call) timeUp(step usm.Step) {
	c.locked(func() error {
		if !c.due(step) || c.aborting {
			return nil
		}
		action := usm.Action{Step: step, Actor: usm.Unattended}
		switch {
		case c.p.Waiting.Kind == usm.WaitAnswer:
			action.Outcome, action.Fields = usm.Rejected, map[string]any{"reason": "the question was not answered in time"}
		case step.Kind() == usm.KindClose:
			action.Fields = evaluation(false, "nobody evaluated the call in time")
		default:
			action.Outcome, action.Fields = usm.Confirmed, map[string]any{"remarks": "unattended"}
		}
		_, err := c.submit(c.ctx, action, usm.StepDone)
		return err
	})
}

// outgrown reports whether the run should end here, which it may while nothing is half done.
func (c *call) outgrown() bool { return outgrown(c.ctx) && !c.aborting }

// askForWork sends the outbound request of a system step, once per attempt, beside the waiting: whoever finishes the
// step first ends it.
func (c *call) askForWork() {
	step := c.p.Step
	rule, state := c.b.Procedure.Rule(step), c.p.Steps[step]
	if c.p.Waiting.Kind != usm.WaitSignal || rule.Request == nil || state.Asked {
		return
	}
	state.Asked = true
	c.p.Steps[step] = state
	c.request(step, state.Attempt, *rule.Request)
}
