package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// RetroApproval is a technical workflow, with nothing of USM in it: it waits for the approval that is owed for a bypass, for
// as long as the policy gives, whatever becomes of the call. Time that runs out has the registers raise a risk. Nothing but
// its end ends it: a cancellation by Temporal does not pay what is owed.
func RetroApproval(ctx workflow.Context, owed usm.Obligation) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	o := obligation{Obligation: owed, lock: workflow.NewMutex(ctx)}
	err := o.handle(ctx)
	for err == nil && !o.closed && !o.moving {
		err = o.wait(ctx)
	}
	if err == nil {
		o.show(ctx)
		err = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	}
	if err == nil && o.moving && !o.closed {
		return goOn(ctx, RetroApproval, o.Obligation)
	}
	return refused(err)
}

// startOwed has an approval that is owed for a bypass waited for.
func startOwed(ctx workflow.Context, owed usm.Obligation) {
	what := "waits for approval " + owed.Approval + ", owed for a bypass: " + owed.Call.Subject
	startTechnicalAs(ctx, owed.WorkflowID(), what, RetroApproval, owed)
}

// obligation is an approval that is owed, while it is open.
type obligation struct {
	usm.Obligation

	lock   workflow.Mutex // one recorded change at a time
	closed bool
	moving bool   // to a new run
	shown  string // what the Temporal UI was last told
}

// handle installs two updates, a vote and the look again when who was to approve may have left, and the one that changes
// nothing.
func (o *obligation) handle(ctx workflow.Context) error {
	for _, update := range []struct {
		name usm.ActionName
		kind usm.EventKind
	}{{usm.ActionDecide, usm.EventDecided}, {usm.ActionRecheck, usm.EventRechecked}} {
		handler := func(ctx workflow.Context, action usm.Action) (usm.Ack, error) {
			ctx, _ = workflow.NewDisconnectedContext(ctx)
			if action.ID == "" {
				action.ID = workflow.GetCurrentUpdateInfo(ctx).ID
			}
			if update.name == usm.ActionRecheck {
				action.Vote = &usm.Vote{Approval: o.Approval}
			}
			err := o.record(ctx, amendment(update.kind, action), func() error { return o.check(action, update.name) })
			return o.ack(), refused(err)
		}
		validator := func(action usm.Action) error { return refused(o.check(action, update.name)) }
		err := workflow.SetUpdateHandlerWithOptions(ctx, string(update.name), handler, workflow.UpdateHandlerOptions{Validator: validator})
		if err != nil {
			return err //nolint:wrapcheck // a mistake of this package
		}
	}
	settle := func(workflow.Context, usm.Action) (usm.Ack, error) { return o.ack(), nil }
	return workflow.SetUpdateHandler(ctx, string(usm.ActionSettle), settle) //nolint:wrapcheck // a mistake of this package
}

func (o *obligation) ack() usm.Ack { return usm.Ack{Number: o.Call.Number} }

// check refuses what cannot count.
func (o *obligation) check(action usm.Action, name usm.ActionName) error {
	switch {
	case o.moving:
		return usm.Errorf(usm.CodeUnavailable, "approval %s is moving to a new run; try again", o.Approval)
	case o.closed:
		return errOver(o.Approval)
	case name == usm.ActionRecheck:
		return nil
	case action.Vote == nil:
		return usm.Invalid("/decision", "is required")
	case action.Vote.Approval != o.Approval:
		return usm.Errorf(usm.CodeNotFound, "this run waits for approval %s, not for %s", o.Approval, action.Vote.Approval)
	case !action.Actor.IsPerson():
		return usm.Errorf(usm.CodeForbidden, "machines ask for approvals and never give one")
	}
	return usm.CheckVote(*action.Vote, action.Text, o.Digest)
}

func errOver(approval string) error {
	return usm.Errorf(usm.CodeOutOfTurn, "approval %s has ended", approval)
}

// wait waits for the next moment of the approval, for its end, or until the run has to move.
func (o *obligation) wait(ctx workflow.Context) error {
	o.show(ctx)
	alarm := o.Watch.Alarm
	moved := func() bool { return o.closed || !same(o.Watch.Alarm, alarm) || outgrown(ctx) }
	if !moved() {
		inTime, err := awaitAlarm(ctx, alarm, moved)
		if err != nil {
			return err
		}
		if !inTime {
			return o.ring(ctx, alarm)
		}
	}
	o.moving = outgrown(ctx) && !o.closed
	return nil
}

// errOvertaken says that something was recorded first, so that nothing is to be recorded any more.
var errOvertaken = errors.New("overtaken")

// ring records an alarm that something else may have overtaken meanwhile.
func (o *obligation) ring(ctx workflow.Context, alarm usm.Alarm) error {
	in := usm.Amendment{Kind: usm.EventAlarm, Key: "alarm/" + alarm.Key, Actor: usm.Automatic, Alarm: alarm}
	err := o.record(ctx, in, func() error {
		if o.closed || !same(o.Watch.Alarm, alarm) {
			return errOvertaken
		}
		return nil
	})
	if errors.Is(err, errOvertaken) {
		return nil
	}
	if err == nil && same(o.Watch.Alarm, alarm) {
		o.Watch.Alarm = usm.Alarm{} // it has rung: never again, whatever the answer says
	}
	return err
}
