package store

import (
	"context"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// FinishStep writes a step's trail row, its effects, the state that follows (in.Next), the outbox rows, the child calls of
// a fork and the calls that were raised. A step and attempt that is finished already returns its first result; with
// another digest it is usm.CodeAlreadyFinished. usm.CodeInvalid says which field names what is not there.
func (s *Store) FinishStep(ctx context.Context, in usm.StepInput, effects usm.Effects) (result usm.StepResult, err error) {
	defer wrapf(&err, "FinishStep(%s, %s)", in.Call.Number, in.Step)
	err = s.transact(ctx, func(t *tx) error {
		key := fmt.Sprintf("step/%s/%d", in.Step, in.Attempt)
		row, err := t.lock(ctx, in.Call.Number, key)
		if err != nil {
			return err
		}
		if row.Done {
			if err := row.sameAs(in); err != nil {
				return err
			}
			result = row.DoneResult.value
			result.Watch, err = s.watch(ctx, t, row.callRow)
			return err
		}
		if row.DomainVersion == 0 {
			return usm.Errorf(usm.CodeOutOfTurn, "call %s is registered and not opened yet", row.Number)
		}
		if row.Status.Ended() {
			return usm.Errorf(usm.CodeOutOfTurn, "call %s has ended as %s", row.Number, row.Status)
		}
		f := finishing{tx: t, row: row, in: in, effects: effects}
		result, err = f.finish(ctx, key)
		return err
	})
	return result, err
}

// sameAs refuses a repetition that is none, because it says something else.
func (c *locked) sameAs(in usm.StepInput) error {
	if c.DoneDigest != nil && *c.DoneDigest != in.Digest {
		return usm.Errorf(usm.CodeAlreadyFinished, "step %s of call %s was finished before, with another content", in.Step, c.Number)
	}
	return nil
}

// finishing is one step on its way into the registers.
type finishing struct {
	*tx
	row     *locked
	in      usm.StepInput
	effects usm.Effects
	change  change
	result  usm.StepResult

	withdrawn string // id of the approval that the step is finished without
}

func (f *finishing) finish(ctx context.Context, key string) (usm.StepResult, error) {
	if err := f.checkReferences(ctx); err != nil {
		return usm.StepResult{}, err
	}
	f.row.about(f.effects.Facts)
	f.row.merge(f.in.Fields)
	if f.in.Step == usm.PrepareRecovery || f.in.Step == usm.SelectMeasure {
		f.row.Route = f.in.Outcome
	}
	f.row.sendTo(f.effects)
	f.row.move(f.in.Next)
	if err := f.withdrawApproval(ctx); err != nil {
		return usm.StepResult{}, err
	}
	if err := f.coverAgain(ctx, &f.change, f.row); err != nil {
		return usm.StepResult{}, err
	}
	f.result = usm.StepResult{Outcome: f.in.Outcome, Priority: f.row.Priority, Category: f.row.Category}
	for _, write := range []func(context.Context) error{f.writeRecords, f.writeAgreement, f.writeComponents, f.openCalls} {
		if err := write(ctx); err != nil {
			return usm.StepResult{}, err
		}
	}
	event := f.event(key)
	event.Before.value, event.After.value = difference(f.row.was.facts(), f.row.facts())
	if f.withdrawn != "" {
		event.Before.value["approvals"] = map[string]any{f.withdrawn: usm.ApprovalOpen}
		event.After.value["approvals"] = map[string]any{f.withdrawn: usm.ApprovalWithdrawn}
	}
	watch, err := f.fold(ctx, &f.change, f.row, &event, usm.Fact{})
	if err != nil {
		return usm.StepResult{}, err
	}
	f.result.Watch = watch
	event.Result.value = f.result
	f.change.record(f.row.callRow, event, f.effects.Notices)
	f.change.Update = append(f.change.Update, f.row.callRow)
	if f.forks() {
		f.change.Steps = f.row.stepRows()
	} else {
		f.change.Steps = f.row.stepRows(f.finished(event))
	}
	if err := f.undo(ctx, f.row.Number, f.in.Next); err != nil {
		return usm.StepResult{}, err
	}
	return f.result, f.write(ctx, f.change)
}

// forks reports whether the step stays open until the calls it opens come back.
func (f *finishing) forks() bool { return len(f.in.Forks) > 0 }

func (f *finishing) event(key string) eventRow {
	kind := usm.EventStepFinished
	if f.forks() {
		kind = usm.EventForked // the step is finished when its children are
	}
	event := f.row.event(kind, key, f.in.Actor)
	event.Step, event.Attempt, event.State, event.Outcome = f.in.Step, f.in.Attempt, f.in.State, f.in.Outcome
	event.Text = orElse(f.in.NotApplicable, f.in.Note)
	event.Fields.value = f.in.Fields
	event.RequestID, event.ActionID, event.Digest = f.in.RequestID, f.in.ActionID, f.in.Digest
	return event
}

func (f *finishing) finished(event eventRow) stepRow {
	reason, _ := f.in.Fields["reason"].(string)
	return stepRow{
		Call: f.row.Number, Step: f.in.Step, Attempt: f.in.Attempt, State: orElse(f.in.State, usm.StepDone),
		By: event.By, For: event.For, Outcome: f.in.Outcome, Reason: orElse(f.in.NotApplicable, reason),
		FinishedAt: &f.row.Now,
	}
}

// openCalls registers what the step opens: the children of a fork, which its workflow waits for, and the calls it raised.
func (f *finishing) openCalls(ctx context.Context) error {
	var admissions []admission
	for _, name := range f.in.Forks {
		workflow, ok := usm.WorkflowNamed(name)
		if !ok {
			return usm.Errorf(usm.CodeInternal, "there is no workflow %q to fork to", name)
		}
		admissions = append(admissions, f.child(workflow))
	}
	for _, raised := range f.effects.Raise {
		admissions = append(admissions, f.raised(raised))
	}
	if len(admissions) == 0 {
		return nil
	}
	opened, err := f.admit(ctx, &f.change, admissions...)
	f.result.Opened = opened
	return err
}

// child is a call that takes over what its parent is about.
func (f *finishing) child(workflow usm.Workflow) admission {
	call := f.row.call()
	call.Number, call.Parent, call.ForkedAt, call.Coordinator = "", f.row.Number, f.in.Step, f.in.ConfirmBy
	call.Type = workflow.Process.CallType()
	call.Fields = nil
	call.Typing = usm.Typing{Type: call.Type, Reason: fmt.Sprintf("opened by %s of %s", f.in.Step, f.row.Number)}
	return admission{
		call: call, workflow: workflow.Name, fork: f.in.Attempt, parent: f.row.callRow, actor: f.in.Actor,
		requestID: f.in.RequestID,
	}
}

// raised is a separate call that this one goes on without.
func (f *finishing) raised(asked usm.NewCall) admission {
	asked.Parent = f.row.Number
	asked.Domain = orElse(asked.Domain, f.row.Domain)
	asked.Requester = orElse(asked.Requester, f.row.Requester)
	call := usm.Call{NewCall: asked, Typing: usm.Typing{
		Type: asked.Type, Reason: fmt.Sprintf("raised at %s of %s", f.in.Step, f.row.Number),
	}}
	return admission{call: call, actor: f.in.Actor, requestID: f.in.RequestID}
}
