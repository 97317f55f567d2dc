package store_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// timed is a policy with a time of four hours.
func timed(change ...func(*usm.ApprovalPolicy)) usm.ApprovalPolicy {
	return board(append([]func(*usm.ApprovalPolicy){func(p *usm.ApprovalPolicy) { p.Within = "4h" }}, change...)...)
}

// due is what is due next of an approval, as the engine rings it.
func (w world) due(id string) usm.Alarm {
	w.t.Helper()
	key := read[string](w, `SELECT alarm ->> 'key' FROM approvals WHERE id = $1`, id)
	at := read[time.Time](w, `SELECT (alarm ->> 'at')::timestamptz FROM approvals WHERE id = $1`, id)
	return usm.Alarm{Key: key, At: at}
}

// rings lets the next moment of an approval come.
func (w world) rings(call usm.Call, id string) usm.StepResult {
	w.t.Helper()
	in := alarm(call, usm.Watch{Alarm: w.due(id)})
	result := w.amend(in)
	again := w.amend(in)
	require.Equal(w.t, result, again, "once")
	return result
}

func TestApprovalAlarms(t *testing.T) {
	t.Parallel()

	t.Run("AreArmedTogetherWithThoseOfTheClocks", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed())
		call := w.planned()
		result := w.amend(plan(call))
		a := w.approval(result.Approval.ID)
		require.Equal(t, usm.Alarm{Key: "approval/" + a.ID + "/expiry", At: *a.Due}, result.Watch.Alarm)
		require.Equal(t, a.Due, result.Approval.Due)
		require.WithinDuration(t, a.OpenedAt.Add(4*time.Hour), *a.Due, time.Millisecond)
		noted := w.amend(usm.Amendment{Call: call, Kind: usm.EventNoted, Text: "a note"})
		require.Equal(t, result.Watch, noted.Watch, "whatever else is recorded")
		binding, err := w.Open(w.ctx(), call, usm.ResourceChange.Name)
		require.NoError(t, err)
		require.Equal(t, result.Watch, binding.Watch)
		require.Zero(t, w.amend(vote(call, a, "mia", usm.Approve)).Watch)
	})

	t.Run("GiveWayToAnEarlierOneOfTheClocks", func(t *testing.T) {
		t.Parallel()
		w := gatedBy(t, func(d *usm.Domain) {
			d.Agreements[0].Calendar = usm.AroundTheClock
			d.Agreements[0].Norms = []usm.Norm{{Type: usm.ChangeRequest, Handling: "2h"}}
		}, timed())
		call, a := w.waiting()
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Contains(t, binding.Watch.Alarm.Key, "sa-hq/handling")
		require.True(t, binding.Watch.Due.Before(*a.Due))
		watch := binding.Watch
		for range 10 {
			if watch.Alarm.Key == "approval/"+a.ID+"/expiry" {
				w.recomputed(call.Number)
				return
			}
			watch = w.amend(alarm(call, watch)).Watch
		}
		require.Fail(t, "the approval is never next")
	})

	t.Run("RemindThoseWhoHaveNotAnswered", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed(need("all"), func(p *usm.ApprovalPolicy) { p.Reminders = []string{"50%"} }))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		result := w.rings(call, a.ID)
		require.Equal(t, usm.ApprovalOpen, result.Approval.State)
		require.Equal(t, []string{"max", "max", "mia"}, strings.Fields(w.toldOf(a.ID)))
		require.Equal(t, "approval/"+a.ID+"/expiry", result.Watch.Alarm.Key)
		row := w.last(call)
		require.Equal(t, "remind/50%", row.Fields["alarm"])
		require.Equal(t, a.ID, row.Fields["approval"])
		w.gapless(call)
	})

	t.Run("CallTheSubstitutes", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed(func(p *usm.ApprovalPolicy) {
			p.Require = usm.Quorum{Approvers: []usm.Approver{{Person: "mia"}}}
			p.Substitute = &usm.Substitute{After: "75%", Approvers: []usm.Approver{{Person: "carl"}}}
		}))
		call, a := w.waiting()
		require.Equal(t, []string{"mia"}, w.view(call.Number).WaitingFor.People)
		w.rings(call, a.ID)
		require.Equal(t, []string{"carl", "mia"}, w.view(call.Number).WaitingFor.People)
		require.Equal(t, "carl mia", w.asksOf(a.ID))
		require.Equal(t, "carl mia", w.toldOf(a.ID), "each once")
		in := vote(call, a, "carl", usm.Approve)
		in.Actor.For = "mia"
		require.Equal(t, usm.ApprovalApproved, w.amend(in).Approval.State)
		require.Equal(t, usm.RuleSubstitute, w.last(call).Rule)
	})

	for expiry, want := range map[usm.Expiry]usm.ApprovalState{
		"": usm.ApprovalExpired, usm.ExpiryReject: usm.ApprovalExpired, usm.ExpiryAbort: usm.ApprovalExpired,
		usm.ExpirySilence: usm.ApprovalApproved,
	} {
		t.Run("EndItAs_"+string(expiry), func(t *testing.T) {
			t.Parallel()
			w := gated(t, timed(func(p *usm.ApprovalPolicy) { p.Expiry = expiry }))
			call, a := w.waiting()
			result := w.rings(call, a.ID)
			require.Equal(t, want, result.Approval.State)
			require.Zero(t, result.Watch.Alarm)
			over := w.approval(a.ID)
			require.Equal(t, want, over.State)
			require.Equal(t, want == usm.ApprovalApproved, over.Silence)
			require.Equal(t, over.Silence, w.last(call).Fields["silence"] == true, "the record says so")
			if want == usm.ApprovalExpired {
				require.Equal(t, cmp.Or(expiry, usm.ExpiryReject), result.Approval.Expiry)
				require.NotEmpty(t, result.Approval.Why)
			}
			_, err := w.Amend(w.ctx(), vote(call, a, "mia", usm.Approve))
			requireCode(t, usm.CodeOutOfTurn, err)
		})
	}

	t.Run("AskOthersInstead", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed(func(p *usm.ApprovalPolicy) {
			p.Expiry, p.Escalate = usm.ExpiryEscalate, []usm.Approver{{Person: "carl"}}
		}))
		call, a := w.waiting()
		result := w.rings(call, a.ID)
		require.Equal(t, usm.ApprovalEscalated, w.approval(a.ID).State)
		require.Equal(t, usm.ApprovalOpen, result.Approval.State)
		require.Equal(t, call.Number+".2", result.Approval.ID)
		require.Equal(t, []string{"carl"}, result.Approval.Members)
		require.Equal(t, "approval/"+result.Approval.ID+"/expiry", result.Watch.Alarm.Key)
		require.Equal(t, usm.ApprovalApproved, w.amend(vote(call, w.approval(result.Approval.ID), "carl", usm.Approve)).Approval.State)
	})

	t.Run("ThatCameTooLateOnlyBringTheNext", func(t *testing.T) {
		t.Parallel()
		w := gated(t, timed())
		call, a := w.waiting()
		late := w.due(a.ID)
		next := w.amend(plan(call, costing(200)))
		before := w.view(call.Number)
		result := w.amend(alarm(call, usm.Watch{Alarm: late}))
		require.Nil(t, result.Approval)
		require.Equal(t, next.Watch, result.Watch)
		require.Equal(t, before, w.view(call.Number))
		unknown := usm.Alarm{Key: "approval/" + call.Number + ".7/expiry", At: late.At}
		require.Equal(t, next.Watch, w.amend(alarm(call, usm.Watch{Alarm: unknown})).Watch)
	})

	t.Run("OfTheClocksVoidAnApprovalOfWhatTheyChange", func(t *testing.T) {
		t.Parallel()
		w := gatedBy(t, func(d *usm.Domain) {
			d.Agreements[0].Calendar = usm.AroundTheClock
			d.Agreements[0].Norms = []usm.Norm{{Type: usm.ChangeRequest, Handling: "1h"}}
			d.Agreements[0].Escalation = []usm.Escalation{{At: "50%", Priority: usm.PriorityCritical}}
		}, board())
		call, a := w.waiting()
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		watch := binding.Watch
		for range 5 {
			result := w.amend(alarm(call, watch))
			if watch = result.Watch; result.Priority == "" {
				continue
			}
			require.Equal(t, call.Number+".2", result.Approval.ID)
			require.Equal(t, usm.ApprovalVoid, w.approval(a.ID).State)
			now := w.approval(result.Approval.ID)
			require.Equal(t, []usm.ContentChange{{Pointer: "/call/priority", Before: `""`, After: `"critical"`}}, now.Changed)
			require.Equal(t, now.ID, w.view(call.Number).WaitingFor.Approval)
			require.Equal(t, now.Digest, w.last(call).Fields["digest"])
			return
		}
		require.Fail(t, "nothing escalated")
	})
}
