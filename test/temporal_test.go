package test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// technical are the workflow types that are no call. AgreementTerm goes on for as long as its agreement has turns to come.
var technical = map[string]bool{"ApplyDomain": true, "AgreementTerm": true, "CallSystem": true, "RetroApproval": true}

// requireTemporalAgrees holds what Temporal shows against the calls: types, search attributes, parents.
func requireTemporalAgrees(t *testing.T, p *product.Product, driven map[string]usm.CallView) {
	t.Helper()
	bare := p.Temporal()
	var runs []*workflow.WorkflowExecutionInfo
	// Temporal's lists follow its histories a little later.
	product.Eventually(t, time.Minute, "Temporal lists every run of a call as closed", func() (err error) {
		runs, err = listRuns(t.Context(), bare, p.Namespace)
		return err
	})
	seen := map[string]int{}
	for _, run := range runs {
		name, number := run.GetType().GetName(), run.GetExecution().GetWorkflowId()
		w, known := usm.WorkflowNamed(name)
		require.True(t, known, "%s is no workflow of USM", name)
		seen[name]++
		kind, ok := usm.TypeOfNumber(number)
		require.True(t, ok, number)
		require.Equal(t, w.Process.CallType(), kind)
		if run.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
			continue // late binding: the sibling's run has the rest
		}
		require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, run.GetStatus(), number)
		view, err := p.Admin.Call(t.Context(), number)
		require.NoError(t, err)
		require.Equal(t, view.Workflow.Name, name)
		require.Equal(t, map[string]string{
			"UsmWorkflow": name, "UsmProcess": string(view.Process), "UsmDomain": view.Domain, "UsmService": view.Service,
			"UsmStatus": string(view.Status), "UsmPriority": string(view.Priority), "UsmStep": "", "UsmWaitingFor": "none",
		}, attributes(t, run, "UsmWorkflow", "UsmProcess", "UsmDomain", "UsmService", "UsmStatus", "UsmPriority", "UsmStep", "UsmWaitingFor"))
		if view.Forked {
			require.Equal(t, view.Parent, run.GetParentExecution().GetWorkflowId())
		}
		delete(driven, number)
	}
	require.Len(t, seen, len(usm.Workflows()), "%v", seen)
	require.Empty(t, driven, "calls without a run")
}

// listRuns lists every run of a call in a namespace; an error while some are open.
func listRuns(ctx context.Context, c client.Client, namespace string) ([]*workflow.WorkflowExecutionInfo, error) {
	var runs []*workflow.WorkflowExecutionInfo
	var token []byte
	for {
		page, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: namespace, PageSize: 500, NextPageToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, run := range page.GetExecutions() {
			switch {
			case technical[run.GetType().GetName()]:
				continue
			case run.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
				return nil, &openRunError{run.GetExecution().GetWorkflowId()}
			}
			runs = append(runs, run)
		}
		if token = page.GetNextPageToken(); len(token) == 0 {
			return runs, nil
		}
	}
}

type openRunError struct{ number string }

// Error names the run that is open.
func (e *openRunError) Error() string { return "the run of " + e.number + " is open" }

// attributes reads search attributes that are texts.
func attributes(t *testing.T, run *workflow.WorkflowExecutionInfo, names ...string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range names {
		var text string
		payload := run.GetSearchAttributes().GetIndexedFields()[name]
		require.NotNil(t, payload, "%s of %s has no %s", run.GetType().GetName(), run.GetExecution().GetWorkflowId(), name)
		require.NoError(t, converter.GetDefaultDataConverter().FromPayload(payload, &text))
		texts[name] = text
	}
	return texts
}
