package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// decisions are the routes with which workflows 3, 4 and 6 to 8 stay themselves.
var decisions = map[string]usm.Outcome{
	"IncidentWithChange": usm.RouteChange, "IncidentWithoutChange": usm.RouteOperate,
	"RiskWithAgreementChange": usm.RouteAgreement, "RiskWithResourceChange": usm.RouteChange, "RiskWithoutChange": usm.RouteOperate,
}

// decides lets the staff decide the route of an incident or a risk.
func (w *world) decides(route ...usm.Outcome) {
	for _, outcome := range route {
		w.bodies[usm.PrepareRecovery] = append(w.bodies[usm.PrepareRecovery], usm.Action{Outcome: outcome})
		w.bodies[usm.SelectMeasure] = append(w.bodies[usm.SelectMeasure], usm.Action{Outcome: outcome})
	}
}

// TestExecutedPath holds what really ran, children included, against the table of USM.
func TestExecutedPath(t *testing.T) {
	t.Parallel()
	lengths := []int{23, 15, 22, 13, 6, 30, 22, 13}
	for i, as := range usm.Workflows() {
		t.Run(as.Name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.decides(decisions[as.Name])
			result := w.run(as)
			require.Equal(t, usm.Result{Number: w.number, Status: usm.StatusClosed, Outcome: usm.OutcomeFulfilled}, result)
			path := w.executed(w.number, 0)
			require.Len(t, path, lengths[i])
			require.Equal(t, as.Path(), path)
		})
	}
}
