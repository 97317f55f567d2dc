package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// record has a change written if it still matters once its turn has come.
func (o *obligation) record(ctx workflow.Context, in usm.Amendment, matters func() error) error {
	if err := o.lock.Lock(ctx); err != nil {
		return err //nolint:wrapcheck // Temporal's own
	}
	defer o.lock.Unlock()
	if err := matters(); err != nil {
		return err
	}
	var a *callActivities
	var result usm.StepResult
	in.Call = o.Call
	if in.Vote == nil { // it is about this approval and not the one that the call may wait for
		in.Vote = &usm.Vote{Approval: o.Approval}
	}
	what := string(in.Kind) + " by " + in.Actor.Person
	if err := workflow.ExecuteLocalActivity(ownTransaction(ctx, what), a.RecordAmendment, in).Get(ctx, &result); err != nil {
		return err //nolint:wrapcheck // translated where it leaves the workflow
	}
	o.Watch = result.Watch
	if result.Owed != nil { // others are asked in place of those who did not answer
		startOwed(ctx, *result.Owed)
	}
	if a := result.Approval; a != nil {
		o.closed = a.ID != o.Approval || a.State != usm.ApprovalOpen
		if !o.closed {
			o.Digest, o.Asked, o.Due = a.Digest, a.Members, a.Due
		}
	}
	for _, raised := range result.Opened {
		free, _ := workflow.NewDisconnectedContext(ctx)
		var execution workflow.Execution
		// One that cannot be started from here is in the intake and is started from there.
		_ = workflow.ExecuteChildWorkflow(forked(free, raised, ""), raised.Type.Start().Name, raised).
			GetChildWorkflowExecution().Get(ctx, &execution)
	}
	return nil
}

// show tells the Temporal UI who is asked, and until when.
func (o *obligation) show(ctx workflow.Context) {
	details := o.details()
	if details == o.shown {
		return
	}
	first := o.shown == ""
	o.shown = details
	waiting, due := usm.WaitApproval, SearchDue.ValueUnset()
	if o.closed {
		waiting = usm.WaitNone
	}
	if o.Due != nil && !o.closed {
		due = SearchDue.ValueSet(*o.Due)
	}
	attributes := []temporal.SearchAttributeUpdate{SearchWaitingFor.ValueSet(string(waiting)), due}
	if first {
		attributes = append(attributes, SearchDomain.ValueSet(o.Call.Domain))
	}
	// What the operator reads is not worth the end of the run.
	_ = workflow.UpsertTypedSearchAttributes(ctx, attributes...)
	workflow.SetCurrentDetails(ctx, details)
}

func (o *obligation) details() string {
	text := fmt.Sprintf("### %s %s\n\nApproval **%s** is owed for a bypass", o.Call.Number, o.Call.Subject, o.Approval)
	switch {
	case o.closed:
		return text + ", and has ended"
	case len(o.Asked) > 0:
		text += ": asks " + strings.Join(o.Asked, ", ")
	}
	if o.Due != nil {
		text += ", due " + o.Due.Format(time.RFC3339)
	}
	return text
}
