package store

import (
	"context"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// Amend writes a change that finishes no step, keyed by in.Key; the second time it returns the first result.
//
// usm.EventStepFinished is for the fork steps: their children have come back. usm.EventLinked refuses a call that does not
// exist, usm.EventRetyped registers the call of the new type, usm.EventDeadLetter keeps in.Signals. usm.EventPaused and
// usm.EventResumed need in.Reason, one of Binding.Reasons. usm.EventRebound puts the clocks under what is in force now.
// usm.EventAlarm does what the clocks want done; an alarm that was overtaken leaves nothing and returns only the watch.
func (s *Store) Amend(ctx context.Context, in usm.Amendment) (result usm.StepResult, err error) {
	defer wrapf(&err, "Amend(%s, %s)", in.Call.Number, in.Kind)
	if in.Key == "" {
		return usm.StepResult{}, usm.Errorf(usm.CodeInternal, "an amendment needs a key")
	}
	err = s.transact(ctx, func(t *tx) error {
		row, err := t.lock(ctx, in.Call.Number, in.Key)
		if err != nil {
			return err
		}
		if row.Done {
			result = row.DoneResult.value
			result.Watch, err = s.watchAfter(ctx, t, row.callRow, in)
			return err
		}
		a := amending{tx: t, row: row, in: in}
		if err := a.loadDossier(ctx); err != nil {
			return err
		}
		if in.Kind == usm.EventAlarm {
			result, err = a.ring(ctx)
			return err
		}
		result, err = a.amend(ctx)
		return err
	})
	return result, err
}

// amending is one amendment on its way into the registers.
type amending struct {
	*tx
	row     *locked
	in      usm.Amendment
	change  change
	notices []usm.Notice
	said    usm.Fact // what the trail row does not say
	result  usm.StepResult

	dossier       *dossier // nil: the amendment concerns no approval
	about         string   // id of the approval that it is about
	retro         bool     // that one is owed for a bypass: its own run waits for it, and not the call
	owed          string   // id of the approval that is owed from now on
	unchanged     bool     // nothing is to be recorded
	nonconformity string   // what the trail says of an obligation that was not met
}

func (a *amending) amend(ctx context.Context) (usm.StepResult, error) {
	attempt := a.row.Attempt
	if err := a.special(ctx); err != nil {
		return usm.StepResult{}, err
	}
	var next usm.Next
	if a.in.Next != nil {
		next = *a.in.Next
		if next.Waiting.Kind == usm.WaitApproval { // which one the workflow leaves to the registers
			next.Waiting.Approval = a.row.Waiting.value.Approval
		}
		a.row.move(next)
	}
	if err := a.approve(ctx); err != nil || a.unchanged {
		return a.asItWas(ctx, err)
	}
	event := a.row.event(a.in.Kind, a.in.Key, a.in.Actor)
	event.Step, event.Attempt, event.Text = a.in.Step, attempt, a.in.Text
	event.Fields.value, event.RequestID, event.ActionID = a.in.Fields, a.in.RequestID, a.in.ActionID
	event.Before.value, event.After.value = difference(a.row.was.facts(), a.row.facts())
	var finished []stepRow
	if a.in.Kind == usm.EventStepFinished {
		event.State = usm.StepDone
		finished = append(finished, a.returned(event))
	} else {
		event.Outcome = orElse(a.in.Outcome, next.Outcome)
	}
	if err := a.measure(ctx, &event); err != nil {
		return usm.StepResult{}, err
	}
	event.Result.value = a.result
	a.change.record(a.row.callRow, event, a.notices)
	a.showNonconformity()
	a.change.Update = []callRow{a.row.callRow}
	if a.in.Next != nil {
		a.change.Steps = a.row.stepRows(finished...)
		if err := a.undo(ctx, a.row.Number, next); err != nil {
			return usm.StepResult{}, err
		}
		if err := a.releaseOffer(ctx, a.row.callRow); err != nil {
			return usm.StepResult{}, err
		}
	}
	return a.result, a.write(ctx, a.change)
}

// measure lets clocks and approvals take in what the event says, and works out what is due next.
func (a *amending) measure(ctx context.Context, event *eventRow) (err error) {
	if a.dossier != nil {
		if err := a.dossier.finish(ctx, &a.change); err != nil {
			return err
		}
		a.account(event)
		a.nudgeUnlessHeard(*event)
		a.tellAsked()
	}
	if a.retro { // whatever becomes of the obligation, the call and its clocks go on as they do
		a.result.Watch = soonest(usm.Watch{}, a.dossier.alarms[a.about])
		return nil
	}
	if a.result.Watch, err = a.fold(ctx, &a.change, a.row, event, a.said); err != nil || a.dossier == nil {
		return err
	}
	if open, waits := a.dossier.open(); waits {
		a.result.Watch = soonest(a.result.Watch, a.dossier.alarms[open.ID])
	}
	return nil
}

// special writes what only this kind of amendment has.
func (a *amending) special(ctx context.Context) error {
	switch a.in.Kind { //nolint:exhaustive // the other kinds are a row of the trail and no more
	case usm.EventAnswered:
		a.row.merge(a.in.Fields)
	case usm.EventLinked:
		return a.linkTo(ctx)
	case usm.EventRetyped:
		return a.retype(ctx)
	case usm.EventPaused, usm.EventResumed:
		return a.pause(ctx)
	case usm.EventRebound:
		return a.rebind(ctx)
	case usm.EventDecided:
		return a.decide(ctx)
	case usm.EventBypassed:
		return a.bypass(ctx)
	case usm.EventApproverAdded:
		return a.addApprover(ctx)
	case usm.EventRechecked:
		return a.recheck(ctx)
	case usm.EventDeadLetter:
		return deadLetters(ctx, a.tx, a.row.Number, a.in.Text, a.in.Signals...)
	}
	return nil
}

func (a *amending) linkTo(ctx context.Context) error {
	var r references
	if a.in.To == a.row.Number {
		r.refusef("/to", "a call is not linked to itself")
	}
	r.add("call", a.in.To, "/to")
	if err := r.check(ctx, a.tx, a.row.Domain); err != nil {
		return err
	}
	a.change.link(a.row.Number, orElse(a.in.LinkKind, "related"), a.in.To)
	return nil
}

// retype registers the same request in the register of its new type. The old number goes on finding the old call.
func (a *amending) retype(ctx context.Context) error {
	if !a.in.Type.Valid() {
		return usm.Invalid("/type", "there is no type %q", a.in.Type)
	}
	call := a.row.call()
	call.Number, call.Type, call.Category, call.Priority = "", a.in.Type, "", ""
	if call.IsChild() {
		call.Parent, call.ForkedAt, call.Coordinator = "", "", nil // the parent does not wait for the new call
	}
	call.Typing = usm.Typing{Type: a.in.Type, Reason: fmt.Sprintf("%s was retyped: %s", a.row.Number, a.in.Text)}
	opened, err := a.admit(ctx, &a.change, admission{call: call, actor: a.in.Actor, requestID: a.in.RequestID})
	if err != nil {
		return err
	}
	a.change.link(a.row.Number, "retyped_to", opened[0].Number)
	a.result.Opened = opened
	return nil
}

// returned is the fork step, finished by the calls it opened.
func (a *amending) returned(event eventRow) stepRow {
	return stepRow{
		Call: a.row.Number, Step: a.in.Step, Attempt: event.Attempt, State: usm.StepDone, By: event.By, For: event.For,
		FinishedAt: &a.row.Now,
	}
}
