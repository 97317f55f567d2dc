package workflows

import (
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// callActivities only names activities; a nil pointer to it is never called.
type callActivities = activities.Calls

// untilDone is how long a local activity is retried: longer than any call is open. Left out, the SDK takes StartToCloseTimeout
// for it too, and a database that is away for longer would end the call.
const untilDone = 100 * 365 * 24 * time.Hour

// ownTransaction is for activities whose effect is one transaction of our own database: short and idempotent, so they
// run as local activities and are retried until the database answers. The summary is for the reader of the history.
func ownTransaction(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    10 * time.Second,
		ScheduleToCloseTimeout: untilDone,
		Summary:                usm.Summary(summary),
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second,
		},
	})
}

// outside is for activities that reach other systems: ordinary activities, retried for as long as the step is open.
func outside(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute,
		},
		Summary: usm.Summary(summary),
	})
}

// forked is for calls that another call opens. They outlive their opener: a call ends by its own workflow only.
func forked(ctx workflow.Context, call usm.Call, queue string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            call.Number,
		TaskQueue:             queue,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		StaticSummary:         usm.Summary(call.Subject),
		StaticDetails:         "Opened by " + call.Parent,
	})
}
