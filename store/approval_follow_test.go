package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestWithdrawnApprovals(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(call usm.Call) usm.Amendment{
		"WhenTheCallIsAborted": func(call usm.Call) usm.Amendment {
			return usm.Amendment{Call: call, Kind: usm.EventAborted, Text: "not needed", Next: &usm.Next{
				Status: usm.StatusAborted, Outcome: usm.OutcomeAborted, Waiting: usm.Waiting{Kind: usm.WaitNone},
			}}
		},
		"WhenTheStepIsSentBack": func(call usm.Call) usm.Amendment {
			next := input(call, "").Next
			next.Step, next.Attempt, next.Undone = usm.PlanChange, 2, []usm.Step{usm.PlanChange}
			return usm.Amendment{Call: call, Kind: usm.EventSentBack, Text: "wrong", Next: &next}
		},
		"WhenTheCallIsRetyped": func(call usm.Call) usm.Amendment {
			return usm.Amendment{Call: call, Kind: usm.EventRetyped, Type: usm.Incident, Text: "broken", Next: &usm.Next{
				Status: usm.StatusRetyped, Outcome: usm.OutcomeRetyped, Waiting: usm.Waiting{Kind: usm.WaitNone},
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := gated(t, board())
			call, a := w.waiting()
			in := change(call)
			first := w.amend(in)
			require.Equal(t, first, w.amend(in))
			gone := w.approval(a.ID)
			require.Equal(t, usm.ApprovalWithdrawn, gone.State)
			require.Contains(t, gone.Why, in.Text)
			require.Empty(t, gone.Deciders)
			require.Empty(t, w.asksOf(a.ID))
			require.Empty(t, w.view(call.Number).WaitingFor.Approval)
			require.Equal(t, map[string]any{a.ID: "withdrawn"}, w.last(call).After["approvals"])
			_, err := w.Amend(w.ctx(), vote(call, a, "mia", usm.Approve))
			requireCode(t, usm.CodeOutOfTurn, err)
		})
	}
}

func TestRechecks(t *testing.T) {
	t.Parallel()
	left := func(w world, ids ...string) {
		w.t.Helper()
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(w.t, err)
		for i, p := range domain.People {
			for _, id := range ids {
				if p.ID == id {
					domain.People[i].Inactive = true
				}
			}
		}
		_, err = w.ApplyDomain(w.ctx(), domain, "test")
		require.NoError(w.t, err)
	}
	recheck := func(call usm.Call, key string) usm.Amendment {
		return usm.Amendment{Call: call, Kind: usm.EventRechecked, Key: key, Actor: usm.Automatic}
	}

	t.Run("LeaveNothingWhereNothingChanged", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		before := w.view(call.Number)
		result := w.amend(recheck(call, "act/1"))
		require.Equal(t, usm.ApprovalOpen, result.Approval.State)
		require.Equal(t, before, w.view(call.Number))
		require.Equal(t, a, w.approval(a.ID))
	})

	t.Run("LeaveOutWhoHasLeft", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		left(w, "mia")
		require.Equal(t, []string{"max"}, w.view(call.Number).WaitingFor.People, "at once")
		result := w.amend(recheck(call, "act/1"))
		require.Equal(t, []string{"max"}, result.Approval.Members)
		require.Equal(t, "max", w.asksOf(a.ID))
		require.Equal(t, usm.EventRechecked, w.last(call).Kind)
		require.Equal(t, result, w.amend(recheck(call, "act/1")))
		require.Equal(t, usm.ApprovalApproved, w.amend(vote(call, a, "max", usm.Approve)).Approval.State)
	})

	t.Run("TellWhoIsAccountableWhenNobodyIsLeft", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		left(w, "mia", "max")
		w.amend(recheck(call, "act/1"))
		require.NotEmpty(t, w.approval(a.ID).Stuck)
		require.NotEmpty(t, read[string](w, `SELECT stuck FROM approvals`))
		require.Equal(t, 1, read[int](w, `
			SELECT count(*) FROM outbox WHERE topic = 'usm.call.notice' AND payload #>> '{data,to}' = 'coordinator'`))
		w.amend(recheck(call, "act/2"))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM trail WHERE kind = 'rechecked'`), "and once")
	})
}
