package store_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

func TestApprovalsAreAskedFor(t *testing.T) {
	t.Parallel()

	t.Run("TheBindingNamesTheStepsThatPoliciesAskAbout", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(), usm.ApprovalPolicy{ID: "usual", Name: "Usual", Require: board().Require})
		binding := w.start(w.register(asked(usm.ChangeRequest)))
		require.Equal(t, []usm.Step{usm.PlanChange, usm.ReleaseChange}, binding.Gated)
		require.Empty(t, w.start(w.register(asked(usm.Incident))).Gated)
	})

	t.Run("NothingIsWrittenWhereNoPolicyAsks", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) { p.When = "proposal.fields.cost > 1000.0" }))
		call := w.planned()
		before := w.view(call.Number)
		require.Nil(t, w.amend(plan(call)).Approval)
		require.Equal(t, before, w.view(call.Number))
		require.Zero(t, read[int](w, `SELECT count(*) FROM approvals`))
		require.NotNil(t, w.amend(plan(call, costing(1001))).Approval, "the same call, when the condition holds")
	})

	t.Run("TheCallWaitsForThoseWhomThePolicyNames", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		require.Equal(t, call.Number+".1", a.ID)
		require.Equal(t, usm.ApprovalOpen, a.State)
		require.Equal(t, []string{"olga"}, []string{a.By.Person})
		require.Regexp(t, "^sha256:[0-9a-f]{64}$", a.Digest)
		view := w.view(call.Number)
		require.Equal(t, usm.WaitApproval, view.WaitingFor.Kind)
		require.Equal(t, a.ID, view.WaitingFor.Approval)
		require.Equal(t, []string{"max", "mia"}, view.WaitingFor.People)
		require.Equal(t, []string{"operator"}, view.WaitingFor.Profiles, "who may propose something else")
		require.Equal(t, "max mia", w.asksOf(a.ID))
		require.Equal(t, "max mia", w.toldOf(a.ID))
		row := w.last(call)
		require.Equal(t, usm.EventProposed, row.Kind)
		require.Equal(t, a.Digest, row.Fields["digest"])
		require.Equal(t, map[string]any{a.ID: "open"}, row.After["approvals"])
		require.Equal(t, map[string]any{
			"step": "plan_change", "outcome": "", "note": "as agreed", "fields": map[string]any{"cost": 100.5},
		}, row.Fields["proposal"])
	})

	t.Run("TheSameProposalIsRecordedOnce", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call := w.planned()
		first := w.amend(plan(call))
		require.Equal(t, first, w.amend(plan(call)))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM approvals`))
		w.gapless(call)
	})

	t.Run("NobodyEligibleIsToldToWhoIsAccountableAtOnce", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) { p.Require = usm.Quorum{Approvers: []usm.Approver{{Person: "eve"}}} }))
		call, a := w.waiting()
		require.NotEmpty(t, a.Stuck)
		require.Empty(t, w.view(call.Number).WaitingFor.People)
		require.Equal(t, "coordinator", read[string](w, `
			SELECT payload #>> '{data,to}' FROM outbox WHERE topic = 'usm.call.notice'`), "who asks approves nothing")
	})

	t.Run("WhoStandsInForSomebodyIsToldToo", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		w.delegate(stands("mia", "carl"))
		_, a := w.waiting()
		require.Equal(t, "carl max mia", w.toldOf(a.ID))
		require.Equal(t, "max mia", w.asksOf(a.ID), "a delegation is looked at when it is read")
		require.Contains(t, read[string](w, `
			SELECT payload #>> '{data,text}' FROM outbox WHERE payload #>> '{data,to}' = 'carl'`), "your approval for Mia")
	})

	t.Run("WhatIsShownKeepsItsDigest", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call := w.planned()
		result := w.amend(plan(call, func(in *usm.Amendment) {
			in.Fields = map[string]any{
				"large": 1e21, "small": 1e-7, "sum": 0.1 + 0.2, "zero": math.Copysign(0, -1), "whole": 100.0, "text": "<é€\u2028\"\\>",
				"list": []any{1.50, nil, true, map[string]any{"b": 1, "a": []any{}}},
			}
		}))
		require.Equal(t, result.Approval.Digest, approval.Digest(w.approval(result.Approval.ID).Content))
		w.amend(usm.Amendment{Call: call, Kind: usm.EventNoted, Text: "so it goes on"})
		require.Equal(t, usm.ApprovalOpen, w.approval(result.Approval.ID).State)
	})

	t.Run("TheClocksRunUnlessAReasonSaysOtherwise", func(t *testing.T) {
		t.Parallel()
		for _, reasons := range [][]usm.PauseReason{nil, {{
			ID: "sponsor", Accountable: usm.AccountableCustomer, While: &usm.Moment{Waiting: usm.WaitApproval},
		}}} {
			w := gatedBy(t, func(d *usm.Domain) {
				d.Agreements[0].Calendar, d.Pauses = usm.AroundTheClock, reasons
				d.Agreements[0].Norms = []usm.Norm{{Type: usm.ChangeRequest, Handling: "8h"}}
			}, board())
			call, a := w.waiting()
			state := map[bool]usm.ClockState{true: usm.ClockRunning, false: usm.ClockPaused}[reasons == nil]
			require.Equal(t, state, w.clock(call.Number, usm.NormHandling, "").State)
			w.amend(vote(call, a, "mia", usm.Approve))
			w.performed(call)
			require.Equal(t, usm.ClockRunning, w.clock(call.Number, usm.NormHandling, "").State)
			w.recomputed(call.Number)
		}
	})

	t.Run("PoliciesAskOneAfterTheOther", func(t *testing.T) {
		t.Parallel()
		second := board(func(p *usm.ApprovalPolicy) {
			p.ID, p.Name, p.Require = "cab", "CAB", usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}}
		})
		w := gated(t, board(), second)
		call, a := w.waiting()
		result := w.amend(vote(call, a, "mia", usm.Approve))
		require.Equal(t, usm.ApprovalOpen, result.Approval.State)
		require.Equal(t, call.Number+".2", result.Approval.ID)
		require.Equal(t, []string{"carl"}, result.Approval.Members)
		require.Equal(t, []string{"carl"}, w.view(call.Number).WaitingFor.People)
		require.Equal(t, usm.ApprovalApproved, w.approval(a.ID).State)
		require.Equal(t, map[string]any{a.ID: "approved", result.Approval.ID: "open"}, w.last(call).After["approvals"])

		done := w.amend(vote(call, w.approval(result.Approval.ID), "carl", usm.Approve))
		require.Equal(t, usm.ApprovalApproved, done.Approval.State)
		require.Equal(t, []string{"mia", "carl"}, done.Approval.By, "of either policy")
		w.performed(call)
		require.Equal(t, usm.PrepareChange, w.view(call.Number).Step)
		w.gapless(call)
	})
}

func TestAnotherProposal(t *testing.T) {
	t.Parallel()

	t.Run("VoidsWhatWasDecidedAboutTheFirstAndSaysWhatChanged", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		result := w.amend(plan(call, costing(200)))
		require.Equal(t, call.Number+".2", result.Approval.ID)
		void := w.approval(a.ID)
		require.Equal(t, usm.ApprovalVoid, void.State)
		require.NotNil(t, void.ClosedAt)
		now := w.approval(result.Approval.ID)
		require.Equal(t, a.ID, now.Replaces)
		require.Equal(t, []usm.ContentChange{{Pointer: "/proposal/fields/cost", Before: "100.5", After: "200"}}, now.Changed)
		require.Empty(t, now.Ballots)
		require.Equal(t, "max mia", w.asksOf(now.ID))
		require.Empty(t, w.asksOf(a.ID))
		require.Equal(t, now.ID, w.view(call.Number).WaitingFor.Approval)
		_, err := w.Amend(w.ctx(), vote(call, a, "max", usm.Approve))
		requireCode(t, usm.CodeOutOfTurn, err)
		require.Contains(t, w.last(call).Fields, "changed")
	})

	t.Run("KeepsTheAnswersWhereNothingMaterialDiffers", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all"), func(p *usm.ApprovalPolicy) { p.Material = []string{"/proposal/fields/cost"} }))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		result := w.amend(plan(call, func(in *usm.Amendment) { in.Text, in.Key = "worded otherwise", "act/again" }))
		require.Equal(t, a.ID, result.Approval.ID)
		require.NotEqual(t, a.Digest, result.Approval.Digest)
		_, err := w.Amend(w.ctx(), vote(call, a, "max", usm.Approve))
		require.Equal(t, result.Approval.Digest, refusal(t, usm.CodeStale, err).Digest)
		require.Equal(t, usm.ApprovalApproved, w.amend(vote(call, w.approval(a.ID), "max", usm.Approve)).Approval.State)
	})

	t.Run("OfOneWhoHasAnsweredIsAskedAboutAnew", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all"), func(p *usm.ApprovalPolicy) { p.Material = []string{"/proposal/fields/cost"} }))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		by := func(person string) func(*usm.Amendment) {
			return func(in *usm.Amendment) { in.Actor.Person, in.Key = person, "act/by/"+person }
		}
		result := w.amend(plan(call, by("mia")))
		require.Equal(t, call.Number+".2", result.Approval.ID)
		require.Equal(t, []string{"max"}, result.Approval.Members, "nobody approves what he proposes")
		_, err := w.Amend(w.ctx(), vote(call, w.approval(result.Approval.ID), "mia", usm.Approve))
		require.True(t, refusal(t, usm.CodeForbidden, err).Duties)
		result = w.amend(plan(call, by("omar")))
		require.Equal(t, call.Number+".2", result.Approval.ID, "of one who has not it goes on")
		require.Equal(t, []string{"max"}, result.Approval.Members, "and who proposed it before does not approve it either")
	})

	t.Run("ThatNeedsNoApprovalWithdrawsTheFirstWhenItIsCarriedOut", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) { p.When = "proposal.fields.cost > 100.0" }))
		call, a := w.waiting()
		require.Nil(t, w.amend(plan(call, costing(5))).Approval)
		require.Equal(t, usm.ApprovalOpen, w.approval(a.ID).State)
		w.performed(call)
		w.performed(call)
		require.Equal(t, usm.ApprovalWithdrawn, w.approval(a.ID).State)
		require.Equal(t, map[string]any{a.ID: "withdrawn"}, w.last(call).After["approvals"])
		require.Empty(t, w.asksOf(a.ID))
	})

	t.Run("LetsThePolicyAskAgainThatApprovedTheFirst", func(t *testing.T) {
		t.Parallel()
		second := board(func(p *usm.ApprovalPolicy) {
			p.ID, p.Require = "cab", usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}}
		})
		w := gated(t, board(), second)
		call, a := w.waiting()
		two := w.amend(vote(call, a, "mia", usm.Approve)).Approval
		three := w.amend(plan(call, costing(200))).Approval
		require.Equal(t, usm.ApprovalVoid, w.approval(two.ID).State)
		require.Equal(t, "board", w.approval(three.ID).Policy.ID)
		four := w.amend(vote(call, w.approval(three.ID), "max", usm.Approve)).Approval
		require.Equal(t, "cab", w.approval(four.ID).Policy.ID)
		done := w.amend(vote(call, w.approval(four.ID), "carl", usm.Approve)).Approval
		require.Equal(t, usm.ApprovalApproved, done.State)
	})
}
