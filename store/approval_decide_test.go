package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestDecisions(t *testing.T) {
	t.Parallel()

	t.Run("AreCountedUntilTheQuorumIsMet", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		first := w.amend(vote(call, a, "mia", usm.Approve)).Approval
		require.Equal(t, usm.ApprovalOpen, first.State)
		require.Equal(t, []string{"max"}, first.Members)
		require.Equal(t, "max", w.asksOf(a.ID))
		require.Equal(t, []string{"max"}, w.view(call.Number).WaitingFor.People)
		row := w.last(call)
		require.Equal(t, "Mia: approve", row.Text)
		require.Equal(t, "approve", row.Fields["decision"])
		require.Equal(t, a.Digest, row.Fields["digest"])
		require.Equal(t, a.ID, row.Fields["approval"])
		require.Equal(t, usm.RuleApprover, row.Rule)

		last := w.amend(vote(call, a, "max", usm.Approve)).Approval
		require.Equal(t, usm.ApprovalApproved, last.State)
		require.Equal(t, []string{"mia", "max"}, last.By)
		require.Empty(t, w.asksOf(a.ID))
		require.Empty(t, w.view(call.Number).WaitingFor.People)
		kept := w.approval(a.ID)
		require.Len(t, kept.Ballots, 2)
		require.NotNil(t, kept.ClosedAt)
		require.ErrorContains(t, w.exec(`UPDATE approvals SET stuck = 'x'`), "written once", "what has ended never changes")
	})

	t.Run("OfOneCanReject", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		result := w.amend(vote(call, a, "mia", usm.Reject)).Approval
		require.Equal(t, usm.ApprovalRejected, result.State)
		require.Contains(t, result.Why, "too dear")
		require.Equal(t, "Mia: reject, too dear", w.last(call).Text)
		_, err := w.Amend(w.ctx(), vote(call, a, "max", usm.Approve))
		requireCode(t, usm.CodeOutOfTurn, err)
	})

	t.Run("AreCountedOnceHoweverOftenTheyAreSent", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		first := w.amend(vote(call, a, "mia", usm.Approve))
		require.Equal(t, first, w.amend(vote(call, a, "mia", usm.Approve)), "under the same key")
		again := vote(call, a, "mia", usm.Approve)
		again.Key = "act/another"
		require.Equal(t, first.Approval, w.amend(again).Approval, "under another key")
		require.Len(t, w.approval(a.ID).Ballots, 1)
		require.Equal(t, usm.EventDecided, w.last(call).Kind)
		_, err := w.Amend(w.ctx(), vote(call, a, "mia", usm.Reject))
		requireCode(t, usm.CodeConflict, err)
		w.gapless(call)
	})

	t.Run("OfTheWrongPersonLeaveNothing", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) {
			p.Require.Approvers = append(p.Require.Approvers, usm.Approver{Profile: "operator"})
		}))
		call, a := w.waiting()
		before := w.view(call.Number)
		for person, duties := range map[string]bool{"eve": true, "olga": true, "carl": false, "nobody": false} {
			_, err := w.Amend(w.ctx(), vote(call, a, person, usm.Approve))
			require.Equal(t, duties, refusal(t, usm.CodeForbidden, err).Duties, person)
		}
		require.Equal(t, before, w.view(call.Number))
		require.Equal(t, a, w.approval(a.ID))
		_, err := w.Amend(w.ctx(), vote(call, usm.Approval{ID: call.Number + ".9", Digest: a.Digest}, "mia", usm.Approve))
		requireCode(t, usm.CodeOutOfTurn, err)
	})

	t.Run("OfAStandInNameTheDelegation", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		delegation := w.delegate(stands("mia", "carl"))
		require.Equal(t, []string{"carl", "max", "mia"}, w.view(call.Number).WaitingFor.People, "with no change of the call")
		in := vote(call, a, "carl", usm.Approve)
		in.Actor.For, in.Actor.Delegation = "mia", delegation.ID
		w.amend(in)
		row := w.last(call)
		require.Equal(t, fmt.Sprintf("Carl for Mia under delegation %d: approve", delegation.ID), row.Text)
		require.Equal(t, "mia", row.For)
		require.EqualValues(t, delegation.ID, row.Fields["delegation"])
		require.Equal(t, usm.RuleDelegate, row.Rule)
		result := w.amend(vote(call, a, "max", usm.Approve)).Approval
		require.Equal(t, []string{"mia", "carl", "max"}, result.By, "neither implements what was approved")
	})

	t.Run("KeepWhenWhoeverSignedInWhereThePolicyAsks", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) { p.StepUp, p.Meaning = "5m", "I release the money" }))
		call, a := w.waiting()
		in := vote(call, a, "mia", usm.Approve)
		_, err := w.Amend(w.ctx(), in)
		requireCode(t, usm.CodeStepUp, err)
		at := time.Now().UTC().Truncate(time.Second)
		in.Vote.SignedIn = &at
		w.amend(in)
		ballot := w.approval(a.ID).Ballots[0]
		require.True(t, at.Equal(*ballot.SignedIn))
		require.Equal(t, "I release the money", w.last(call).Fields["meaning"])
		require.Equal(t, at.Format(time.RFC3339), w.last(call).Fields["signed_in"])
	})

	t.Run("OfStagesAskTheNextStage", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(func(p *usm.ApprovalPolicy) {
			p.Require = usm.Quorum{Stages: []usm.Quorum{
				{Approvers: []usm.Approver{{Person: "carl"}}}, {Approvers: []usm.Approver{{Person: "mia"}}},
			}}
		}))
		call, a := w.waiting()
		require.Equal(t, "carl", w.asksOf(a.ID))
		w.amend(vote(call, a, "carl", usm.Approve))
		require.Equal(t, "mia", w.asksOf(a.ID))
		require.Equal(t, "carl mia", w.toldOf(a.ID), "each when he is asked")
	})

	t.Run("MayBeAskedOfOneMore", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		in := usm.Amendment{
			Call: call, Kind: usm.EventApproverAdded, Key: "act/add", Step: a.Step, Text: "he knows it", Actor: usm.Actor{Person: "mia"},
			Vote: &usm.Vote{Approval: a.ID}, Approver: &usm.Approver{Person: "carl"},
		}
		first := w.amend(in)
		require.Equal(t, first, w.amend(in))
		require.Equal(t, []string{"carl", "max", "mia"}, w.view(call.Number).WaitingFor.People)
		require.Equal(t, "he knows it", w.last(call).Text)
		require.Equal(t, "carl", w.last(call).Fields["person"])
		require.Equal(t, usm.ApprovalOpen, w.amend(vote(call, a, "max", usm.Approve)).Approval.State)
		require.Equal(t, usm.ApprovalApproved, w.amend(vote(call, a, "carl", usm.Approve)).Approval.State)
		_, err := w.Amend(w.ctx(), usm.Amendment{
			Call: call, Kind: usm.EventApproverAdded, Key: "act/late", Actor: usm.Actor{Person: "mia"}, Vote: &usm.Vote{Approval: a.ID},
			Approver: &usm.Approver{Person: "cora"},
		})
		requireCode(t, usm.CodeOutOfTurn, err)
	})
}
