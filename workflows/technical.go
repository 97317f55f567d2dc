package workflows

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// startTechnical starts a technical run that goes on without its opener, once for each ID, and waits until the engine has it.
func startTechnical(ctx workflow.Context, id string, run, input any) {
	startTechnicalAs(ctx, id, id, run, input)
}

// startTechnicalAs is startTechnical with a summary for the reader of the Temporal UI.
func startTechnicalAs(ctx workflow.Context, id, summary string, run, input any) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            id,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		StaticSummary:         usm.Summary(summary),
	})
	// One that cannot be started is there already: its ID is the key of what it does.
	_ = workflow.ExecuteChildWorkflow(ctx, run, input).GetChildWorkflowExecution().Get(ctx, nil)
}
