package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestWithdrawn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action usm.Action
		ends   usm.Status
	}{
		"ByARedo":         {usm.Action{Name: usm.ActionRedo, Actor: by("olga"), Text: "not yet"}, usm.StatusClosed},
		"ByAnEarlierRedo": {usm.Action{Name: usm.ActionRedo, Actor: by("carl"), Step: usm.ClassifyChange, Text: "wrong"}, usm.StatusClosed},
		"ByAnAbort":       {usm.Action{Name: usm.ActionAbort, Actor: by("ann"), Text: "not needed"}, usm.StatusAborted},
		"ByARetype":       {usm.Action{Name: usm.ActionRetype, Actor: by("carl"), Type: usm.Wish, Text: "it is a wish"}, usm.StatusRetyped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.gate(of("bea", usm.PlanChange))
			w.propose(usm.PlanChange)
			var before usm.Action
			w.then(func() { before = ballot(w.asking(), "bea", usm.Approve) })
			r, late := w.thenSend("RFC-000001", c.action), &late{&reply{}}
			if c.ends == usm.StatusClosed {
				w.then(func() { late.reply = w.send(w.number, before) })
				w.propose(usm.PlanChange)
				w.thenVote("bea", usm.Approve)
			}
			require.Equal(t, c.ends, w.run(usm.ResourceChange).Status)
			require.NoError(t, r.err)
			require.Equal(t, usm.ApprovalWithdrawn, w.states()[0])
			if c.ends == usm.StatusClosed {
				require.Equal(t, usm.CodeOutOfTurn, refusal(t, late.err).Code)
				require.Equal(t, 2, w.attempt(w.number, usm.PlanChange))
				require.Equal(t, usm.ApprovalApproved, w.states()[1])
			}
		})
	}

	t.Run("ByTheAbortOfTheParent", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("bea", usm.PlanChange))
		w.reach(usm.RecoverService)
		w.then(func() { w.until(func() bool { _, ok := w.openBelow(); return ok }) })
		w.then(func() { require.True(t, w.act(w.number)) })
		w.then(func() { require.Equal(t, usm.WaitApproval, w.next("RFC-000001").Waiting.Kind) })
		w.thenSend("INC-000001", said(usm.ActionAbort, "ann", "not needed"))
		require.Equal(t, usm.StatusAborted, w.run(usm.IncidentWithChange).Status)
		require.Equal(t, usm.StatusAborted, w.next("RFC-000001").Status)
		require.Equal(t, usm.ApprovalWithdrawn, w.all[0].State)
	})
}

func TestApproversChange(t *testing.T) {
	t.Parallel()

	t.Run("OneMoreIsAsked", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("bea", usm.PlanChange))
		w.propose(usm.PlanChange)
		added := w.thenSay(usm.ActionAddApprover, "carl", &usm.Approver{Person: "zoe"})
		proposer := w.thenSay(usm.ActionAddApprover, "carl", &usm.Approver{Person: "olga"})
		nobody := w.thenSay(usm.ActionAddApprover, "carl", nil)
		none := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionAddApprover, Actor: by("carl"), Approver: &usm.Approver{Person: "zoe"}})
		first := w.thenVote("bea", usm.Approve)
		w.thenVote("zoe", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, added.err)
		require.Equal(t, "/approver/person", refusal(t, proposer.err).Fields[0].Pointer)
		require.Equal(t, "/approver", refusal(t, nobody.err).Fields[0].Pointer)
		require.Equal(t, "/reason", refusal(t, none.err).Fields[0].Pointer)
		require.Equal(t, usm.PlanChange, first.ack.Step)
		require.Equal(t, []string{"bea", "zoe"}, approvers(w.approvals()[0]))
	})

	t.Run("WhoHasLeftIsNotWaitedFor", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("all", usm.PlanChange))
		w.propose(usm.PlanChange)
		w.thenVote("bea", usm.Approve)
		w.thenVote("ben", usm.Approve)
		w.changed(func(d *usm.Domain) { leaves(d, "bob") })
		looked := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic})
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, looked.err)
		require.Equal(t, usm.PrepareChange, looked.ack.Step, "everybody who is left has approved")
	})

	t.Run("WhenNobodyIsLeftItSaysSoAndWaits", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("zoe", usm.PlanChange))
		w.propose(usm.PlanChange)
		w.changed(func(d *usm.Domain) { leaves(d, "zoe") })
		w.thenSend("RFC-000001", usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic})
		w.then(func() { require.NotEmpty(t, w.asking().Stuck) })
		w.changed(func(d *usm.Domain) { d.People[8].Inactive = false })
		w.thenSend("RFC-000001", usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic})
		w.thenVote("zoe", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
	})

	t.Run("ALookFindsWhatTheEngineLost", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("bea", usm.PlanChange))
		w.propose(usm.PlanChange)
		w.then(func() {
			a := w.asking() // written, and the answer did not reach the run
			_, err := w.Amend(t.Context(), usm.Amendment{
				Call: w.call(w.number), Kind: usm.EventDecided, Key: "act/lost", Actor: by("bea"), Vote: ballot(a, "bea", usm.Approve).Vote,
			})
			require.NoError(t, err)
			require.Equal(t, usm.WaitApproval, w.progress().Waiting.Kind)
		})
		w.thenSend("RFC-000001", usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic})
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
	})

	t.Run("ALookWhenNothingIsAskedIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		r := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic})
		w.run(usm.ResourceChange)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, r.err).Code)
	})
}

func TestApprovalInANewRun(t *testing.T) {
	t.Parallel()
	// moved is a change whose approval was open when its history got too long, after one of two votes.
	moved := func(t *testing.T) (w *world, name string, call usm.Call, sent usm.Action) {
		t.Helper()
		w = setup(t)
		w.gate(within(board("2", usm.PlanChange), "1000h", usm.ExpiryReject))
		w.propose(usm.PlanChange)
		w.then(func() {
			sent = ballot(w.asking(), "bea", usm.Approve)
			sent.ID = "key-1"
			w.send(w.number, sent)
		})
		w.then(func() { w.env.SetContinueAsNewSuggested(true) })
		w.thenSend("RFC-000001", said(usm.ActionNote, "ann", "moves the run"))
		name, call = continued(t, w.runAlone("ResourceChange", w.request(usm.ResourceChange)))
		w.renewAt(w.env.Now().Add(time.Hour))
		return w, name, call, sent
	}

	t.Run("IsStillOpenAndDecided", func(t *testing.T) {
		t.Parallel()
		w, name, call, _ := moved(t)
		require.Equal(t, w.asking().ID, call.Progress.Proposal.Approval)
		require.Equal(t, usm.WaitApproval, call.Progress.Waiting.Kind)
		vote := w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.NoError(t, vote.err)
		require.Equal(t, usm.PrepareChange, vote.ack.Step)
		require.Equal(t, []string{"bea", "bob"}, approvers(w.approvals()[0]))
	})

	t.Run("StillExpires", func(t *testing.T) {
		t.Parallel()
		w, name, call, _ := moved(t)
		w.wait(1001 * time.Hour)
		w.propose(usm.PlanChange)
		w.thenVote("bea", usm.Approve)
		w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalExpired, usm.ApprovalApproved}, w.states())
	})

	t.Run("ARequestThatComesAgainGetsItsFirstAnswer", func(t *testing.T) {
		t.Parallel()
		w, name, call, sent := moved(t)
		w.thenSend("RFC-000001", plan("sam", "another way")) // voids it
		again := w.thenSend("RFC-000001", sent)
		w.thenVote("bea", usm.Approve)
		w.thenVote("bob", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.NoError(t, again.err)
		require.True(t, again.ack.Again)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalVoid, usm.ApprovalApproved}, w.states())
		require.Equal(t, 3, strings.Count(strings.Join(texts(w.kinds(w.number)), " "), string(usm.EventDecided)))
	})
}

func texts(kinds []usm.EventKind) (all []string) {
	for _, kind := range kinds {
		all = append(all, string(kind))
	}
	return all
}
