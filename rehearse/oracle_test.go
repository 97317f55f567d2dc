package rehearse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
)

// rule is permits_proposal.yaml written by hand: who decides a permit of that amount and route, in their order.
func rule(amount float64, route []string) (needed []string) {
	for _, role := range []string{"PRE_APPROVER", "ADMINISTRATION", "BUDGET OWNER", "SUPERVISOR", "DIRECTOR", "MISSING"} {
		asked := slices.Contains(route, role)
		switch role {
		case "BUDGET OWNER":
			asked = asked && amount >= 1000
		case "DIRECTOR":
			asked = asked || amount >= 2500
		}
		if asked {
			needed = append(needed, role)
		}
	}
	return needed
}

// tallied is what the oracle counts.
type tallied struct {
	ends             map[string]int
	counted, missing int
	unneeded         int
}

// judge works out by hand what becomes of a case, from the texts of its rows alone.
func (o *tallied) judge(amount float64, events []string) {
	type round struct{ route, said []string }
	var rounds []round
	for _, event := range events {
		words, role, _ := strings.Cut(event, " by ")
		switch {
		case words == "Permit SUBMITTED":
			rounds = append(rounds, round{})
		case !strings.HasPrefix(words, "Permit ") || role == "EMPLOYEE":
		default:
			last := &rounds[len(rounds)-1]
			last.route, last.said = append(last.route, role), append(last.said, words)
		}
	}
	rounds = slices.DeleteFunc(rounds, func(r round) bool { return len(r.route) == 0 })
	if len(rounds) == 0 {
		return
	}
	log, now := "approved", ""
	if slices.Contains(rounds[len(rounds)-1].said, "Permit REJECTED") {
		log = "rejected"
	}
	for _, r := range rounds {
		if now == "approved" || now == "unasked" {
			o.unneeded += len(r.route)
			continue
		}
		now = o.round(amount, r.route, r.said)
	}
	o.ends[log+" → "+now]++
}

func (o *tallied) round(amount float64, route, said []string) string {
	needed := rule(amount, route)
	broken := slices.Index(said, "Permit REJECTED")
	for _, role := range route {
		if !slices.Contains(needed, role) {
			o.unneeded++
		}
	}
	for _, role := range needed {
		i := slices.Index(route, role)
		switch {
		case i < 0:
			o.missing++
			return "open"
		case i == broken:
			o.counted++
			return "rejected"
		}
		o.counted++
	}
	if broken >= 0 {
		return "open" // whom else the route would have named nobody knows
	}
	if len(needed) == 0 {
		return "unasked"
	}
	return "approved"
}

// agrees holds a report against the oracle.
func agrees(t *testing.T, o *tallied, r rehearse.Approvals) {
	t.Helper()
	got := tallied{ends: map[string]int{}}
	for _, row := range r.Outcomes {
		got.ends[string(row.Log)+" → "+string(row.Now)] = row.Cases
	}
	for _, row := range r.Roles {
		got.counted, got.missing, got.unneeded = got.counted+row.Counted, got.missing+row.Missing, got.unneeded+row.Unneeded
	}
	require.Equal(t, *o, got)
	addUp(t, r)
}

// addUp checks that every case, approval and answer is counted in exactly one place.
func addUp(t *testing.T, r rehearse.Approvals) {
	t.Helper()
	cases := 0
	for _, row := range r.Outcomes {
		cases += row.Cases
	}
	require.Equal(t, r.Cases, cases)
	for _, row := range r.Policies {
		require.Equal(t, row.Asked, row.Approved+row.Rejected+row.Expired+row.Escalated+row.Void+row.Open, row.Policy)
	}
	for _, row := range r.Roles {
		require.Equal(t, row.Log, row.Counted+row.Unneeded+row.Overdue+row.Unreached, "%s %s", row.Role, row.Band)
	}
}

func TestAHandWrittenRuleAgreesOnAnyLog(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2020, 6426)) // the same log every time
	roles := []string{"pre-approver", "administration", "budget-owner", "supervisor", "director", "audit"}
	o := &tallied{ends: map[string]int{}}
	var rows []string
	for i := range 400 {
		amount := []int{100, 999, 1000, 2499, 2500, 9000}[random.IntN(6)]
		var events []string
		day := 1
		happens := func(what, event string) {
			rows = append(rows, fmt.Sprintf("p%d %d %d 09:%02d %s", i, amount, day, random.IntN(60), what))
			events = append(events, event)
			day++
		}
		for again, rejected := 0, true; rejected && again < 3; again++ {
			happens("submitted", "Permit SUBMITTED by EMPLOYEE")
			rejected = false
			for _, role := range roles {
				if rejected || random.IntN(2) == 0 {
					continue
				}
				rejected = random.IntN(4) == 0
				said := map[bool][2]string{false: {" yes", "Permit APPROVED by "}, true: {" no", "Permit REJECTED by "}}[rejected]
				happens(role+said[0], said[1]+inTheLog[role])
			}
		}
		o.judge(float64(amount), events)
	}
	agrees(t, o, decided(t, permits(t, travel(t, "permits_proposal.yaml"), rows...)))
}
