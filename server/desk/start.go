package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/usm"
)

const (
	lookWithin  = time.Second     // to see whether a run is there
	applyWithin = 2 * time.Minute // after which an ApplyDomain that no worker took is not done any more
	applyDomain = "ApplyDomain"   // workflow type
)

// Start starts the workflow of a registered call and waits until it has settled, but no longer than Options.Settle. It
// may be tried any number of times: the number is the workflow's ID, and Temporal refuses a second one. A call that is
// started counts as started whether or not a worker answers, and whether or not it has ended since.
func (d *Desk) Start(ctx context.Context, call usm.Call) error {
	queue, err := d.queueOf(ctx, call.Domain)
	if err != nil {
		return err
	}
	operation := d.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       call.Number,
		TaskQueue:                queue,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:            usm.Summary(call.Subject),
		StaticDetails:            d.details(call),
		Priority:                 temporal.Priority{FairnessKey: call.Domain}, // which its child calls and further runs inherit
	}, call.Type.Start().Name, call)
	limited, cancel := d.watched(ctx, d.options.Settle)
	defer cancel()
	handle, err := d.temporal.UpdateWithStartWorkflow(limited, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions: client.UpdateWorkflowOptions{
			WorkflowID:   call.Number,
			UpdateID:     "settle-" + rand.Text(),
			UpdateName:   string(usm.ActionSettle),
			Args:         []any{usm.Action{Name: usm.ActionSettle}},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		return d.started(ctx, call.Number, err)
	}
	var ack usm.Ack
	_ = handle.Get(limited, &ack) // the workflow is started; settling is a courtesy
	return nil
}

// started decides what an error of the start means: a workflow that is there is what was wanted.
func (d *Desk) started(ctx context.Context, number string, err error) error {
	if _, already := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); already {
		return nil
	}
	// Temporal took the start and answers only when a worker took the update, so a timeout says nothing: ask.
	limited, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if _, missing := d.temporal.DescribeWorkflowExecution(limited, number, ""); missing == nil {
		return nil
	}
	return refusal(err)
}

// ApplyDomain runs the technical workflow that applies a domain file and returns what it did.
func (d *Desk) ApplyDomain(ctx context.Context, domain usm.Domain, by string) (usm.DomainResult, error) {
	run, err := d.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       "apply-" + domain.ID + "-" + rand.Text(),
		TaskQueue:                d.options.TaskQueue,
		WorkflowExecutionTimeout: applyWithin,
		StaticSummary:            usm.Summary("domain " + domain.ID + " by " + by),
	}, applyDomain, usm.ApplyDomain{Domain: domain, By: by})
	if err != nil {
		return usm.DomainResult{}, refusal(err)
	}
	var result usm.DomainResult
	if err := run.Get(ctx, &result); err != nil {
		return usm.DomainResult{}, refusal(err)
	}
	return result, nil
}

func (d *Desk) queueOf(ctx context.Context, domain string) (string, error) {
	if d.options.QueueOf == nil {
		return d.options.TaskQueue, nil
	}
	queue, err := d.options.QueueOf(ctx, domain)
	if err != nil || queue == "" {
		return d.options.TaskQueue, err
	}
	return queue, nil
}

// details is what Temporal's page of the run shows beside its history, in Markdown.
func (d *Desk) details(call usm.Call) string {
	lines := []string{"**" + call.Number + "** in " + call.Domain + ", for " + call.Requester}
	if d.options.ConsoleURL != "" {
		lines[0] = "[" + call.Number + "](" + strings.TrimRight(d.options.ConsoleURL, "/") + "/" + call.Number + ") in " +
			call.Domain + ", for " + call.Requester
	}
	if call.Typing.Reason != "" {
		lines = append(lines, "*"+string(call.Typing.Type)+"*: "+call.Typing.Reason)
	}
	return strings.Join(lines, "\n\n")
}
