package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestDecisions(t *testing.T) {
	t.Parallel()

	t.Run("ExecutionOpensIncidentsAndRisksAndGoesOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		executed := finish(usm.ExecuteOperation, "olga", "")
		executed.Fields["incidents"] = []any{map[string]any{"subject": "A disk failed", "impact": "high"}}
		executed.Fields["risks"] = []any{map[string]any{"subject": "Disks of this series fail"}}
		w.reach(usm.ExecuteOperation)
		r := w.thenSend("SRQ-000001", executed)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, []string{"INC-000001", "RSK-000001"}, r.ack.Opened)
		require.Equal(t, usm.ReviewOperation, r.ack.Step, "the service request waits for neither")
		for _, number := range r.ack.Opened {
			require.Equal(t, 1, w.opens(number))
			require.Equal(t, usm.StatusOpen, w.next(number).Status)
			require.Equal(t, w.number, w.call(number).Parent)
		}
		require.Equal(t, usm.High, w.call("INC-000001").Impact)
	})

	t.Run("WithoutAgreementTheWishEnds", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.bodies[usm.NegotiateOffer] = []usm.Action{{Outcome: usm.NotAgreed}}
		require.Equal(t, usm.Result{Number: "WSH-000001", Status: usm.StatusNotAgreed, Outcome: usm.NotAgreed}, w.run(usm.AgreementChange))
		last := w.entries(w.number)[4]
		require.Equal(t, "not_agreed", last.effects.OfferState)
		require.Equal(t, usm.Agree.Steps()[5:], last.step.Next.Skipped)
		require.Empty(t, w.children(w.number))
	})

	t.Run("AnAcceptedRiskOpensNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.AcceptRisk)
		require.Equal(t, usm.OutcomeRiskAccepted, w.run(usm.RiskWithoutChange).Outcome)
		fork := w.entries(w.number)[4].step
		require.Equal(t, usm.DeployMeasure, fork.Step)
		require.Equal(t, usm.StepNotApplicable, fork.State)
		require.Equal(t, "the risk is accepted: no measure is deployed", fork.NotApplicable)
		require.Empty(t, w.children(w.number))
		require.Equal(t, usm.RiskWithoutChange.PathAfter(usm.AcceptRisk), w.executed(w.number, 0))
	})

	t.Run("ARejectedReleaseGoesBackToPrepare", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.bodies[usm.ReleaseChange] = []usm.Action{{Outcome: usm.Rejected}}
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
		require.Equal(t, 2, w.attempt(w.number, usm.PrepareChange))
		require.Equal(t, 2, w.attempt(w.number, usm.ReleaseChange))
		require.Len(t, w.entries(w.number, usm.EventForked), 1)
	})

	t.Run("ClassificationGivesThePriorityOfTheDomainsTable", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.change(usm.Improve, func(b *usm.Binding) {
			b.Priorities = usm.PriorityTable{usm.Low: {usm.High: usm.PriorityCritical}}
		})
		w.decides(usm.AcceptRisk)
		w.bodies[usm.ClassifyRisk] = []usm.Action{{Fields: map[string]any{"category": "hardware", "effect": "high", "likelihood": "low"}}}
		w.run(usm.RiskWithoutChange)
		require.Equal(t, usm.PriorityCritical, w.entries(w.number)[1].step.Priority)
		require.Equal(t, usm.High, w.entries(w.number)[1].effects.Facts.Impact)
	})
}

func TestNotApplicable(t *testing.T) {
	t.Parallel()

	t.Run("ByProcedureIsRecorded", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.PlanOperation, NotApplicable: "done at once"})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		plan := w.entries(w.number)[2].step
		require.Equal(t, usm.PlanOperation, plan.Step)
		require.Equal(t, usm.StepNotApplicable, plan.State)
		require.Equal(t, "done at once", plan.NotApplicable)
		require.Equal(t, usm.Automatic, plan.Actor)
	})

	t.Run("AForkCanBeLeftOutByProcedure", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.procedure(usm.Change, usm.ProcedureStep{Step: usm.DeployChange, NotApplicable: "nothing to deploy"})
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Empty(t, w.children(w.number))
	})

	t.Run("ByAPersonOnlyForWorkWithoutADecision", func(t *testing.T) {
		t.Parallel()
		for _, process := range usm.Processes() {
			w := setup(t)
			w.decides(usm.AcceptRisk)
			w.procedure(process, usm.ProcedureStep{Step: process.Find(usm.KindFork), NotApplicable: "not in this test"})
			replies := map[usm.Step]*reply{}
			for _, step := range process.Steps() {
				if step.Kind() == usm.KindFork {
					continue
				}
				w.reach(step)
				who := "olga"
				if step == usm.ReleaseChange || step == usm.NegotiateOffer {
					who = "tess" // not who did the step before
				}
				replies[step] = w.thenSend(process.CallType().Number(1), usm.Action{
					Name: usm.ActionFinish, Step: step, Actor: by(who), NotApplicable: "it is clear",
				})
			}
			w.run(process.CallType().Start())
			for step, r := range replies {
				if step.Kind() == usm.KindWork && len(step.Outcomes()) == 0 {
					require.NoError(t, r.err, step)
					continue
				}
				require.Equal(t, "/not_applicable", refusal(t, r.err).Fields[0].Pointer, step)
			}
		}
	})
}
