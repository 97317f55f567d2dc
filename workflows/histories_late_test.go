//go:build histories

package workflows_test

import (
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// lateScenarios are courses that were recorded later than the others.
func lateScenarios() []scenario {
	return []scenario{
		{name: "resource_change__expires_and_is_escalated", as: usm.ResourceChange, prepare: func(w *world) {
			p := within(board("any", usm.PlanChange), "2s", usm.ExpiryEscalate)
			p.Escalate = []usm.Approver{{Person: "mona"}}
			w.gate(p)
			w.propose(usm.PlanChange)
			w.then(func() { w.until(func() bool { return len(w.states()) == 2 }) })
			w.thenVote("mona", usm.Approve)
		}},
		{name: "operation__is_claimed_released_and_reassigned", as: usm.Operation, prepare: func(w *world) {
			w.reach(usm.ExecuteOperation)
			coordinator := usm.Actor{Person: "carl", Profile: "coordinator", Rule: usm.RuleCoordinator}
			for _, action := range []usm.Action{
				{Name: usm.ActionClaim, Actor: by("olga")},
				{Name: usm.ActionRelease, Actor: by("olga")},
				{Name: usm.ActionClaim, Actor: by("piet")},
				{Name: usm.ActionReassign, Actor: coordinator, Text: "he is ill", Profiles: []string{"operator"}},
			} {
				w.then(func() { require.NoError(w.t, w.send(w.number, action).err) })
			}
		}},
	}
}
