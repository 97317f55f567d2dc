package test

import (
	"testing"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// bareInput is what another Temporal client starts an incident with.
func bareInput(t *testing.T, w *world) map[string]any {
	t.Helper()
	return map[string]any{"domain": w.domain.ID, "subject": "Bare", "requester": requester(t, w.domain)}
}

// start starts an incident as Temporal's own command would.
func start(t *testing.T, w *world, number string, input map[string]any) temporal.WorkflowRun {
	t.Helper()
	run, err := w.Temporal().ExecuteWorkflow(t.Context(), temporal.StartWorkflowOptions{ID: number, TaskQueue: "usm"},
		usm.IncidentWithoutChange.Name, input)
	require.NoError(t, err)
	return run
}

// bareMistakes are starts that the API would have refused; they end at once with the reason, and no call is opened.
func bareMistakes(t *testing.T, w *world) {
	t.Helper()
	for number, c := range map[string]struct{ key, value, says string }{
		"INC-910001":   {"domain", "navy", "navy"},
		"INC-910002":   {"requester", "nobody", "nobody"},
		"INC-910003":   {"requester", "", "requester"},
		"INC-910004":   {"subject", "", "subject"},
		"INC-910005":   {"service", "catering", "catering"},
		"WSH-910006":   {"subject", "An incident in the register of wishes", "WSH-910006"},
		"not-a-number": {"subject", "No tracking number", "not-a-number"},
	} {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			input := bareInput(t, w)
			input[c.key] = c.value
			err := start(t, w, number, input).Get(t.Context(), nil)
			require.ErrorContains(t, err, c.says)
			require.Zero(t, count(t, w.SQL(), `SELECT count(*) FROM calls WHERE number = $1`, number))
		})
	}
}

// bareCancel cancels the run in Temporal: for the call that is an abort by whoever operates the engine.
func bareCancel(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], usm.RecoverService)
	require.NoError(t, w.Temporal().CancelWorkflow(t.Context(), view.Number, ""))
	product.Eventually(t, eventual, "parent and child are aborted", func() error {
		return statuses(t, w, usm.StatusAborted, append(view.Children, view.Number)...)
	})
	view, err := w.Admin.Call(t.Context(), view.Number)
	require.NoError(t, err)
	trail := w.Trail(t, view.Number)
	requireGapless(t, view, trail)
	require.Contains(t, kinds(trail), usm.EventAborted)
}

// bareUpdate finishes a step without the proof of authority that the gateway adds.
func bareUpdate(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], usm.ClassifyIncident)
	trail := w.Trail(t, view.Number)
	for _, actor := range []map[string]any{nil, {"person": ""}} {
		handle, err := w.Temporal().UpdateWorkflow(t.Context(), temporal.UpdateWorkflowOptions{
			WorkflowID: view.Number, UpdateName: string(usm.ActionFinish), WaitForStage: temporal.WorkflowUpdateStageCompleted,
			Args: []any{map[string]any{"step": "classify_incident", "actor": actor, "fields": fields(nil)["fields"]}},
		})
		if err == nil {
			err = handle.Get(t.Context(), nil)
		}
		require.Error(t, err)
	}
	require.Equal(t, trail, w.Trail(t, view.Number))
}
