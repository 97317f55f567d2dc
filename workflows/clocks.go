package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// keepTime rings the alarms of the call's clocks: warnings, breaches and the steps of the escalation ladder. One durable
// timer is armed at a time, for the next of them. Every recorded change brings back when that is, so arming it anew costs
// no activity, and no clock, calendar or time zone is in workflow code.
func (c *call) keepTime() {
	workflow.Go(c.ctx, func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return !c.keeping() || c.p.Watch.Alarm.Key != "" }) == nil && c.keeping() {
			alarm := c.p.Watch.Alarm
			if c.until(ctx, alarm) {
				c.ring(ctx, alarm)
			}
		}
	})
}

// keeping reports whether alarms still matter in this run.
func (c *call) keeping() bool { return c.alive() && !c.aborting }

// until waits for the moment of the alarm; false when another one is next, or none.
func (c *call) until(ctx workflow.Context, alarm usm.Alarm) bool {
	overtaken := func() bool { return !c.keeping() || !same(c.p.Watch.Alarm, alarm) }
	changed, err := awaitAlarm(ctx, alarm, overtaken)
	return err == nil && !changed && !overtaken()
}

// awaitAlarm waits for the condition or for the moment of the alarm, if it has one; ok is false when that came first.
func awaitAlarm(ctx workflow.Context, alarm usm.Alarm, condition func() bool) (ok bool, err error) {
	if alarm.Key == "" {
		return true, workflow.Await(ctx, condition)
	}
	left := alarm.At.Sub(workflow.Now(ctx))
	if left <= 0 {
		return false, nil // while no worker was there
	}
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel() // ends the timer, which the SDK would let run on
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: left, TimerOptions: workflow.TimerOptions{Summary: usm.Summary(alarm.Key)},
	}, condition)
}

func same(a, b usm.Alarm) bool { return a.Key == b.Key && a.At.Equal(b.At) }

// ring records the alarm and takes over what it does to the call. An alarm that came to nothing, because something else
// was recorded first, only brings the next one. One that is refused, because the norm that it leads to cannot be measured,
// ends no call: the next change says again what rings.
func (c *call) ring(ctx workflow.Context, alarm usm.Alarm) {
	if c.lock.Lock(ctx) != nil {
		return
	}
	defer c.lock.Unlock()
	if !c.keeping() || !same(c.p.Watch.Alarm, alarm) {
		return
	}
	key := "alarm/" + alarm.Key
	result, err := c.amend(ctx, usm.Amendment{Kind: usm.EventAlarm, Key: key, Actor: usm.Automatic, Alarm: alarm}, nil)
	if err != nil && refusalIn(err) == nil {
		c.failed(err)
		return
	}
	if same(c.p.Watch.Alarm, alarm) {
		c.p.Watch.Alarm = usm.Alarm{} // it has rung: never again, whatever the answer says
	}
	c.heed(ctx, alarm, result)
}

// heed takes over what an alarm changed.
func (c *call) heed(ctx workflow.Context, alarm usm.Alarm, result usm.StepResult) {
	if result.Priority != "" {
		c.p.Priority, c.in.Priority = result.Priority, result.Priority
	}
	if result.Waiting != nil && c.p.Waiting.Kind == result.Waiting.Kind {
		state := c.p.Steps[c.p.Step]
		state.Profiles, state.Claimed, state.Steered = result.Waiting.Profiles, result.Waiting.Claimed, result.Waiting.Steered
		c.p.Steps[c.p.Step] = state
		c.p.Waiting.Profiles, c.p.Waiting.Claimed, c.p.Waiting.Steered = state.Profiles, state.Claimed, state.Steered
	}
	c.startBeside(ctx, result.Opened)
	if result.Request != nil {
		work := activities.Work{
			Call: c.in, Step: c.p.Step, Attempt: c.p.Steps[c.p.Step].Attempt, Request: *result.Request, Alarm: alarm.Key,
		}
		startTechnical(ctx, work.Key(), CallSystem, work)
	}
	if c.idle {
		c.show()
	}
}

// pause lets the clocks stand still that the reason pauses; the work goes on.
func (c *call) pause(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	result, err := c.amend(ctx, amendment(usm.EventPaused, action), nil)
	if err == nil {
		c.p.Paused = append(slices.Clone(c.p.Paused), action.Reason)
	}
	return result, err
}

// resume ends a pause.
func (c *call) resume(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	result, err := c.amend(ctx, amendment(usm.EventResumed, action), nil)
	if err == nil {
		c.p.Paused = slices.DeleteFunc(slices.Clone(c.p.Paused), func(reason string) bool { return reason == action.Reason })
	}
	return result, err
}

// rebind lets the clocks run under the agreement and the calendars that are in force now. The procedure stays.
func (c *call) rebind(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventRebound, action), nil)
}

// checkClocks checks what steers the clocks.
func (c *call) checkClocks(action usm.Action) error {
	paused := slices.Contains(c.p.Paused, action.Reason)
	switch {
	case action.Name == usm.ActionRebind:
		if a := action.Applies; a != "" && a != usm.Retroactive && a != usm.FromChange && a != usm.Recompute {
			return usm.Invalid("/applies", "%q is not retroactive, from_change or recompute", a)
		}
		return required(action.Text, "/reason")
	case action.Reason == "":
		return usm.Invalid("/reason", "is required")
	case action.Name == usm.ActionResume && !paused:
		return c.outOfTurn("the clocks of %s are not paused for %q", c.in.Number, action.Reason)
	case action.Name == usm.ActionPause && !slices.Contains(c.b.Reasons, action.Reason):
		return usm.Invalid("/reason", "%q is no reason to pause the clocks of %s: %v are", action.Reason, c.in.Domain, c.b.Reasons)
	case action.Name == usm.ActionPause && paused:
		return c.outOfTurn("the clocks of %s are paused for %q already", c.in.Number, action.Reason)
	}
	return nil
}
