package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// defaults are the steps that a policy without steps asks about, and a workflow that has each.
var defaults = map[usm.Step]usm.Workflow{
	usm.NegotiateOffer: usm.AgreementChange, usm.PlanChange: usm.ResourceChange, usm.ReleaseChange: usm.ResourceChange,
	usm.SelectMeasure: usm.RiskWithoutChange,
}

func TestApproved(t *testing.T) {
	t.Parallel()
	require.Len(t, defaults, len(usm.DefaultApprovalSteps()))
	for _, step := range usm.DefaultApprovalSteps() {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.gate(board("2", step))
			w.propose(step)
			w.then(func() {
				p := w.progress()
				require.Equal(t, usm.WaitApproval, p.Waiting.Kind)
				require.Equal(t, usm.StatusOpen, p.Status)
				require.Equal(t, usm.StepOpen, p.Steps[step].State)
				require.Equal(t, w.asking().ID, p.Waiting.Approval)
				require.Equal(t, w.asking().Digest, p.Proposal.Digest)
				require.Empty(t, p.Route, "what is proposed decides nothing yet")
			})
			first, second := w.thenVote("bea", usm.Approve), w.thenVote("bob", usm.Approve)
			w.then(func() { require.Equal(t, []string{"bea", "bob"}, w.progress().Steps[step].Approved) })
			require.Equal(t, usm.OutcomeFulfilled, w.run(defaults[step]).Outcome)
			require.NoError(t, first.err)
			require.NoError(t, second.err)
			require.Equal(t, step, first.ack.Step)
			require.Equal(t, step.Next(), second.ack.Step, "the answer waits for what follows")
			require.Equal(t, 1, w.attempt(w.number, step))
			require.Equal(t, []usm.ApprovalState{usm.ApprovalApproved}, w.states())
			for _, e := range w.entries(w.number, usm.EventStepFinished) {
				if e.step.Step == step {
					require.Equal(t, w.approvals()[0].By, e.step.Actor, "it is the proposer's work")
				}
			}
		})
	}

	t.Run("AnApprovedMeasureBindsTheSibling", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("any", usm.SelectMeasure))
		w.decides(usm.RouteChange)
		w.propose(usm.SelectMeasure)
		w.then(func() { require.Equal(t, "RiskWithoutChange", w.progress().Workflow) })
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.OutcomeFulfilled, w.run(usm.RiskWithoutChange).Outcome)
		require.Equal(t, "RiskWithResourceChange", w.next(w.number).Workflow)
		require.Len(t, w.executed(w.number, 0), len(usm.RiskWithResourceChange.Path()))
	})
}

func TestRejected(t *testing.T) {
	t.Parallel()
	why := "rejected by bea: too risky"
	turned := func(t *testing.T, step usm.Step, again bool) *world {
		t.Helper()
		w := setup(t)
		w.gate(board("all", step))
		w.propose(step)
		w.thenVote("bea", usm.Reject)
		if again {
			w.propose(step)
			for _, person := range []string{"bea", "ben", "bob"} {
				w.thenVote(person, usm.Approve)
			}
		}
		w.run(defaults[step])
		return w
	}

	t.Run("APlanAndAMeasureAreToBeDoneAgain", func(t *testing.T) {
		t.Parallel()
		for _, step := range []usm.Step{usm.PlanChange, usm.SelectMeasure} {
			w := turned(t, step, true)
			require.Equal(t, why, w.text(w.number, usm.EventSentBack))
			require.Equal(t, 2, w.attempt(w.number, step))
			require.Equal(t, []usm.ApprovalState{usm.ApprovalRejected, usm.ApprovalApproved}, w.states())
			require.Equal(t, usm.StatusClosed, w.next(w.number).Status)
		}
	})

	t.Run("AReleaseGoesBackToItsPreparation", func(t *testing.T) {
		t.Parallel()
		w := turned(t, usm.ReleaseChange, true)
		require.Equal(t, 2, w.attempt(w.number, usm.PrepareChange))
		var outcomes []usm.Outcome
		for _, e := range w.entries(w.number, usm.EventStepFinished) {
			if e.step.Step == usm.ReleaseChange {
				outcomes = append(outcomes, e.step.Outcome)
				require.Equal(t, e.step.Outcome == usm.Rejected, e.step.Fields["reason"] == why)
			}
		}
		require.Equal(t, []usm.Outcome{usm.Rejected, usm.Released}, outcomes)
	})

	t.Run("AnOfferIsNotAgreed", func(t *testing.T) {
		t.Parallel()
		w := turned(t, usm.NegotiateOffer, false)
		require.Equal(t, usm.StatusNotAgreed, w.next(w.number).Status)
		last := w.entries(w.number, usm.EventStepFinished)[4]
		require.Equal(t, why, last.step.Fields["reason"])
		require.Equal(t, "not_agreed", last.effects.OfferState)
	})
}

func TestNotAsked(t *testing.T) {
	t.Parallel()
	cheap := board("any", usm.PlanChange)
	cheap.When = "amount > 100.0"
	for name, c := range map[string]struct {
		policy  usm.ApprovalPolicy
		prepare func(*world)
	}{
		"APolicyWhoseConditionDoesNotHold": {cheap, func(*world) {}},
		"WhatTurnsDown": {board("any", usm.ReleaseChange), func(w *world) {
			w.bodies[usm.ReleaseChange] = []usm.Action{{Outcome: usm.Rejected}}
			w.propose(usm.ReleaseChange)
			w.propose(usm.ReleaseChange)
			w.thenVote("bea", usm.Approve)
		}},
		"AFork": {board("any", usm.DeployChange), func(*world) {}},
		"WhatAProcedureLeavesOut": {board("any", usm.PlanChange), func(w *world) {
			w.procedure(usm.Change, usm.ProcedureStep{Step: usm.PlanChange, NotApplicable: "standard change"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.gate(c.policy)
			c.prepare(w)
			require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
			asked := w.entries(w.number, usm.EventProposed)
			require.Equal(t, name == "WhatTurnsDown", len(asked) == 1)
		})
	}
}
