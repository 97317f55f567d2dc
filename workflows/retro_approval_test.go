package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/workflows"
)

// owing is a world in which only an approval is left that is owed for a bypass, within ten days and with a reminder.
func owing(t *testing.T) (*world, usm.Obligation) {
	t.Helper()
	w := setup(t)
	w.root = true
	p := urgent()
	p.Require.Need = "2"
	p.Reminders, p.Emergency.Within = []string{"50%"}, "240h"
	call := w.request(usm.ResourceChange)
	w.now = func() time.Time { return started }
	a := usm.Approval{
		ID: call.Number + ".2", Call: call.Number, Domain: "it", Subject: call.Subject, Step: usm.PlanChange, Attempt: 1, Policy: p, Version: 1,
		By: by("olga"), Content: approval.Content(call, nil, usm.Action{Step: usm.PlanChange}), Retro: true,
	}
	a, err := approval.Open(a, w.world())
	require.NoError(t, err)
	w.all = append(w.all, a)
	watch := w.watching(call.Number, a.ID, usm.Watch{})
	w.renew()
	return w, usm.Obligation{Approval: a.ID, Digest: a.Digest, Call: call, Watch: watch, Asked: []string{"bea", "ben", "bob"}, Due: a.Due}
}

// outwait runs the workflow of an obligation to its end.
func (w *world) outwait(owed usm.Obligation) error {
	w.number = owed.WorkflowID()
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: w.number})
	w.env.ExecuteWorkflow(workflows.RetroApproval, owed)
	return w.env.GetWorkflowError()
}

// at sends an action to the run at a moment.
func (w *world) at(after time.Duration, action func() usm.Action) *late {
	l := &late{&reply{}}
	w.env.RegisterDelayedCallback(func() { l.reply = w.send(w.number, action()) }, after)
	return l
}

func TestRetroApproval(t *testing.T) {
	t.Parallel()
	vote := func(w *world, person string, decision usm.Decision) func() usm.Action {
		return func() usm.Action { return ballot(w.all[0], person, decision) }
	}

	t.Run("WaitsWithoutItsCallUntilItIsDecided", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		first, second := w.at(24*time.Hour, vote(w, "bea", usm.Approve)), w.at(200*time.Hour, vote(w, "bob", usm.Approve))
		require.NoError(t, w.outwait(owed))
		require.NoError(t, first.err)
		require.NoError(t, second.err)
		require.Equal(t, usm.ApprovalApproved, w.all[0].State)
		require.Equal(t, []string{"ben", "bob"}, w.told(owed.Approval), "who has not answered is reminded")
		require.WithinDuration(t, started.Add(200*time.Hour), w.env.Now(), time.Second)
	})

	t.Run("RaisesARiskWhenItsTimeIsOver", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		require.NoError(t, w.outwait(owed))
		require.Equal(t, usm.ApprovalExpired, w.all[0].State)
		require.Equal(t, 1, w.opens("RSK-000001"))
		require.WithinDuration(t, started.Add(240*time.Hour), w.env.Now(), time.Second)
	})

	t.Run("RefusesBeforeHistory", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		with := func(alter func(*usm.Action)) func() usm.Action {
			return func() usm.Action {
				action := ballot(w.all[0], "bea", usm.Approve)
				alter(&action)
				return action
			}
		}
		for code, l := range map[*late]usm.Code{
			w.at(time.Hour, with(func(a *usm.Action) { a.Vote.Digest = "sha256:0" })):           usm.CodeStale,
			w.at(time.Hour, with(func(a *usm.Action) { a.Vote.Decision = "perhaps" })):          usm.CodeInvalid,
			w.at(time.Hour, with(func(a *usm.Action) { a.Vote.Decision = usm.Reject })):         usm.CodeInvalid,
			w.at(time.Hour, with(func(a *usm.Action) { a.Vote = nil })):                         usm.CodeInvalid,
			w.at(time.Hour, with(func(a *usm.Action) { a.Vote.Approval = "RFC-000001.7" })):     usm.CodeNotFound,
			w.at(time.Hour, with(func(a *usm.Action) { a.Actor = usm.SystemActor("a robot") })): usm.CodeForbidden,
		} {
			defer func() {
				require.True(t, code.rejected)
				require.Equal(t, l, refusal(t, code.err).Code)
			}()
		}
		require.NoError(t, w.outwait(owed))
	})

	t.Run("AVoteThatTheRegistersRefuseChangesNothing", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		foreign := w.at(time.Hour, vote(w, "zoe", usm.Approve))
		require.NoError(t, w.outwait(owed))
		require.Equal(t, usm.CodeForbidden, refusal(t, foreign.err).Code)
		require.Empty(t, w.all[0].Ballots)
	})

	t.Run("ACancellationByTemporalDoesNotPayIt", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Hour)
		w.at(2*time.Hour, vote(w, "bea", usm.Approve))
		last := w.at(3*time.Hour, vote(w, "ben", usm.Approve))
		require.NoError(t, w.outwait(owed))
		require.NoError(t, last.err)
		require.Equal(t, usm.ApprovalApproved, w.all[0].State)
	})

	t.Run("GoesOnInANewRun", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		w.at(time.Hour, vote(w, "bea", usm.Approve))
		w.env.RegisterDelayedCallback(func() { w.env.SetContinueAsNewSuggested(true) }, 2*time.Hour)
		looks := w.at(2*time.Hour, func() usm.Action { return usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic} })
		err := w.outwait(owed)
		var again *workflow.ContinueAsNewError
		require.ErrorAs(t, err, &again)
		require.Equal(t, "RetroApproval", again.WorkflowType.Name)
		require.NoError(t, looks.err)
		var next usm.Obligation
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &next))
		w.renewAt(started.Add(3 * time.Hour))
		w.at(time.Hour, vote(w, "ben", usm.Approve))
		require.NoError(t, w.outwait(next))
		require.Equal(t, usm.ApprovalApproved, w.all[0].State)
		require.Equal(t, []string{"bea", "ben"}, approvers(w.all[0]))
	})

	t.Run("LooksAgainWhenSomebodyHasLeft", func(t *testing.T) {
		t.Parallel()
		w, owed := owing(t)
		w.at(time.Hour, vote(w, "bea", usm.Approve))
		w.at(2*time.Hour, func() usm.Action {
			leaves(&w.who.Domain, "bob")
			return usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic}
		})
		w.at(3*time.Hour, vote(w, "ben", usm.Approve))
		require.NoError(t, w.outwait(owed))
		require.Len(t, w.all[0].Members, 2)
		require.Equal(t, usm.ApprovalApproved, w.all[0].State)
	})
}
