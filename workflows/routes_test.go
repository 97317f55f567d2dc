package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// stepsOf drops the workflow from a path: the steps before the decision ran under the name of the sibling.
func stepsOf(path []usm.PathStep) (steps []usm.Step, depths []int) {
	for _, row := range path {
		steps, depths = append(steps, row.Step), append(depths, row.Depth)
	}
	return steps, depths
}

func TestLateBinding(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		from, to usm.Workflow
		route    usm.Outcome
	}{
		"4ToChangeIs3":    {usm.IncidentWithoutChange, usm.IncidentWithChange, usm.RouteChange},
		"4ToBothIs3":      {usm.IncidentWithoutChange, usm.IncidentWithChange, usm.RouteBoth},
		"3ToOperateIs4":   {usm.IncidentWithChange, usm.IncidentWithoutChange, usm.RouteOperate},
		"8ToAgreementIs6": {usm.RiskWithoutChange, usm.RiskWithAgreementChange, usm.RouteAgreement},
		"8ToChangeIs7":    {usm.RiskWithoutChange, usm.RiskWithResourceChange, usm.RouteChange},
		"6ToChangeIs7":    {usm.RiskWithAgreementChange, usm.RiskWithResourceChange, usm.RouteChange},
		"7ToOperateIs8":   {usm.RiskWithResourceChange, usm.RiskWithoutChange, usm.RouteOperate},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.decides(c.route)
			require.Equal(t, usm.StatusClosed, w.run(c.from).Status)
			steps, depths := stepsOf(w.executed(w.number, 0))
			wanted, wantedDepths := stepsOf(c.to.PathAfter(c.route))
			require.Equal(t, wanted, steps)
			require.Equal(t, wantedDepths, depths)
			require.Equal(t, c.to.Name, w.next(w.number).Workflow)
			require.Equal(t, 2, w.opens(w.number), "one run before the decision and one after")
		})
	}

	t.Run("ContinuesAsTheSiblingWithAllStateAndRepeatsNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteChange)
		name, call := continued(t, w.runAlone("IncidentWithoutChange", w.request(usm.IncidentWithoutChange)))
		require.Equal(t, "IncidentWithChange", name)
		require.Equal(t, w.number, call.Number)
		require.Equal(t, usm.RouteChange, call.Progress.Route)
		require.Equal(t, usm.RecoverService, call.Progress.Step)
		require.Equal(t, usm.StepDone, call.Progress.Steps[usm.PrepareRecovery].State)
		before := len(w.entries(w.number))
		require.Equal(t, 4, before)

		w.renew()
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		for _, step := range usm.Recover.Steps()[:4] {
			require.Equal(t, 1, w.attempt(w.number, step))
		}
		require.Equal(t, usm.RecoverService, w.entries(w.number)[before].step.Step)
	})

	t.Run("AnIncidentThatHadAChangeInItStays3", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteChange, usm.RouteOperate)
		w.bodies[usm.ReviewRecovery] = []usm.Action{{Outcome: usm.Disputed}}
		require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithoutChange).Status)
		require.Equal(t, "IncidentWithChange", w.next(w.number).Workflow)
		forked := w.entries(w.number, usm.EventForked)
		require.Equal(t, []string{"ResourceChange"}, forked[0].step.Forks)
		require.Equal(t, []string{"Operation"}, forked[1].step.Forks)
	})

	t.Run("ARiskIsBoundAgainAfterADispute", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteAgreement, usm.AcceptRisk)
		w.bodies[usm.ReviewMeasure] = []usm.Action{{Outcome: usm.Disputed}}
		result := w.run(usm.RiskWithoutChange)
		require.Equal(t, usm.OutcomeRiskAccepted, result.Outcome)
		require.Equal(t, "RiskWithoutChange", w.next(w.number).Workflow)
		require.Equal(t, 3, w.opens(w.number))
	})
}

func TestFork(t *testing.T) {
	t.Parallel()

	t.Run("BothRoutesWaitForBothChildren", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteBoth)
		w.reach(usm.RecoverService)
		var children []string
		w.then(func() { children = w.children(w.number) })
		require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithChange).Status)
		require.Equal(t, []string{"RFC-000001", "SRQ-000001"}, children)
		entries := w.entries(w.number, usm.EventStepFinished)
		require.Equal(t, usm.RecoverService, entries[4].amendment.Step, "the return finishes the fork step")
		for _, child := range children {
			require.Equal(t, usm.StatusClosed, w.next(child).Status)
		}
	})

	t.Run("TheChildInheritsFactsAcceptAndClassify", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.bodies[usm.ClassifyChange] = []usm.Action{{Fields: map[string]any{
			"category": "software", "impact": "high", "urgency": "high", "service": "mail", "components": []any{"server-1"},
		}}}
		w.run(usm.ResourceChange)
		child := w.call("SRQ-000001")
		require.Equal(t, w.number, child.Parent)
		require.Equal(t, usm.DeployChange, child.ForkedAt)
		require.Equal(t, []string{"coordinator"}, child.Coordinator)
		require.Equal(t, usm.PriorityCritical, child.Priority)
		require.Equal(t, "software", child.Category)
		require.Equal(t, "mail", child.Service)
		require.Equal(t, []string{"server-1"}, child.Components)
		require.Equal(t, "ann", child.Requester)
		entries := w.entries("SRQ-000001")
		for i, step := range []usm.Step{usm.AcceptRequest, usm.ClassifyRequest} {
			require.Equal(t, step, entries[i].step.Step)
			require.Equal(t, usm.StepInherited, entries[i].step.State)
			require.Equal(t, usm.Inherited, entries[i].step.Actor)
		}
		require.Equal(t, usm.StepDone, entries[2].step.State)
	})

	t.Run("AProcedureMayAskForAChildsOwnClassification", func(t *testing.T) {
		t.Parallel()
		w, no := setup(t), false
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.ClassifyRequest, Inherited: &no})
		w.run(usm.ResourceChange)
		require.Equal(t, usm.StepInherited, w.entries("SRQ-000001")[0].step.State)
		require.Equal(t, usm.StepDone, w.entries("SRQ-000001")[1].step.State)
		require.Equal(t, "olga", w.entries("SRQ-000001")[1].step.Actor.Person)
	})

	t.Run("TheParentsCoordinatorConfirmsTheChild", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.DeployChange)
		var waiting usm.Waiting
		w.then(func() { w.act(w.number) }, func() { w.act(w.number) }, func() { waiting = w.next("SRQ-000001").Waiting })
		w.run(usm.ResourceChange)
		require.Equal(t, usm.WaitConfirmation, waiting.Kind)
		require.Equal(t, []string{"coordinator"}, waiting.Profiles)
		require.Empty(t, waiting.Person)
	})

	t.Run("AChildThatIsAbortedSendsTheParentBack", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteOperate, usm.RouteOperate)
		w.reach(usm.RecoverService)
		r := w.thenSend("SRQ-000001", said(usm.ActionAbort, "olga", "no spare parts"))
		require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithoutChange).Status)
		require.NoError(t, r.err)
		require.Equal(t, usm.StatusAborted, w.next("SRQ-000001").Status)
		require.Equal(t, "SRQ-000001 ended as aborted", w.text(w.number, usm.EventSentBack))
		require.Equal(t, 2, w.attempt(w.number, usm.PrepareRecovery))
		require.Equal(t, []string{"SRQ-000002"}, w.children(w.number))
		require.Equal(t, 1, w.attempt(w.number, usm.AnalyseIncident))
	})
}
