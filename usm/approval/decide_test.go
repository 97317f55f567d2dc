package approval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// delegated are delegations of a week from now: "bea>dora", and what narrows them.
func delegated(id int64, arrow string, narrow ...func(*usm.Delegation)) usm.Delegation {
	from, to, _ := strings.Cut(arrow, ">")
	d := usm.Delegation{ID: id, Domain: "it", Person: from, To: to, From: opened, Until: opened.AddDate(0, 0, 7)}
	for _, n := range narrow {
		n(&d)
	}
	return d
}

// written writes deciders as "bea", "bea<dora(12)" and "bea<dirk".
func written(deciders []usm.Decider) []string {
	texts := []string{}
	for _, d := range deciders {
		switch {
		case d.By == d.Person:
			texts = append(texts, d.Person)
		case d.Delegation > 0:
			texts = append(texts, fmt.Sprintf("%s<%s(%d)", d.Person, d.By, d.Delegation))
		default:
			texts = append(texts, d.Person+"<"+d.By)
		}
	}
	return texts
}

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	when := func(expression string) func(*usm.Delegation) { return func(d *usm.Delegation) { d.When = expression } }
	only := func(change func(*usm.Delegation)) []usm.Delegation {
		return []usm.Delegation{delegated(12, "bea>dora", change)}
	}
	for _, c := range []struct {
		claim       string
		delegations []usm.Delegation
		change      func(*testing.T, *World, *usm.Approval)
		deciders    []string
	}{
		{"TheMembers", nil, nil, []string{"bea", "ben"}},
		{"WhoStandsInBesideTheMember", only(func(*usm.Delegation) {}), nil, []string{"bea", "bea<dora(12)", "ben"}},
		{"NotBeforeItsFirstMoment", only(func(d *usm.Delegation) { d.From = opened.Add(1) }), nil, []string{"bea", "ben"}},
		{"NotAtItsLastMoment", only(func(d *usm.Delegation) { d.Until = opened }), nil, []string{"bea", "ben"}},
		{"NotOnceItIsRevoked", only(func(d *usm.Delegation) { d.RevokedAt = &opened }), nil, []string{"bea", "ben"}},
		{"NotForAnotherProcess", only(func(d *usm.Delegation) { d.Process = usm.Recover }), nil, []string{"bea", "ben"}},
		{"ForItsProcess", only(func(d *usm.Delegation) { d.Process = usm.Change }), nil, []string{"bea", "bea<dora(12)", "ben"}},
		{"NotForAnotherService", only(func(d *usm.Delegation) { d.Service = "phone" }), nil, []string{"bea", "ben"}},
		{"ForItsService", only(func(d *usm.Delegation) { d.Service = "mail" }), nil, []string{"bea", "bea<dora(12)", "ben"}},
		{"NotForMore", only(func(d *usm.Delegation) { d.Amount = 899.99 }), nil, []string{"bea", "ben"}},
		{"ForItsAmount", only(func(d *usm.Delegation) { d.Amount = 900 }), nil, []string{"bea", "bea<dora(12)", "ben"}},
		{"WhenItsConditionHolds", only(when("amount < 1000 && fields.risk == 'low'")), nil, []string{"bea", "bea<dora(12)", "ben"}},
		{"NotWhenItDoesNot", only(when("call.priority == 'high'")), nil, []string{"bea", "ben"}},
		{"NotWhenItCannotBeWorkedOut", only(when("fields.impact == 'low'")), nil, []string{"bea", "ben"}},
		{
			"EveryLinkOfAChain",
			[]usm.Delegation{delegated(1, "bea>dora"), delegated(2, "dora>dirk"), delegated(3, "dirk>bea")},
			nil,
			[]string{"bea", "bea<dora(1)", "bea<dirk(1)", "ben"},
		},
		{"NoLinkThroughWhoHasLeft", []usm.Delegation{delegated(1, "bea>lena"), delegated(2, "lena>dirk")}, nil, []string{"bea", "ben"}},
		{"NoLinkThroughTheRequester", []usm.Delegation{delegated(1, "bea>rita"), delegated(2, "rita>dirk")}, nil, []string{"bea", "ben"}},
		{"NotTheProposer", []usm.Delegation{delegated(1, "bea>paul")}, nil, []string{"bea", "ben"}},
		{"NotWhoIsBarred", []usm.Delegation{delegated(1, "bea>dora")}, func(_ *testing.T, _ *World, a *usm.Approval) {
			a.Barred = []string{"dora"}
		}, []string{"bea", "ben"}},
		{"NotAnotherMemberOfTheGroup", []usm.Delegation{delegated(1, "bea>ben")}, nil, []string{"bea", "ben"}},
		{
			"NobodyForTwoOfAGroup",
			[]usm.Delegation{delegated(1, "bea>dora"), delegated(2, "ben>dora")},
			func(t *testing.T, w *World, a *usm.Approval) {
				t.Helper()
				after, err := Vote(*a, usm.Ballot{Person: "bea", By: "dora", Decision: usm.Approve, Digest: a.Digest}, *w)
				require.NoError(t, err)
				*a = after
			},
			[]string{"ben"},
		},
		{"NotTheMemberWhoHasLeft", nil, func(_ *testing.T, w *World, _ *usm.Approval) { w.find("bea").Inactive = true }, []string{"ben"}},
		{"NobodyForWhoHasLeft", []usm.Delegation{delegated(1, "bea>dora")}, func(_ *testing.T, w *World, _ *usm.Approval) {
			w.find("bea").Inactive = true
		}, []string{"ben"}},
		{"SubstitutesOnceTheyAreCalled", nil, func(_ *testing.T, _ *World, a *usm.Approval) {
			a.Rung = []string{"substitute"}
		}, []string{"bea", "bea<dirk", "bea<dan", "ben", "ben<dirk", "ben<dan"}},
		{"NobodyOnceItHasEnded", nil, func(_ *testing.T, _ *World, a *usm.Approval) { a.State = usm.ApprovalVoid }, []string{}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			policy := policyOf(persons("all", "bea", "ben"))
			policy.Substitute = &usm.Substitute{After: "75%", Approvers: []usm.Approver{{Person: "dirk"}, {Person: "dan"}, {Person: "bea"}}}
			a := asks(t, w, policy)
			w.Delegations = c.delegations
			if c.change != nil {
				c.change(t, &w, &a)
			}
			require.Equal(t, c.deciders, written(Deciders(a, w)))
		})
	}
}

func TestDecidersOfStages(t *testing.T) {
	t.Parallel()
	w := world(t)
	a := asks(t, w, policyOf(usm.Quorum{Stages: []usm.Quorum{persons("", "bea"), persons("any", "ben", "bob")}}))
	require.Equal(t, []string{"bea"}, written(Deciders(a, w)))
	a = vote(t, a, w, "bea", usm.Approve)
	require.Equal(t, []string{"ben", "bob"}, written(Deciders(a, w)))
	require.Equal(t, []bool{true, true, true}, []bool{Groups(a)[0].Asked, Groups(a)[1].Asked, Groups(a)[2].Asked})
}

// TestStandInsForAStep is about people who stand in where a step is to be finished.
func TestStandInsForAStep(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Delegations = []usm.Delegation{
		delegated(1, "bea>dora"), delegated(2, "dora>dirk"), delegated(3, "ben>dirk"), delegated(4, "ben>lena"), delegated(5, "lena>dan"),
	}
	require.Equal(t, []usm.StandIn{
		{Person: "bea", By: "dora", Delegation: 1}, {Person: "bea", By: "dirk", Delegation: 1}, {Person: "ben", By: "dirk", Delegation: 3},
	}, StandIns([]string{"bea", "ben", "bea", "lena"}, usm.Change, content(), w.Directory, opened))
	require.Empty(t, StandIns([]string{"bea", "ben"}, usm.Change, content(), w.Directory, opened.AddDate(0, 0, 7)))
}

func TestCyclic(t *testing.T) {
	t.Parallel()
	later := func(d *usm.Delegation) { d.From, d.Until = opened.AddDate(0, 0, 7), opened.AddDate(0, 0, 14) }
	recovery := func(d *usm.Delegation) { d.Process = usm.Recover }
	change := func(d *usm.Delegation) { d.Process = usm.Change }
	mail := func(d *usm.Delegation) { d.Service = "mail" }
	for _, c := range []struct {
		claim    string
		standing []usm.Delegation
		added    usm.Delegation
		cyclic   bool
	}{
		{"ToOneself", nil, delegated(1, "bea>bea"), true},
		{"BackAtOnce", []usm.Delegation{delegated(1, "ben>bea")}, delegated(2, "bea>ben"), true},
		{"BackByAChain", []usm.Delegation{delegated(1, "ben>bob"), delegated(2, "bob>bea")}, delegated(3, "bea>ben"), true},
		{"OntoATree", []usm.Delegation{delegated(1, "ben>bob"), delegated(2, "bea>bob")}, delegated(3, "bob>dora"), false},
		{"NotAtTheSameTime", []usm.Delegation{delegated(1, "ben>bea", later)}, delegated(2, "bea>ben"), false},
		{"AtTheSameTimeLater", []usm.Delegation{delegated(1, "ben>bea", later)}, delegated(2, "bea>ben", func(d *usm.Delegation) {
			d.Until = opened.AddDate(0, 1, 0)
		}), true},
		{"AChainThatNeverStandsWhole", []usm.Delegation{delegated(1, "ben>bob"), delegated(2, "bob>bea", later)}, delegated(3, "bea>ben",
			func(d *usm.Delegation) { d.Until = opened.AddDate(0, 1, 0) }), false},
		{"Revoked", []usm.Delegation{delegated(1, "ben>bea", func(d *usm.Delegation) { d.RevokedAt = &opened })}, delegated(2, "bea>ben"), false},
		{"ForAnotherProcess", []usm.Delegation{delegated(1, "ben>bea", recovery)}, delegated(2, "bea>ben", change), false},
		{"ForOneOfTheProcesses", []usm.Delegation{delegated(1, "ben>bea", recovery)}, delegated(2, "bea>ben"), true},
		{"ForItsService", []usm.Delegation{delegated(1, "ben>bob", mail), delegated(2, "bob>bea", change)}, delegated(3, "bea>ben"), true},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.cyclic, Cyclic(c.standing, c.added))
		})
	}
}
