package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// urgent is a policy that lets an emergency go on; the board approves afterwards, within two days.
func urgent() usm.ApprovalPolicy {
	p := within(board("any", usm.PlanChange), "500h", usm.ExpiryReject)
	p.Emergency = &usm.Emergency{Profiles: []string{"coordinator"}, Within: "48h"}
	return p
}

func TestBypass(t *testing.T) {
	t.Parallel()
	// owed is a change that went on without its approval, and the approval that is owed.
	owed := func(t *testing.T) (w *world, bypass *late) {
		t.Helper()
		w = setup(t)
		w.gate(urgent())
		w.propose(usm.PlanChange)
		return w, w.thenSay(usm.ActionBypass, "carl", nil)
	}
	// decides adds to the script a vote on the approval that is owed.
	decides := func(w *world, person string, decision usm.Decision) *late {
		l := &late{}
		w.then(func() {
			a := w.approvals()[1]
			l.reply = w.send("approval:"+a.ID, ballot(a, person, decision))
		})
		return l
	}

	t.Run("GoesOnAndOwesTheApproval", func(t *testing.T) {
		t.Parallel()
		w, bypass := owed(t)
		met := decides(w, "bea", usm.Approve)
		late := decides(w, "ben", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, bypass.err)
		require.Equal(t, usm.PrepareChange, bypass.ack.Step)
		require.NoError(t, met.err)
		require.Error(t, late.err, "its run has ended")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalBypassed, usm.ApprovalApproved}, w.states())
		require.True(t, w.approvals()[1].Retro)
		require.Zero(t, w.opens("RSK-000001"))
	})

	t.Run("UnmetItRaisesARisk", func(t *testing.T) {
		t.Parallel()
		w, _ := owed(t)
		w.staff = false
		w.wait(49 * time.Hour)
		w.then(func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, usm.ApprovalExpired, w.states()[1])
		require.Equal(t, 1, w.opens("RSK-000001"), "its workflow runs")
		require.Equal(t, w.number, w.call("RSK-000001").Parent)
	})

	t.Run("RejectedItRaisesARiskToo", func(t *testing.T) {
		t.Parallel()
		w, _ := owed(t)
		no := decides(w, "bea", usm.Reject)
		decides(w, "ben", usm.Reject)
		decides(w, "bob", usm.Reject)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, no.err)
		require.Equal(t, usm.ApprovalRejected, w.states()[1])
		require.Equal(t, 1, w.opens("RSK-000001"))
	})

	t.Run("NeedsAReasonAndAPerson", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(urgent())
		w.propose(usm.PlanChange)
		none := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionBypass, Actor: by("carl")})
		machine := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionBypass, Actor: usm.SystemActor("ci"), Text: "because"})
		w.thenVote("bea", usm.Approve)
		w.run(usm.ResourceChange)
		require.True(t, none.rejected)
		require.Equal(t, "/reason", refusal(t, none.err).Fields[0].Pointer)
		require.Equal(t, usm.CodeForbidden, refusal(t, machine.err).Code)
	})
}
