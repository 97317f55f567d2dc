package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// emergency lets coordinators go on without the approval, for an hour.
func emergency(p *usm.ApprovalPolicy) {
	p.Emergency = &usm.Emergency{Profiles: []string{"coordinator"}, Within: "1h"}
}

func bypass(call usm.Call, a usm.Approval) usm.Amendment {
	return usm.Amendment{
		Call: call, Kind: usm.EventBypassed, Key: "act/bypass/" + a.ID, Step: a.Step, Text: "it burns", Vote: &usm.Vote{Approval: a.ID},
		Actor: usm.Actor{Person: "carl", Profile: "coordinator", Rule: usm.RuleEmergency},
	}
}

// owing is a call that went on without its approval and has ended since, with the approval that is owed.
func owing(t *testing.T, policies ...usm.ApprovalPolicy) (w world, call usm.Call, owed usm.Approval) {
	t.Helper()
	w = gated(t, policies...)
	call, a := w.waiting()
	result := w.amend(bypass(call, a))
	require.NotNil(t, result.Owed)
	w.performed(call)
	w.amend(usm.Amendment{Call: call, Kind: usm.EventAborted, Text: "done with it", Next: &usm.Next{
		Status: usm.StatusAborted, Outcome: usm.OutcomeAborted, Waiting: usm.Waiting{Kind: usm.WaitNone},
	}})
	return w, call, w.approval(result.Owed.Approval)
}

func TestBypasses(t *testing.T) {
	t.Parallel()

	t.Run("GoOnAndOweTheApproval", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed(emergency))
		call, a := w.waiting()
		first := w.amend(bypass(call, a))
		require.Equal(t, first, w.amend(bypass(call, a)))
		require.Equal(t, usm.ApprovalBypassed, first.Approval.State)
		require.Zero(t, first.Watch.Alarm, "the call does not wait for it")
		owed := w.approval(first.Owed.Approval)
		require.Equal(t, call.Number+".2", owed.ID)
		require.True(t, owed.Retro)
		require.Equal(t, a.ID, owed.Replaces)
		require.Equal(t, a.Digest, owed.Digest)
		require.Equal(t, owed.Digest, first.Owed.Digest)
		require.Equal(t, call.Number, first.Owed.Call.Number)
		require.Equal(t, usm.Alarm{Key: "approval/" + owed.ID + "/expiry", At: *owed.Due}, first.Owed.Watch.Alarm)
		require.Equal(t, []string{"max", "mia"}, first.Owed.Asked)
		require.Equal(t, "max mia", w.asksOf(owed.ID))
		require.Equal(t, "it burns", w.approval(a.ID).Why)
		require.Empty(t, w.view(call.Number).WaitingFor.Approval)
		row := w.last(call)
		require.Equal(t, "it burns", row.Text)
		require.Equal(t, owed.ID, row.Fields["owed"])
		require.Equal(t, map[string]any{a.ID: "bypassed", owed.ID: "open"}, row.After["approvals"])
		w.performed(call)
		require.Equal(t, usm.ApprovalOpen, w.approval(owed.ID).State, "whatever becomes of the call")
	})

	t.Run("DoNotBypassTheNextPolicy", func(t *testing.T) {
		t.Parallel()
		second := board(func(p *usm.ApprovalPolicy) {
			p.ID, p.Require = "cab", usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}}
		})
		w := gated(t, board(emergency), second)
		call, a := w.waiting()
		result := w.amend(bypass(call, a))
		require.NotNil(t, result.Owed)
		require.Equal(t, "cab", w.approval(result.Approval.ID).Policy.ID)
		require.Equal(t, usm.ApprovalOpen, result.Approval.State)
		require.Equal(t, result.Approval.ID, w.view(call.Number).WaitingFor.Approval)
		_, err := w.Amend(w.ctx(), bypass(call, w.approval(result.Approval.ID)))
		requireCode(t, usm.CodeForbidden, err)
	})

	t.Run("AreNotApprovedByWhoBypassed", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(emergency, func(p *usm.ApprovalPolicy) {
			p.Require = usm.Quorum{Approvers: []usm.Approver{{Profile: "coordinator"}}}
		}))
		call, a := w.waiting()
		owed := w.amend(bypass(call, a)).Owed
		require.Equal(t, []string{"cora"}, owed.Asked)
	})
}

func TestObligations(t *testing.T) {
	t.Parallel()

	t.Run("AreMetAfterTheCallHasEnded", func(t *testing.T) {
		t.Parallel()
		w, call, owed := owing(t, timed(emergency, need("all")))
		first := w.amend(vote(call, owed, "mia", usm.Approve))
		require.Equal(t, owed.ID, first.Approval.ID)
		require.True(t, first.Approval.Retro)
		require.Equal(t, "approval/"+owed.ID+"/expiry", first.Watch.Alarm.Key)
		require.Equal(t, first, w.amend(vote(call, owed, "mia", usm.Approve)))
		result := w.amend(vote(call, owed, "max", usm.Approve))
		require.Equal(t, usm.ApprovalApproved, result.Approval.State)
		require.Zero(t, result.Watch)
		require.Empty(t, result.Opened)
		require.Equal(t, usm.StatusAborted, w.view(call.Number).Status)
		w.gapless(call)
	})

	for name, unmet := range map[string]func(w world, call usm.Call, owed usm.Approval) usm.Amendment{
		"ThatAreRejectedAreANonconformityAndARisk": func(_ world, call usm.Call, owed usm.Approval) usm.Amendment {
			return vote(call, owed, "mia", usm.Reject)
		},
		"ThatAreForgottenAreANonconformityAndARisk": func(w world, call usm.Call, owed usm.Approval) usm.Amendment {
			return alarm(call, usm.Watch{Alarm: w.due(owed.ID)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, call, owed := owing(t, timed(emergency, need("all")))
			in := unmet(w, call, owed)
			result := w.amend(in)
			require.Equal(t, result, w.amend(in), "once")
			require.NotEqual(t, usm.ApprovalOpen, result.Approval.State)
			require.Zero(t, result.Watch)
			require.Len(t, result.Opened, 1)
			risk := result.Opened[0]
			require.Equal(t, usm.Risk, risk.Type)
			require.Contains(t, w.view(call.Number).Links, usm.Link{To: risk.Number, Kind: "raised"})
			row := w.last(call)
			require.Equal(t, usm.EventAlarm, row.Kind)
			require.True(t, strings.HasPrefix(row.Text, "nonconformity: the approval "+owed.ID), row.Text)
			require.Equal(t, risk.Number, row.Fields["risk"])
			require.Equal(t, result.Approval.State, w.approval(owed.ID).State)
			require.Equal(t, 1, read[int](w, `SELECT count(*) FROM calls WHERE type = 'risk'`))
			require.Equal(t, 1, read[int](w, `SELECT count(*) FROM starts WHERE call = $1`, risk.Number))
			w.gapless(call)
		})
	}

	t.Run("AreCheckedBesideTheApprovalThatTheCallWaitsFor", func(t *testing.T) {
		t.Parallel()
		second := board(func(p *usm.ApprovalPolicy) {
			p.ID, p.Require = "cab", usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}}
		})
		w := gated(t, timed(emergency), second)
		call, a := w.waiting()
		result := w.amend(bypass(call, a))
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		domain.People[8].Inactive = true // mia
		_, err = w.ApplyDomain(w.ctx(), domain, "test")
		require.NoError(t, err)
		checked := w.amend(usm.Amendment{
			Call: call, Kind: usm.EventRechecked, Key: "act/1", Actor: usm.Automatic, Vote: &usm.Vote{Approval: result.Owed.Approval},
		})
		require.Equal(t, result.Owed.Approval, checked.Approval.ID)
		require.Equal(t, []string{"max"}, checked.Approval.Members)
		require.Equal(t, result.Owed.Watch, checked.Watch)
		require.Equal(t, "carl", w.asksOf(result.Approval.ID))
	})
}
