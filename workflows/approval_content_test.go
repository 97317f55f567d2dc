package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// plan is an action that finishes the plan of a change with other words.
func plan(person, words string) usm.Action {
	action := finish(usm.PlanChange, person, "")
	action.Fields["plan"] = words
	return action
}

func TestContent(t *testing.T) {
	t.Parallel()
	// gated is a change that waits for the approval of its plan by two of the board, which sees these places as material.
	gated := func(t *testing.T, material ...string) *world {
		t.Helper()
		w := setup(t)
		p := board("2", usm.PlanChange)
		p.Material = material
		w.gate(p)
		w.propose(usm.PlanChange)
		return w
	}

	t.Run("AnotherProposalVoidsWhatWasDecidedAndAsksAgain", func(t *testing.T) {
		t.Parallel()
		w := gated(t)
		w.thenVote("bea", usm.Approve)
		var before usm.Action
		w.then(func() { before = ballot(w.asking(), "bob", usm.Approve) })
		again := w.thenSend("RFC-000001", plan("sam", "another way"))
		stale := &late{}
		w.then(func() { stale.reply = w.send(w.number, before) })
		w.thenVote("ben", usm.Approve)
		w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, again.err)
		require.Equal(t, usm.PlanChange, again.ack.Step)
		require.True(t, stale.rejected, "before it enters history")
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, stale.err).Code)
		require.ErrorContains(t, stale.err, "waits for RFC-000001.2")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalVoid, usm.ApprovalApproved}, w.states())
		require.Equal(t, "/proposal/fields/plan", w.approvals()[1].Changed[0].Pointer)
		done := w.entries(w.number, usm.EventStepFinished)[2].step
		require.Equal(t, []any{"sam", "another way"}, []any{done.Actor.Person, done.Fields["plan"]})
	})

	t.Run("WhatIsNotMaterialKeepsTheDecisionsUnderANewDigest", func(t *testing.T) {
		t.Parallel()
		w := gated(t, "/proposal/fields/plan")
		w.thenVote("bea", usm.Approve)
		var before usm.Action
		w.then(func() { before = ballot(w.asking(), "bob", usm.Approve) })
		noted := finish(usm.PlanChange, "olga", "")
		noted.Text = "as discussed"
		w.thenSend("RFC-000001", noted)
		stale, now := &late{}, ""
		w.then(func() { stale.reply, now = w.send(w.number, before), w.asking().Digest })
		w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.True(t, stale.rejected, "before it enters history")
		refused := refusal(t, stale.err)
		require.Equal(t, usm.CodeStale, refused.Code)
		require.Equal(t, now, refused.Digest, "it carries the digest of what is to be decided")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalApproved}, w.states())
		require.Equal(t, "as discussed", w.entries(w.number, usm.EventStepFinished)[2].step.Note)
	})

	t.Run("APriorityThatIsRaisedVoidsIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("2", usm.PlanChange))
		w.schedule(alarm("sa/handling/1/escalation/1", 5*time.Hour))
		w.brings = map[string]usm.StepResult{"sa/handling/1/escalation/1": {Priority: usm.PriorityCritical}}
		w.propose(usm.PlanChange)
		w.thenVote("bea", usm.Approve)
		w.wait(6 * time.Hour)
		w.thenVote("bea", usm.Approve)
		w.thenVote("ben", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalVoid, usm.ApprovalApproved}, w.states())
		require.Equal(t, usm.PriorityCritical, w.entries(w.number, usm.EventStepFinished)[2].step.Priority)
	})

	t.Run("ProposingWhatNeedsNoApprovalFinishesTheStep", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		p := board("2", usm.PlanChange)
		p.When = `proposal.fields.plan != "the usual way"`
		w.gate(p)
		w.propose(usm.PlanChange)
		w.thenSend("RFC-000001", plan("sam", "the usual way"))
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalWithdrawn}, w.states())
		require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
	})

	t.Run("ProposingToTurnDownNeedsNone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("2", usm.ReleaseChange))
		w.propose(usm.ReleaseChange)
		w.then(func() {
			down := finish(usm.ReleaseChange, w.asking().By.Person, usm.Rejected)
			require.NotNil(t, w.send(w.number, down))
		})
		w.propose(usm.ReleaseChange)
		w.thenVote("ben", usm.Approve)
		w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalWithdrawn, usm.ApprovalApproved}, w.states())
		require.Equal(t, 2, w.attempt(w.number, usm.PrepareChange))
	})

	t.Run("OnePolicyAsksAfterTheOther", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		owner := usm.ApprovalPolicy{
			ID: "boss", Name: "Boss", Steps: []usm.Step{usm.PlanChange}, Require: usm.Quorum{Approvers: []usm.Approver{{Role: usm.RoleManager}}},
		}
		w.gate(board("any", usm.PlanChange), owner)
		w.propose(usm.PlanChange)
		early := w.thenVote("mona", usm.Approve)
		first := w.thenVote("bea", usm.Approve)
		w.then(func() { require.Equal(t, w.asking().ID, w.progress().Proposal.Approval) })
		w.thenVote("mona", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, usm.CodeForbidden, refusal(t, early.err).Code)
		require.Equal(t, usm.PlanChange, first.ack.Step, "the step waits for the second")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalApproved, usm.ApprovalApproved}, w.states())
	})
}
