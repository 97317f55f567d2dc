package approval

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// opened is a Monday at nine, when the office opens.
var opened = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// office is open from nine to five on weekdays.
func office(tb testing.TB) *clock.Calendar {
	tb.Helper()
	hours := map[string][]string{}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
		hours[day] = []string{"09:00-17:00"}
	}
	c, err := clock.Compile(usm.Calendar{TimeZone: "UTC", Hours: hours})
	require.NoError(tb, err)
	return c
}

// world has ada (director) over max (manager) over rita, who asks; the board of bea, ben and bob; dora, dirk and dan, who
// are nobody's approvers; the owner of the service, owen; karl, who speaks for the customer; lena, who has left, under max.
func world(tb testing.TB) World {
	tb.Helper()
	c := office(tb)
	person := func(id, manager string, profiles ...string) usm.Person {
		return usm.Person{ID: id, Name: id, Manager: manager, Profiles: profiles}
	}
	lena := person("lena", "max", "board")
	lena.Inactive = true
	domain := usm.Domain{
		ID: "it", TimeZone: "UTC", Version: 3,
		Profiles: []usm.Profile{{ID: "board"}, {ID: "owners"}, {ID: "empty"}, {ID: "coordinator"}},
		People: []usm.Person{
			person("ada", ""), person("max", "ada"), person("rita", "max"), person("bea", "max", "board"), person("ben", "max", "board"),
			person("bob", "ada", "board"), person("dora", ""), person("dirk", ""), person("dan", "dora"), person("owen", "ada", "owners"),
			person("karl", ""), lena, person("paul", "max", "coordinator"),
		},
		Customers: []usm.Party{{ID: "sales", RepresentedBy: []string{"karl"}}},
		Services:  []usm.Service{{ID: "mail", Owner: "owners"}},
		Procedures: []usm.Procedure{
			{Process: usm.Change, Default: usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"coordinator"}}},
		},
	}
	return World{
		Directory: Directory{
			Domain: domain, Customer: "sales",
			Components: []usm.Component{{ID: "server", Owner: "owners"}, {ID: "laptop", Owner: "dora"}},
		},
		Calendar: c, Hours: c, Now: opened,
	}
}

// content is what rita asks for.
func content() map[string]any {
	call := usm.Call{Number: "RFC-000001", NewCall: usm.NewCall{
		Requester: "rita", Service: "mail", Type: usm.ChangeRequest, Subject: "A new server",
	}}
	return Content(call, map[string]any{"risk": "low"}, usm.Action{
		Step: usm.PlanChange, Fields: map[string]any{"amount": 900.0, "cost": "900 EUR"}, Text: "as discussed",
	})
}

// asks opens an approval that paul proposed.
func asks(tb testing.TB, w World, policy usm.ApprovalPolicy) usm.Approval {
	tb.Helper()
	a, err := Open(usm.Approval{
		ID: "RFC-000001.1", Call: "RFC-000001", Domain: "it", Subject: "A new server", Step: usm.PlanChange, Attempt: 1, Policy: policy,
		Version: 3, By: usm.Actor{Person: "paul"}, Content: content(),
	}, w)
	require.NoError(tb, err)
	return a
}

// people of a leaf.
func persons(need string, ids ...string) usm.Quorum {
	q := usm.Quorum{Need: need}
	for _, id := range ids {
		q.Approvers = append(q.Approvers, usm.Approver{Person: id})
	}
	return q
}

func profile(need, id string) usm.Quorum {
	return usm.Quorum{Need: need, Approvers: []usm.Approver{{Profile: id}}}
}

func policyOf(q usm.Quorum) usm.ApprovalPolicy {
	return usm.ApprovalPolicy{ID: "p", Name: "Policy", Require: q}
}

// cast is a ballot of somebody for himself.
func cast(a usm.Approval, person string, decision usm.Decision) usm.Ballot {
	b := usm.Ballot{Person: person, Decision: decision, Digest: a.Digest, Through: "api"}
	if decision == usm.Reject {
		b.Reason = "no"
	}
	return b
}

// vote counts one that must count.
func vote(tb testing.TB, a usm.Approval, w World, person string, decision usm.Decision) usm.Approval {
	tb.Helper()
	after, err := Vote(a, cast(a, person, decision), w)
	require.NoError(tb, err)
	return after
}
