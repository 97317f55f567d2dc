package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestTwoCoordinators(t *testing.T) {
	t.Parallel()
	const number = "SRQ-000001"
	workflowCoordinator := usm.Actor{Person: "wanda", Profile: "coordinator", Rule: usm.RuleWorkflowCoordinator}
	team := usm.Actor{Person: "tomas", Profile: "team-lead", Rule: usm.RuleCoordinator}
	act := func(who usm.Actor, name usm.ActionName, profiles ...string) usm.Action {
		return usm.Action{Name: name, Actor: who, Text: "because", Profiles: profiles}
	}
	const claim, release, reassign = usm.ActionClaim, usm.ActionRelease, usm.ActionReassign

	for name, c := range map[string]struct {
		before           []usm.Action // what has been done to the open step
		refused, allowed []usm.Action // then, in this order
		steered          string       // in the end
	}{
		"HisClaimStands": {
			[]usm.Action{act(workflowCoordinator, claim)},
			[]usm.Action{act(team, release), act(team, reassign, "team-lead")},
			nil,
			"coordinator",
		},
		"AndHisReassignment": {
			[]usm.Action{act(workflowCoordinator, reassign, "seniors")},
			[]usm.Action{act(team, reassign, "team-lead")},
			nil,
			"coordinator",
		},
		"AndWhatOthersClaimUnderIt": {
			[]usm.Action{act(workflowCoordinator, reassign, "seniors"), act(by("olga"), claim)},
			[]usm.Action{act(team, release), act(team, reassign, "team-lead")},
			nil,
			"coordinator",
		},
		"AlsoWhenTheyGiveItBack": {
			[]usm.Action{act(workflowCoordinator, reassign, "seniors"), act(by("olga"), claim), act(by("olga"), release)},
			[]usm.Action{act(team, reassign, "team-lead")},
			nil,
			"coordinator",
		},
		"AfterAQuestionToo": {
			[]usm.Action{act(workflowCoordinator, reassign, "seniors"), said(usm.ActionAsk, "olga", "When?"), said(usm.ActionAnswer, "ann", "Now")},
			[]usm.Action{act(team, reassign, "team-lead")},
			nil,
			"coordinator",
		},
		"WhoWasGivenItMayReleaseHisOwnClaim": {
			[]usm.Action{act(workflowCoordinator, reassign, "team-lead"), act(by("tomas"), claim)},
			[]usm.Action{act(team, reassign, "seniors")},
			[]usm.Action{act(team, release)},
			"coordinator",
		},
		"HisReleaseLeavesNothingOfIt": {
			[]usm.Action{act(workflowCoordinator, claim), act(workflowCoordinator, release)},
			nil,
			[]usm.Action{act(team, reassign, "seniors")},
			"",
		},
		"WhoHasTheStepMayHandItOn": {
			[]usm.Action{act(workflowCoordinator, reassign, "seniors"), act(by("olga"), reassign, "operator")},
			nil,
			[]usm.Action{act(team, reassign, "team-lead")},
			"",
		},
		"HeUndoesWhatATeamCoordinatorReassigned": {
			[]usm.Action{act(team, reassign, "team-lead")},
			nil,
			[]usm.Action{act(workflowCoordinator, reassign, "seniors")},
			"coordinator",
		},
		"AndWhatOneClaimed": {
			[]usm.Action{act(by("tomas"), claim)},
			nil,
			[]usm.Action{act(workflowCoordinator, release), act(workflowCoordinator, claim)},
			"coordinator",
		},
		"TeamCoordinatorsUndoEachOther": {
			[]usm.Action{act(team, reassign, "team-lead")},
			nil,
			[]usm.Action{act(team, reassign, "seniors")},
			"",
		},
		"ARepeatedStepIsFreeAgain": {
			[]usm.Action{act(workflowCoordinator, claim), act(team, usm.ActionRedo)},
			nil,
			[]usm.Action{act(team, reassign, "seniors")},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.staff = false
			w.reach(usm.PlanOperation)
			var done, refused []*reply
			for _, a := range c.before {
				done = append(done, w.thenSend(number, a))
			}
			for _, a := range c.refused {
				refused = append(refused, w.thenSend(number, a))
			}
			for _, a := range c.allowed {
				done = append(done, w.thenSend(number, a))
			}
			w.then(func() {
				p := w.progress()
				require.Equal(t, c.steered, p.Waiting.Steered)
				require.Equal(t, c.steered, w.next(number).Waiting.Steered, "in the registers")
				require.Equal(t, c.steered, p.Steps[usm.PlanOperation].Steered)
				require.Equal(t, "coordinator", p.Waiting.Accountable)
			})
			w.thenSend(number, usm.Action{Name: usm.ActionAbort, Actor: workflowCoordinator, Text: "enough"})
			require.Equal(t, usm.StatusAborted, w.run(usm.Operation).Status)
			for i, r := range done {
				require.NoError(t, r.err, "%d", i)
			}
			for _, r := range refused {
				require.True(t, r.rejected, "before it enters history")
				require.Equal(t, usm.CodeForbidden, refusal(t, r.err).Code)
				require.ErrorContains(t, r.err, "(profile coordinator) has decided who has plan_operation")
				require.ErrorContains(t, r.err, "ask who holds the profile coordinator")
			}
		})
	}

	t.Run("TheNextStepIsFree", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		w.thenSend(number, act(workflowCoordinator, claim))
		w.thenSend(number, finish(usm.PlanOperation, "wanda", ""))
		r := w.thenSend(number, act(team, reassign, "seniors"))
		w.then(func() {
			require.Equal(t, usm.ExecuteOperation, w.progress().Step)
			require.Empty(t, w.progress().Steps[usm.PlanOperation].Steered)
			require.Empty(t, w.progress().Waiting.Steered)
		})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
	})

	t.Run("TheLadderOverrulesHim", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.schedule(alarm("sa/handling/1/escalation/1", 5*time.Hour))
		w.brings = map[string]usm.StepResult{"sa/handling/1/escalation/1": {
			Waiting: &usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"seniors"}},
		}}
		w.reach(usm.PlanOperation)
		w.thenSend(number, act(workflowCoordinator, claim))
		w.wait(6 * time.Hour)
		w.then(func() { require.Empty(t, w.progress().Waiting.Steered) })
		r := w.thenSend(number, act(team, reassign, "team-lead"))
		w.then(func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
	})

	t.Run("ItHoldsInANewRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.reach(usm.PlanOperation)
		w.thenSend(number, act(workflowCoordinator, claim))
		w.then(func() { w.env.SetContinueAsNewSuggested(true) })
		w.thenSend(number, said(usm.ActionNote, "ann", "moves the run"))
		name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		call.Progress.Waiting.Accountable = "" // as an older build left it
		w.renew()
		r := w.thenSend(number, act(team, release))
		w.thenSend(number, act(workflowCoordinator, release))
		w.then(func() {
			require.Equal(t, "coordinator", w.progress().Waiting.Accountable)
			w.staff = true
		})
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Equal(t, usm.CodeForbidden, refusal(t, r.err).Code)
	})

	t.Run("SomebodyIsAccountableDuringAQuestion", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		w.thenSend(number, said(usm.ActionAsk, "olga", "When?"))
		w.then(func() {
			require.Equal(t, usm.WaitAnswer, w.progress().Waiting.Kind)
			require.Equal(t, "coordinator", w.progress().Waiting.Accountable)
		})
		w.thenSend(number, said(usm.ActionAnswer, "ann", "Now"))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})

	t.Run("WhatWaitsForApprovalIsNobodysToHandOver", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("bea", usm.PlanChange))
		w.reach(usm.PlanChange)
		w.thenSend("RFC-000001", act(workflowCoordinator, claim))
		w.thenSend("RFC-000001", finish(usm.PlanChange, "wanda", ""))
		r := w.thenSend("RFC-000001", act(team, reassign, "seniors"))
		w.then(func() { require.Empty(t, w.progress().Waiting.Steered) })
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, r.err).Code)
	})
}
