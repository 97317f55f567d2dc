package approval

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// timed is the policy that has everything: two days of eight hours.
func timed(expiry usm.Expiry) usm.ApprovalPolicy {
	policy := policyOf(profile("all", "board"))
	policy.Within, policy.Expiry = "16h", expiry
	policy.Reminders = []string{"50%", "-1h"}
	policy.Substitute = &usm.Substitute{After: "75%", Approvers: []usm.Approver{{Person: "dirk"}}}
	policy.Escalation = []usm.Escalation{
		{At: "due", Notify: []string{usm.NotifyAccountable, usm.NotifyRequester, "owners", "owners"}}, {At: "+1h", Notify: []string{"owners"}},
	}
	policy.Escalate = []usm.Approver{{Person: "ada"}, {Person: "dora"}}
	return policy
}

// TestWhatTimeBrings rings everything in its order.
func TestWhatTimeBrings(t *testing.T) {
	t.Parallel()
	w := world(t)
	a := asks(t, w, timed(""))
	a = vote(t, a, w, "ben", usm.Approve)
	tuesday := opened.AddDate(0, 0, 1)
	require.Equal(t, tuesday.Add(8*time.Hour), *a.Due)
	type rung struct {
		name, to string
		at       time.Time
		asks     bool
	}
	var all []rung
	for range 10 {
		alarm, err := Next(a, w)
		require.NoError(t, err)
		if alarm.Key == "" {
			break
		}
		w.Now = alarm.At
		after, does, ok := Ring(a, alarm, w)
		require.True(t, ok)
		require.Equal(t, "approval/RFC-000001.1/"+does.Name, alarm.Key)
		require.NotEmpty(t, does.Text)
		for _, n := range does.Notices {
			all = append(all, rung{does.Name, n.To, alarm.At, n.Approval == a.ID})
			require.Equal(t, does.Text, n.Text)
		}
		_, _, again := Ring(after, alarm, w)
		require.False(t, again, "each once")
		a = after
	}
	half := opened.Add(24 * time.Hour) // the end of Monday, said when Tuesday opens
	require.Equal(t, []rung{
		{"remind/50%", "bea", half, true},
		{"remind/50%", "bob", half, true},
		{"substitute", "dirk", tuesday.Add(4 * time.Hour), true},
		{"remind/-1h", "bea", tuesday.Add(7 * time.Hour), true},
		{"remind/-1h", "dirk", tuesday.Add(7 * time.Hour), true},
		{"remind/-1h", "bob", tuesday.Add(7 * time.Hour), true},
		{"expiry", "coordinator", *a.Due, false},
		{"expiry", "paul", *a.Due, false},
	}, all)
	require.Equal(t, usm.ApprovalExpired, a.State)
	require.Equal(t, "its time was over at 2026-03-03 17:00 UTC without an answer of bea and bob: it counts as rejected", a.Why)
	require.Equal(t, *a.Due, *a.ClosedAt)
}

// TestTheLadderRings where its step falls into service hours.
func TestTheLadderRings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim string
		step  usm.Escalation
		at    time.Time
		ok    bool
	}{
		{"InServiceHours", usm.Escalation{At: "-9h"}, opened.Add(7 * time.Hour), true},
		{"AtTheOpeningAfterwards", usm.Escalation{At: "-8h"}, opened.Add(24 * time.Hour), true},
		{"AtOnceWhereItMay", usm.Escalation{At: "-8h", AnyTime: true}, opened.Add(8 * time.Hour), true},
		{"AtTheDueMomentBeforeItExpires", usm.Escalation{At: "due", AnyTime: true}, opened.Add(32 * time.Hour), true},
		{"NeverAfterTheExpiry", usm.Escalation{At: "due"}, opened.Add(32 * time.Hour), false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			policy := policyOf(profile("all", "board"))
			c.step.Notify = []string{usm.NotifyAccountable, usm.NotifyRequester, "owners", "owners"}
			policy.Within, policy.Escalation = "16h", []usm.Escalation{c.step}
			a := asks(t, w, policy)
			alarm, err := Next(a, w)
			require.NoError(t, err)
			require.Equal(t, c.at, alarm.At)
			_, does, ok := Ring(a, alarm, w)
			require.True(t, ok)
			require.Equal(t, c.ok, does.Name == "escalation/1")
			if c.ok {
				require.Equal(t, []string{"coordinator", "rita", "owners"}, []string{does.Notices[0].To, does.Notices[1].To, does.Notices[2].To})
				require.Len(t, does.Notices, 3)
				require.False(t, does.Expired)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	expired := func(t *testing.T, change func(*usm.ApprovalPolicy), ballots ...usm.Ballot) usm.Approval {
		t.Helper()
		w, policy := world(t), timed("")
		change(&policy)
		a := asks(t, w, policy)
		for _, b := range ballots {
			a = vote(t, a, w, b.Person, b.Decision)
		}
		w.Now = *a.Due
		a, does, ok := Ring(a, usm.Alarm{Key: "approval/RFC-000001.1/expiry", At: *a.Due}, w)
		require.True(t, ok)
		require.True(t, does.Expired)
		require.Contains(t, does.Text, a.Why)
		require.NotNil(t, a.ClosedAt)
		return a
	}
	silent := func(p *usm.ApprovalPolicy) { p.Expiry = usm.ExpirySilence }
	t.Run("AbortsTheCall", func(t *testing.T) {
		t.Parallel()
		a := expired(t, func(p *usm.ApprovalPolicy) { p.Expiry = usm.ExpiryAbort })
		require.Equal(t, usm.ApprovalExpired, a.State)
		require.Contains(t, a.Why, "the call is aborted")
	})
	t.Run("AsksOthersOnce", func(t *testing.T) {
		t.Parallel()
		a := expired(t, func(p *usm.ApprovalPolicy) { p.Expiry = usm.ExpiryEscalate })
		require.Equal(t, usm.ApprovalEscalated, a.State)
		w := world(t)
		w.Now = *a.ClosedAt
		next := Escalated(a)
		next.ID = "RFC-000001.2"
		next, err := Open(next, w)
		require.NoError(t, err)
		require.Equal(t, []string{"ada", "dora"}, asked(next))
		require.Equal(t, "RFC-000001.1", next.Replaces)
		require.Equal(t, w.Now.AddDate(0, 0, 2), *next.Due, "as much time again")
		after := vote(t, next, w, "dora", usm.Approve)
		require.Equal(t, usm.ApprovalApproved, after.State)
		w.Now = *next.Due
		after, _, ok := Ring(next, usm.Alarm{Key: "approval/RFC-000001.2/expiry"}, w)
		require.True(t, ok)
		require.Equal(t, usm.ApprovalExpired, after.State)
		require.Contains(t, after.Why, "counts as rejected")
	})
	t.Run("IsApprovalBySilenceWhereThePolicySaysSo", func(t *testing.T) {
		t.Parallel()
		a := expired(t, silent, usm.Ballot{Person: "bea", Decision: usm.Approve})
		require.Equal(t, usm.ApprovalApproved, a.State)
		require.True(t, a.Silence)
		require.Len(t, a.Ballots, 1)
		require.Contains(t, a.Why, "without an answer of ben and bob: the policy takes silence for approval")
	})
	for _, c := range []struct {
		claim  string
		change func(*usm.ApprovalPolicy)
	}{
		{"IsNoApprovalOfWhoIsMandatory", func(p *usm.ApprovalPolicy) { p.Require = mandatory("any", "bea", "ben") }},
		{"IsNoApprovalOfWhoWasNotAsked", func(p *usm.ApprovalPolicy) {
			p.Require = usm.Quorum{Stages: []usm.Quorum{persons("", "bea"), persons("", "ben")}}
		}},
		{"IsNoApprovalWhereSomebodyIsMissing", func(p *usm.ApprovalPolicy) { p.Require = profile("4", "board") }},
		{"IsNoApprovalOfNobody", func(p *usm.ApprovalPolicy) { p.Require = profile("any", "empty") }},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			a := expired(t, func(p *usm.ApprovalPolicy) { silent(p); c.change(p) })
			require.Equal(t, usm.ApprovalExpired, a.State)
			require.False(t, a.Silence)
		})
	}
	t.Run("OfWhatIsOwedIsSaidSo", func(t *testing.T) {
		t.Parallel()
		w, policy := world(t), timed(usm.ExpirySilence)
		policy.Emergency = &usm.Emergency{Profiles: []string{"board"}, Within: "8h"}
		a, err := Open(usm.Approval{ID: "RFC-000001.2", Step: usm.PlanChange, Policy: policy, Content: content(), Retro: true}, w)
		require.NoError(t, err)
		require.Equal(t, opened.Add(8*time.Hour), *a.Due)
		w.Now = *a.Due
		a, _, ok := Ring(a, usm.Alarm{Key: "approval/RFC-000001.2/expiry"}, w)
		require.True(t, ok)
		require.Equal(t, usm.ApprovalExpired, a.State)
		require.Contains(t, a.Why, "what was done without approval is still not approved")
	})
}

func TestNextIsNothing(t *testing.T) {
	t.Parallel()
	w := world(t)
	for claim, a := range map[string]usm.Approval{
		"WithoutATime":   asks(t, w, policyOf(profile("any", "board"))),
		"OnceItHasEnded": vote(t, asks(t, w, timed("")), w, "bea", usm.Reject),
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			alarm, err := Next(a, w)
			require.NoError(t, err)
			require.Zero(t, alarm)
			for _, name := range []string{"expiry", "remind/50%", "substitute", "nonsense"} {
				_, _, ok := Ring(a, usm.Alarm{Key: "approval/RFC-000001.1/" + name}, w)
				require.False(t, ok)
			}
		})
	}
	t.Run("OfAnotherApproval", func(t *testing.T) {
		t.Parallel()
		_, _, ok := Ring(asks(t, w, timed("")), usm.Alarm{Key: "approval/RFC-000001.11/expiry"}, w)
		require.False(t, ok)
	})
	t.Run("OfATimeThatNobodyCanRead", func(t *testing.T) {
		t.Parallel()
		policy := timed("")
		policy.Within = "soon"
		_, err := Open(usm.Approval{Policy: policy, Content: content()}, w)
		require.ErrorContains(t, err, "soon")
		policy.Within, policy.Reminders = "16h", []string{"often"}
		_, err = Next(asks(t, w, policy), w)
		require.ErrorContains(t, err, "remind/often")
	})
}
