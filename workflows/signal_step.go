package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// signalled reports whether a signal that the open step waits for is there.
func (c *call) signalled() bool {
	return c.p.Waiting.Kind == usm.WaitSignal && !c.aborting && c.awaited() >= 0
}

func (c *call) awaited() int {
	return slices.IndexFunc(c.p.Early, func(s usm.Signal) bool { return s.Name == c.p.Waiting.Signal })
}

// takeSignal finishes the open step with the signal it waits for. A signal that the rule passes over is noted; one that
// does not give what the step needs goes to the dead letters with the reason. In both cases the step waits on.
func (c *call) takeSignal() {
	c.locked(func() error {
		i := c.awaited()
		if c.p.Waiting.Kind != usm.WaitSignal || i < 0 {
			return nil
		}
		signal := c.p.Early[i]
		c.p.Early = slices.Delete(slices.Clone(c.p.Early), i, i+1)
		action, match, err := c.read(signal)
		switch refusal := refusalIn(err); {
		case refusal != nil:
			return c.deadLetter(c.ctx, refusal.Error(), signal)
		case err != nil:
			return err
		case !match:
			_, err := c.amend(c.ctx, usm.Amendment{Kind: usm.EventSignal, Actor: action.Actor, Text: signal.Name + " " + signal.ID}, nil)
			return err
		}
		_, err = c.submit(c.ctx, action, usm.StepDone)
		if refusal := refusalIn(err); refusal != nil {
			return c.deadLetter(c.ctx, refusal.Error(), signal)
		}
		return err
	})
}

// read maps a signal to the action it stands for and checks that against what the step needs.
func (c *call) read(signal usm.Signal) (action usm.Action, match bool, err error) {
	var a *callActivities
	var reading activities.Reading
	step := c.p.Step
	action = usm.Action{Name: usm.ActionFinish, Step: step, Actor: usm.SystemActor(signal.Source)}
	rule := *c.b.Procedure.Rule(step).Signal
	ctx := ownTransaction(c.ctx, signal.Name+" of "+signal.Source)
	err = workflow.ExecuteLocalActivity(ctx, a.ReadSignal, rule, c.in, signal).Get(ctx, &reading)
	if err != nil || !reading.Match {
		return action, false, err //nolint:wrapcheck // looked into by the caller
	}
	action.Outcome, action.Fields = reading.Outcome, reading.Fields
	if action.Outcome == "" && step.Kind() == usm.KindAccept {
		action.Outcome = usm.Accepted
	}
	return action, true, steps.Validate(step, action.Outcome, action.Fields)
}

// recordLetters keeps what arrived for a call that has ended.
func (c *call) recordLetters(ctx workflow.Context) {
	for c.drain(); len(c.p.Early) > 0 && c.opened && c.err == nil; c.drain() {
		letters := c.p.Early
		c.p.Early = nil
		c.err = c.deadLetter(ctx, "the call had ended", letters...)
	}
}
