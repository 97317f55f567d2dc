package approval

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// twenty is an approval of twenty members in four groups of two stages, ten of whom have answered, in a domain of 200 people
// with 20 delegations.
func twenty(tb testing.TB) (World, usm.Approval) {
	tb.Helper()
	w := world(tb)
	for i := range 190 {
		w.Domain.People = append(w.Domain.People, usm.Person{ID: fmt.Sprintf("person-%d", i), Name: "Somebody"})
	}
	group := func(from int) usm.Quorum {
		q := usm.Quorum{Need: "60%"}
		for i := range 5 {
			q.Approvers = append(q.Approvers, usm.Approver{Person: fmt.Sprintf("person-%d", from+i)})
		}
		return q
	}
	for i := range 20 {
		w.Delegations = append(w.Delegations, delegated(int64(i+1), fmt.Sprintf("person-%d>person-%d", i, i+20)))
	}
	stages := []usm.Quorum{{Groups: []usm.Quorum{group(0), group(5)}}, {Groups: []usm.Quorum{group(10), group(15)}}}
	a := asks(tb, w, policyOf(usm.Quorum{Stages: stages}))
	for _, i := range []int{0, 1, 2, 5, 6, 7, 10, 11} {
		a = vote(tb, a, w, fmt.Sprintf("person-%d", i), usm.Approve)
	}
	require.Len(tb, a.Members, 20)
	return w, a
}

// BenchmarkVote has to stay within 50 µs.
func BenchmarkVote(b *testing.B) {
	w, a := twenty(b)
	ballot := cast(a, "person-12", usm.Approve)
	for b.Loop() {
		if _, err := Vote(a, ballot, w); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDeciders has to stay within 50 µs.
func BenchmarkDeciders(b *testing.B) {
	w, a := twenty(b)
	for b.Loop() {
		if len(Deciders(a, w)) != 16 {
			b.Fatal(len(Deciders(a, w)))
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	shown := content()
	for b.Loop() {
		Digest(shown)
	}
}
