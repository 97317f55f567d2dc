package approval

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// TestNobodyHasTwoVoices in a group, whoever stands in for whom.
func TestNobodyHasTwoVoices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		q := anyQuorum(1).Draw(t, "quorum")
		everybody := append(slices.Clone(voters), "rita", "paul")
		for i := range rapid.IntRange(0, 8).Draw(t, "delegations") {
			w.Delegations = append(w.Delegations, usm.Delegation{
				ID: int64(i + 1), Person: rapid.SampledFrom(everybody).Draw(t, "from"), To: rapid.SampledFrom(everybody).Draw(t, "to"),
				From: opened, Until: opened.AddDate(0, 0, 1),
			})
		}
		policy := policyOf(q)
		policy.Substitute = &usm.Substitute{After: "50%", Approvers: []usm.Approver{{Profile: "board"}}}
		a, err := Open(usm.Approval{
			ID: "x.1", Step: usm.PlanChange, Policy: policy, Content: content(), By: usm.Actor{Person: "paul"}, Rung: []string{},
		}, w)
		require.NoError(t, err)
		a.Rung = []string{"substitute"}
		for a.State == usm.ApprovalOpen {
			deciders := Deciders(a, w)
			if len(deciders) == 0 {
				break
			}
			d := rapid.SampledFrom(deciders).Draw(t, "decider")
			require.NotContains(t, []string{"rita", "paul"}, d.By)
			ballot := cast(a, d.Person, rapid.SampledFrom(answers).Draw(t, "decision"))
			ballot.By = d.By
			after, err := Vote(a, ballot, w)
			require.NoError(t, err)
			require.Greater(t, len(after.Ballots), len(a.Ballots))
			a = after
		}
		voices := map[string]bool{}
		for _, b := range a.Ballots {
			by := b.By
			if by == "" {
				by = b.Person
			}
			for _, group := range b.Groups {
				require.False(t, voices[by+" in "+group], "%s in %s", by, group)
				voices[by+" in "+group] = true
			}
		}
	})
}

// FuzzQuorum lets the fuzzer write the policy and the answers that the oracle is asked about.
func FuzzQuorum(f *testing.F) {
	f.Add([]byte("a policy and some votes"))
	w := world(f)
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		q := anyQuorum(2).Draw(t, "quorum")
		a, err := Open(usm.Approval{ID: "x.1", Step: usm.PlanChange, Policy: policyOf(q), Content: content()}, w)
		require.NoError(t, err)
		said := map[string]usm.Decision{}
		for _, person := range rapid.Permutation(voters).Draw(t, "order") {
			decision := rapid.SampledFrom(answers).Draw(t, "decision")
			if after, err := Vote(a, cast(a, person, decision), w); err == nil {
				a, said[person] = after, decision
			}
			require.Equal(t, expected(q, said), a.State, "%v", said)
		}
	}))
}
