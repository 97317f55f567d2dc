package approval

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// voters are whom the policies of the oracle name.
var voters = []string{"bea", "ben", "bob", "dora", "dirk"}

var answers = []usm.Decision{usm.Approve, usm.Reject, usm.Abstain}

// oracle says what a quorum comes to when everybody has answered, as it is written in usm.Quorum. It shares nothing with the
// implementation.
func oracle(q usm.Quorum, said map[string]usm.Decision) bool {
	if len(q.Stages) > 0 {
		return !slices.ContainsFunc(q.Stages, func(part usm.Quorum) bool { return !oracle(part, said) })
	}
	yes, no, weight := 0, 0, 0
	for _, part := range q.Groups {
		if oracle(part, said) {
			yes++
		} else {
			no++
		}
	}
	weights := map[string]int{}
	for _, who := range q.Approvers {
		if said[who.Person] != usm.Approve && who.Mandatory {
			return false
		}
		weights[who.Person] = max(weights[who.Person], who.Weight, 1)
	}
	for person, w := range weights {
		switch said[person] {
		case usm.Approve:
			yes, weight = yes+1, weight+w
		case usm.Reject:
			no++
		case usm.Abstain:
		}
	}
	switch share, isShare := strings.CutSuffix(q.Need, "%"); {
	case q.Need == "" || q.Need == "all":
		return yes > 0 && no == 0
	case q.Need == "any":
		return yes > 0
	case isShare:
		percent, _ := strconv.Atoi(share)
		return yes > 0 && float64(yes)/float64(yes+no) >= float64(percent)/100
	case strings.HasPrefix(q.Need, "weight "):
		n, _ := strconv.Atoi(q.Need[len("weight "):])
		return weight >= n
	default:
		n, _ := strconv.Atoi(q.Need)
		return yes >= n
	}
}

// expected looks at every way in which those who have not answered may still answer.
func expected(q usm.Quorum, said map[string]usm.Decision) usm.ApprovalState {
	can := map[bool]bool{}
	var complete func(open []string)
	complete = func(open []string) {
		if len(open) == 0 {
			can[oracle(q, said)] = true
			return
		}
		for _, answer := range answers {
			said[open[0]] = answer
			complete(open[1:])
		}
		delete(said, open[0])
	}
	var open []string
	for _, person := range voters {
		if _, answered := said[person]; !answered {
			open = append(open, person)
		}
	}
	complete(open)
	switch {
	case !can[false]:
		return usm.ApprovalApproved
	case !can[true]:
		return usm.ApprovalRejected
	}
	return usm.ApprovalOpen
}

// anyQuorum draws policies that can be met: of groups and stages, of people named once or twice, with and without weights.
func anyQuorum(depth int) *rapid.Generator[usm.Quorum] {
	return rapid.Custom(func(t *rapid.T) usm.Quorum {
		kind := rapid.SampledFrom([]string{"approvers", "groups", "stages"}).Draw(t, "kind")
		if depth == 0 {
			kind = "approvers"
		}
		if kind != "approvers" {
			parts := rapid.SliceOfN(anyQuorum(depth-1), 1, 3).Draw(t, "parts")
			if kind == "stages" {
				return usm.Quorum{Stages: parts}
			}
			need := rapid.SampledFrom([]string{"", "any", "50%", "67%", strconv.Itoa(len(parts))}).Draw(t, "need")
			return usm.Quorum{Groups: parts, Need: need}
		}
		q, total := usm.Quorum{}, 0
		for _, person := range rapid.SliceOfNDistinct(rapid.SampledFrom(voters), 1, 4, rapid.ID).Draw(t, "people") {
			who := usm.Approver{Person: person, Weight: rapid.IntRange(0, 3).Draw(t, "weight")}
			who.Mandatory = rapid.IntRange(0, 5).Draw(t, "mandatory") == 0
			q.Approvers = append(q.Approvers, who)
			total += max(1, who.Weight)
		}
		q.Need = rapid.SampledFrom([]string{
			"all", "", "any", "2", "3", "34%", "50%", "60%", "100%", fmt.Sprintf("weight %d", rapid.IntRange(1, total).Draw(t, "sum")),
		}).Draw(t, "need")
		if n, err := strconv.Atoi(q.Need); err == nil && n > len(q.Approvers) {
			q.Need = strconv.Itoa(len(q.Approvers))
		}
		return q
	})
}

// TestAsTheOracleSays lets people answer in any order until it is decided, and holds every state, of every node, against
// all that might still come.
func TestAsTheOracleSays(t *testing.T) {
	t.Parallel()
	w := world(t)
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuorum(2).Draw(t, "quorum")
		a, err := Open(usm.Approval{ID: "x.1", Step: usm.PlanChange, Policy: policyOf(q), Content: content()}, w)
		require.NoError(t, err)
		said := map[string]usm.Decision{}
		for _, person := range rapid.Permutation(voters).Draw(t, "order") {
			require.Equal(t, expected(q, said), a.State, "%v", said)
			decision := rapid.SampledFrom(answers).Draw(t, "decision")
			after, err := Vote(a, cast(a, person, decision), w)
			may := slices.ContainsFunc(Deciders(a, w), func(d usm.Decider) bool { return d.Person == person })
			require.Equal(t, may, err == nil, "%v", err)
			if err != nil {
				continue
			}
			said[person] = decision
			for i, g := range Groups(after) {
				if was := Groups(a)[i].State; was != usm.ApprovalOpen {
					require.Equal(t, was, g.State, "what is decided stays decided")
				}
			}
			a = after
		}
		require.Equal(t, expected(q, said), a.State, "%v", said)
	})
}

// TestNoOrderChangesTheResult of a stage, whose members are all asked at once.
func TestNoOrderChangesTheResult(t *testing.T) {
	t.Parallel()
	w := world(t)
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuorum(1).Draw(t, "quorum")
		decisions := map[string]usm.Decision{}
		for _, person := range voters {
			decisions[person] = rapid.SampledFrom(answers).Draw(t, person)
		}
		results := map[usm.ApprovalState]bool{}
		for _, order := range [][]string{voters, rapid.Permutation(voters).Draw(t, "order"), rapid.Permutation(voters).Draw(t, "another")} {
			a, err := Open(usm.Approval{ID: "x.1", Step: usm.PlanChange, Policy: policyOf(q), Content: content()}, w)
			require.NoError(t, err)
			for range voters { // who is not asked yet comes again
				for _, person := range order {
					if after, err := Vote(a, cast(a, person, decisions[person]), w); err == nil {
						a = after
					}
				}
			}
			results[a.State] = true
		}
		require.Len(t, results, 1, "%v", results)
		require.False(t, results[usm.ApprovalOpen])
	})
}

// TestAMetQuorumIsNeverUnMet whatever becomes of the directory, and nobody who comes or goes rejects.
func TestAMetQuorumIsNeverUnMet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		board := profile(rapid.SampledFrom([]string{"all", "any", "2", "50%", "weight 2"}).Draw(t, "need"), "board")
		q := usm.Quorum{Stages: []usm.Quorum{
			{Groups: []usm.Quorum{board, persons("", "dora")}},
			profile(rapid.SampledFrom([]string{"all", "any", "60%"}).Draw(t, "last"), "owners"),
		}}
		a, err := Open(usm.Approval{ID: "x.1", Step: usm.PlanChange, Policy: policyOf(q), Content: content()}, w)
		require.NoError(t, err)
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			before := Groups(a)
			person := rapid.SampledFrom(voters).Draw(t, "person")
			if rapid.Bool().Draw(t, "votes") {
				if after, err := Vote(a, cast(a, person, rapid.SampledFrom(answers).Draw(t, "decision")), w); err == nil {
					a = after
				}
			} else {
				p := w.find(person)
				p.Inactive = rapid.Bool().Draw(t, "leaves")
				p.Profiles = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"board", "owners"}), rapid.ID).Draw(t, "profiles")
				was := a.State
				a = Refresh(a, w)
				require.False(t, was == usm.ApprovalOpen && a.State == usm.ApprovalRejected, "the directory rejects nothing")
				require.Equal(t, a, Refresh(a, w), "and looking again changes nothing")
			}
			for i, g := range Groups(a) {
				require.False(t, before[i].State == usm.ApprovalApproved && g.State != usm.ApprovalApproved, "%s", g.Path)
				for _, answered := range slices.Concat(before[i].Approved, before[i].Rejected) {
					require.Contains(t, g.Members, answered)
				}
			}
		}
	})
}

// anyWorld is a copy of the world whose people may be changed.
func anyWorld(t *rapid.T) World {
	people := []usm.Person{{ID: "rita"}, {ID: "paul"}}
	for _, id := range voters {
		profiles := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"board", "owners"}), rapid.ID).Draw(t, "profiles")
		people = append(people, usm.Person{ID: id, Profiles: profiles})
	}
	return World{Directory: Directory{Domain: usm.Domain{ID: "it", TimeZone: "UTC", People: people}}, Now: opened}
}
