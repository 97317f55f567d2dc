package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestWorkflowNamed(t *testing.T) {
	t.Parallel()
	for i, w := range usm.Workflows() {
		require.Equal(t, i+1, w.Number)
		named, ok := usm.WorkflowNamed(w.Name)
		require.True(t, ok)
		require.Equal(t, w, named)
	}
	for _, name := range []string{"", "operation", "4", "Ninth"} {
		_, ok := usm.WorkflowNamed(name)
		require.False(t, ok, name)
	}
}

func TestCallTypeStart(t *testing.T) {
	t.Parallel()
	for typ, w := range map[usm.CallType]usm.Workflow{
		usm.Wish: usm.AgreementChange, usm.ChangeRequest: usm.ResourceChange, usm.Incident: usm.IncidentWithoutChange,
		usm.ServiceRequest: usm.Operation, usm.Risk: usm.RiskWithoutChange,
	} {
		require.Equal(t, w, typ.Start())
		require.Equal(t, typ, w.Process.CallType())
	}
}

// bindings is what each decision does to each workflow, the ones it means nothing to left out.
var bindings = []struct {
	workflow usm.Workflow
	decision usm.Outcome
	binds    usm.Workflow
	opens    []usm.Workflow
}{
	{usm.IncidentWithoutChange, usm.RouteChange, usm.IncidentWithChange, []usm.Workflow{usm.ResourceChange}},
	{usm.IncidentWithoutChange, usm.RouteOperate, usm.IncidentWithoutChange, []usm.Workflow{usm.Operation}},
	{usm.IncidentWithoutChange, usm.RouteBoth, usm.IncidentWithChange, []usm.Workflow{usm.ResourceChange, usm.Operation}},
	{usm.IncidentWithChange, usm.RouteChange, usm.IncidentWithChange, []usm.Workflow{usm.ResourceChange}},
	{usm.IncidentWithChange, usm.RouteOperate, usm.IncidentWithoutChange, []usm.Workflow{usm.Operation}},
	{usm.IncidentWithChange, usm.RouteBoth, usm.IncidentWithChange, []usm.Workflow{usm.ResourceChange, usm.Operation}},
	{usm.RiskWithoutChange, usm.RouteAgreement, usm.RiskWithAgreementChange, []usm.Workflow{usm.AgreementChange}},
	{usm.RiskWithoutChange, usm.RouteChange, usm.RiskWithResourceChange, []usm.Workflow{usm.ResourceChange}},
	{usm.RiskWithoutChange, usm.RouteOperate, usm.RiskWithoutChange, []usm.Workflow{usm.Operation}},
	{usm.RiskWithoutChange, usm.AcceptRisk, usm.RiskWithoutChange, nil},
	{usm.RiskWithAgreementChange, usm.RouteOperate, usm.RiskWithoutChange, []usm.Workflow{usm.Operation}},
	{usm.RiskWithAgreementChange, usm.AcceptRisk, usm.RiskWithoutChange, nil},
	{usm.RiskWithResourceChange, usm.RouteAgreement, usm.RiskWithAgreementChange, []usm.Workflow{usm.AgreementChange}},
}

func TestWorkflowBind(t *testing.T) {
	t.Parallel()
	for _, c := range bindings {
		t.Run(c.workflow.Name+"/"+string(c.decision), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.binds, c.workflow.Bind(c.decision))
			require.Equal(t, c.opens, c.workflow.Bind(c.decision).Forks(c.decision))
		})
	}

	t.Run("LeavesTheOthersAsTheyAre", func(t *testing.T) {
		t.Parallel()
		for _, w := range []usm.Workflow{usm.AgreementChange, usm.ResourceChange, usm.Operation} {
			for _, decision := range []usm.Outcome{"", usm.RouteChange, usm.RouteOperate, usm.RouteBoth, usm.RouteAgreement, usm.AcceptRisk} {
				require.Equal(t, w, w.Bind(decision))
			}
		}
	})

	t.Run("NeedsADecisionOfTheProcess", func(t *testing.T) {
		t.Parallel()
		for _, w := range usm.Workflows() {
			require.Equal(t, w, w.Bind(""))
			require.Equal(t, w, w.Bind(usm.Confirmed))
		}
		require.Equal(t, usm.IncidentWithoutChange, usm.IncidentWithoutChange.Bind(usm.RouteAgreement))
		require.Equal(t, usm.RiskWithoutChange, usm.RiskWithoutChange.Bind(usm.RouteBoth))
	})

	t.Run("NeverChangesTheProcessAndIsStable", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			w := rapid.SampledFrom(usm.Workflows()).Draw(t, "workflow")
			decision := drawDecision(t)
			bound := w.Bind(decision)
			require.Equal(t, w.Process, bound.Process)
			require.Equal(t, bound, bound.Bind(decision))
		})
	})
}

func TestWorkflowForks(t *testing.T) {
	t.Parallel()
	for w, opens := range map[usm.Workflow][]usm.Workflow{
		usm.AgreementChange:         {usm.ResourceChange},
		usm.ResourceChange:          {usm.Operation},
		usm.IncidentWithChange:      {usm.ResourceChange},
		usm.IncidentWithoutChange:   {usm.Operation},
		usm.Operation:               nil,
		usm.RiskWithAgreementChange: {usm.AgreementChange},
		usm.RiskWithResourceChange:  {usm.ResourceChange},
		usm.RiskWithoutChange:       {usm.Operation},
	} {
		require.Equal(t, opens, w.Forks(""), w.Name)
	}
	require.Nil(t, usm.Operation.Forks(usm.RouteBoth), "Operate has no fork")
}

func drawDecision(t *rapid.T) usm.Outcome {
	return rapid.SampledFrom([]usm.Outcome{
		"", usm.RouteChange, usm.RouteOperate, usm.RouteBoth, usm.RouteAgreement, usm.AcceptRisk,
	}).Draw(t, "decision")
}
