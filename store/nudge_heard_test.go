package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

// later has the gateway that has all runs for itself lost for longer than it may be.
func (w world) later() {
	w.t.Helper()
	require.NoError(w.t, w.exec(`UPDATE nudges SET taken_at = taken_at - interval '6 seconds'`))
}

// lost is a call whose approval ended without the engine's having said that it knows.
func lost(t *testing.T) (world, usm.Call, usm.Approval) {
	t.Helper()
	w := gated(t, board())
	call, a := w.waiting()
	w.amend(vote(call, a, "mia", usm.Approve))
	return w, call, w.approval(a.ID)
}

func TestAnEndThatTheEngineMayHaveLost(t *testing.T) {
	t.Parallel()

	t.Run("IsLookedAtAgainWhenItWasNotHeardOfInTime", func(t *testing.T) {
		t.Parallel()
		w, call, _ := lost(t)
		runs, wait, err := w.Nudges(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, runs, "the engine has it in all likelihood")
		require.Greater(t, wait, time.Duration(0))
		require.LessOrEqual(t, wait, 5*time.Second)
		w.later()
		require.Equal(t, []string{call.Number}, w.nudges())
		require.Empty(t, w.nudges(), "once")
	})

	t.Run("IsNotWhenItWasHeardOf", func(t *testing.T) {
		t.Parallel()
		w, _, a := lost(t)
		require.NoError(t, w.Heard(w.ctx(), a))
		require.Zero(t, read[int](w, `SELECT count(*) FROM nudges`))
		_, wait, err := w.Nudges(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, store.NoNudge, wait)
	})

	t.Run("IsThatOfVotesAndBypassesOnly", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all"), emergency))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		require.Zero(t, read[int](w, `SELECT count(*) FROM nudges`), "it is open still")
		require.NoError(t, w.Heard(w.ctx(), w.approval(a.ID)), "which says nothing")
		result := w.amend(bypass(call, a))
		w.later()
		require.Equal(t, []string{call.Number}, w.nudges())
		owed := w.approval(result.Owed.Approval)
		w.amend(vote(call, owed, "mia", usm.Reject))
		w.later()
		require.Equal(t, []string{owed.Run()}, w.nudges(), "the run of an obligation is one of its own")

		other, b := w.waiting()
		w.performed(other)
		require.Equal(t, usm.ApprovalWithdrawn, w.approval(b.ID).State)
		require.Zero(t, read[int](w, `SELECT count(*) FROM nudges`), "its own run knows")
	})

	t.Run("DoesNotDelayWhatTheDirectoryChanged", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		_, err := w.setActive("it", "max", "", false)
		require.NoError(t, err)
		w.amend(vote(call, a, "mia", usm.Approve))
		require.NoError(t, w.Heard(w.ctx(), w.approval(a.ID)))
		require.Equal(t, []string{call.Number}, w.nudges(), "at once")
	})

	t.Run("IsNotForgottenByWhoLookedBefore", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		_, err := w.setActive("it", "max", "", false)
		require.NoError(t, err)
		runs, _, err := w.Nudges(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, []string{call.Number}, runs)
		w.amend(vote(call, a, "mia", usm.Approve))
		require.NoError(t, w.Nudged(w.ctx(), call.Number), "the run looked before the vote")
		w.later()
		require.Equal(t, []string{call.Number}, w.nudges())
	})

	t.Run("OfOnePolicyIsNotHeardOfWithThatOfTheNext", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(), board(func(p *usm.ApprovalPolicy) {
			p.ID, p.Require = "cab", usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}}
		}))
		call, first := w.waiting()
		result := w.amend(vote(call, first, "mia", usm.Approve))
		second := w.approval(result.Approval.ID)
		w.amend(vote(call, second, "carl", usm.Approve))
		require.NoError(t, w.Heard(w.ctx(), w.approval(first.ID)))
		w.later()
		require.Equal(t, []string{call.Number}, w.nudges())
	})
}
