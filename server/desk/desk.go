// Package desk carries what people and systems ask to the workflows. It is the only part of the gateway that knows
// Temporal.
package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/usm-works/usm/usm"
)

// A run that another run orders is there within a few of these.
const (
	arrival  = 20 * time.Millisecond
	arrivals = 10
)

// Options change how a Desk works. The zero value is usable.
type Options struct {
	// TaskQueue of the workers; "" means "usm".
	TaskQueue string
	// QueueOf returns the task queue of a domain that asks for its own, "" for the usual one; nil means there is none.
	QueueOf func(ctx context.Context, domain string) (string, error)
	// ConsoleURL is the address a call's number is appended to, for the link in Temporal's pages; "" links nothing.
	ConsoleURL string
	// Settle is how long an answer waits for the engine to come to rest; 0 means 5 s.
	Settle time.Duration
	// Act is how long an action waits for a worker; 0 means 10 s.
	Act time.Duration
}

// Desk sends actions and signals to the workflows of calls. It is safe for concurrent use.
type Desk struct {
	temporal client.Client
	options  Options
}

// New returns a desk that speaks through a client, which stays the caller's to close.
func New(temporal client.Client, o Options) *Desk {
	if o.TaskQueue == "" {
		o.TaskQueue = "usm"
	}
	if o.Settle <= 0 {
		o.Settle = 5 * time.Second
	}
	if o.Act <= 0 {
		o.Act = 10 * time.Second
	}
	return &Desk{temporal: temporal, options: o}
}

// Act sends one action as an update to the run of that ID (a call's number, or that of an approval that is owed) and returns
// its answer. When the engine goes on by itself after it, Act also waits until the call has settled, but no longer than
// Options.Settle: the action is done either way. Refusals of the run come back as they were made; usm.CodeUnavailable means
// that Temporal or every worker is away, and that the same action with the same ID may be sent again.
func (d *Desk) Act(ctx context.Context, number string, action usm.Action) (usm.Ack, error) {
	var ack usm.Ack
	limited, cancel := d.watched(ctx, d.options.Act)
	defer cancel()
	err := d.update(limited, number, action.ID, action, &ack)
	if isMoving(err) {
		d.settle(limited, number, "")
		err = d.update(limited, number, action.ID, action, &ack)
	}
	if isNotFound(err) {
		return usm.Ack{}, d.gone(ctx, number)
	}
	if err != nil {
		return usm.Ack{}, refusal(err)
	}
	d.follow(ctx, action, ack)
	return ack, nil
}

// follow waits for what the action set going in other runs, so that whoever reads next reads how it came out.
func (d *Desk) follow(ctx context.Context, action usm.Action, ack usm.Ack) {
	if action.Name == usm.ActionRetype && len(ack.Opened) > 0 {
		d.settle(ctx, ack.Opened[0], "") // it answers for the call from now on
	}
	if ack.Moving {
		ack = d.settle(ctx, ack.Number, "")
	}
	if ack.Parent != "" {
		ack = d.settle(ctx, ack.Parent, ack.Number)
	}
	if action.Name != usm.ActionNote && action.Name != usm.ActionLink {
		for _, child := range ack.Waits {
			d.settle(ctx, child, "")
		}
	}
}

// Answered returns the answer that a run has given to the action of that ID, also one that has ended; usm.CodeNotFound for none.
func (d *Desk) Answered(ctx context.Context, number, id string) (ack usm.Ack, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	err = d.temporal.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: number, UpdateID: id}).Get(ctx, &ack)
	if isNotFound(err) {
		return usm.Ack{}, usm.Errorf(usm.CodeNotFound, "%s has answered no such action", number)
	}
	return ack, refusal(err)
}

func (d *Desk) update(ctx context.Context, number, id string, action usm.Action, ack *usm.Ack) error {
	handle, err := d.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   number,
		UpdateID:     id,
		UpdateName:   string(action.Name),
		Args:         []any{action},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(ctx, ack)
}

// settle waits until the engine has come to rest, and knows that the child (if any) has ended. It is a courtesy to the
// reader of the answer, so nothing it meets is an error: the call may even have ended meanwhile. A run that was ordered but
// is not there yet is asked again.
func (d *Desk) settle(ctx context.Context, number, child string) (ack usm.Ack) {
	ctx, cancel := d.watched(ctx, d.options.Settle)
	defer cancel()
	for range arrivals {
		err := d.update(ctx, number, "settle-"+rand.Text(), usm.Action{Name: usm.ActionSettle, To: child}, &ack)
		if !isNotFound(err) {
			return ack
		}
		select {
		case <-time.After(arrival):
		case <-ctx.Done():
			return ack
		}
	}
	return ack
}

// gone says why a run takes no action: it has ended, the engine does not have it, or no longer has the action, which may be sent again.
func (d *Desk) gone(ctx context.Context, number string) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	run, err := d.temporal.DescribeWorkflowExecution(ctx, number, "")
	switch {
	case run.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return usm.Errorf(usm.CodeUnavailable, "the engine has lost what %s was to do; try again", number)
	case err == nil:
		return usm.Errorf(usm.CodeOutOfTurn, "%s has ended", number)
	case isNotFound(err):
		return usm.Errorf(usm.CodeNotFound, "the engine has no %s", number)
	default:
		return refusal(err)
	}
}

// Signal delivers a signal under its name; usm.CodeNotFound when no open workflow has that number.
func (d *Desk) Signal(ctx context.Context, number string, signal usm.Signal) error {
	ctx, cancel := d.watched(ctx, d.options.Act)
	defer cancel()
	err := d.temporal.SignalWorkflow(ctx, number, "", signal.Name, signal)
	if isNotFound(err) {
		return usm.Errorf(usm.CodeNotFound, "no open call has the number %s", number)
	}
	return refusal(err)
}

func isNotFound(err error) bool {
	var notFound *serviceerror.NotFound
	return errors.As(err, &notFound)
}
