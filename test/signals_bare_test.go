package test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

func unknownCall(t *testing.T, w *world) {
	t.Helper()
	const number = "RSK-900900"
	bare := w.Temporal()
	require.NoError(t, w.Admin.Signal(t.Context(), number, sensors, event("e-1", analysis)))
	dead := letter(t, w, number)
	require.Contains(t, dead.Reason, number)
	require.Nil(t, dead.ReplayedAt)
	path := fmt.Sprintf("/signals/dead-letters/%d/replay", dead.ID)
	replay := product.Request{Method: http.MethodPost, Path: path, Token: w.AdminToken}
	requireRefused(t, w.Send(t, replay), path, refusal{http.StatusConflict, usm.CodeConflict, nil, number})

	_, err := bare.ExecuteWorkflow(t.Context(), temporal.StartWorkflowOptions{ID: number, TaskQueue: "usm"}, usm.RiskWithoutChange.Name,
		map[string]any{"domain": w.domain.ID, "subject": "The lift hums", "requester": requester(t, w.domain)})
	require.NoError(t, err)
	product.Eventually(t, eventual, "the call is there", func() error { return atStep(t, w, number, usm.IdentifyRisk) })
	coordinator := w.Token("oscar") // who coordinates a domain may replay
	a := w.Send(t, product.Request{Method: http.MethodPost, Path: path, Token: coordinator})
	require.Equal(t, http.StatusAccepted, a.Status, "%s", a.Body)
	require.NotNil(t, letter(t, w, number).ReplayedAt)
	_, err = w.Drive(t.Context(), number, product.Plan{Until: usm.SelectMeasure})
	require.NoError(t, err)
	signalled(t, w, number, "bms")
	requireRefused(t, w.Send(t, replay), path, refusal{http.StatusConflict, usm.CodeConflict, nil, "replayed"})
}

func endedCall(t *testing.T, w *world) {
	t.Helper()
	view := open(t, w.Product, w.domain, usm.Risk)
	view, err := w.As(view.Requester).Abort(t.Context(), view.Number, "A mistake")
	require.NoError(t, err)
	product.Eventually(t, eventual, "the run has ended", func() error {
		run, err := w.Temporal().DescribeWorkflowExecution(t.Context(), view.Number, "")
		if err == nil && run.GetWorkflowExecutionInfo().GetCloseTime() == nil {
			err = &notThereError{view}
		}
		return err
	})
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-1", analysis)))
	require.Contains(t, letter(t, w, view.Number).Reason, view.Number)
}

func bareSignal(t *testing.T, w *world) {
	t.Helper()
	bare := w.Temporal()
	view := waiting(t, w)
	require.NoError(t, bare.SignalWorkflow(t.Context(), view.Number, "", sensors, analysis))
	signalled(t, w, view.Number, "plain")
	view = waiting(t, w)
	require.NoError(t, bare.SignalWorkflow(t.Context(), view.Number, "", sensors, event("e-1", analysis)))
	signalled(t, w, view.Number, "bms")
}

// bareCall starts a call as Temporal's own command would and drives it like any other.
func bareCall(t *testing.T, w *world) {
	t.Helper()
	const number = "INC-900001"
	_, err := w.Temporal().ExecuteWorkflow(t.Context(), temporal.StartWorkflowOptions{ID: number, TaskQueue: "usm"},
		usm.IncidentWithoutChange.Name,
		map[string]any{"domain": w.domain.ID, "subject": "The lift is stuck", "requester": requester(t, w.domain)})
	require.NoError(t, err)
	product.Eventually(t, eventual, "the call is open", func() error { return atStep(t, w, number, usm.AcceptIncident) })
	view, err := w.As(requester(t, w.domain)).Call(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, usm.Incident, view.Type)
	require.Equal(t, "The lift is stuck", view.Subject)
	require.Equal(t, 1, view.DomainVersion)
	view, err = w.Drive(t.Context(), number, rides[2].plan())
	require.NoError(t, err)
	requireClosed(t, rides[2], view)
	requireExecutedPath(t, w.Product, rides[2], view)
	for range 3 {
		next := open(t, w.Product, w.domain, usm.Incident)
		require.NotEqual(t, number, next.Number)
	}
}
