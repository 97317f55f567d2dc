package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// idsOf are those of approvals, in their order.
func idsOf(approvals []usm.Approval) []string {
	all := make([]string, len(approvals))
	for i, a := range approvals {
		all[i] = a.ID
	}
	return all
}

func (w world) approvals(filter usm.ApprovalFilter) []usm.Approval {
	w.t.Helper()
	found, next, err := w.Approvals(w.ctx(), filter)
	require.NoError(w.t, err)
	require.Empty(w.t, next)
	return found
}

// paged goes through a list page by page.
func (w world) paged(filter usm.ApprovalFilter, limit int) []string {
	w.t.Helper()
	var all []string
	for filter.Page = (usm.Page{Limit: limit}); ; {
		found, next, err := w.Approvals(w.ctx(), filter)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(found), limit)
		all = append(all, idsOf(found)...)
		if filter.Cursor = next; next == "" {
			return all
		}
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()

	t.Run("NamesThoseWhoMayDecideNow", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		call, a := w.waiting()
		require.Equal(t, []usm.Decider{
			{Person: "mia", By: "mia", Rule: usm.RuleApprover}, {Person: "max", By: "max", Rule: usm.RuleApprover},
		}, a.Deciders)
		w.amend(vote(call, a, "mia", usm.Approve))
		delegation := w.delegate(stands("max", "carl"))
		require.Equal(t, []usm.Decider{
			{Person: "max", By: "max", Rule: usm.RuleApprover},
			{Person: "max", By: "carl", Rule: usm.RuleDelegate, Delegation: delegation.ID},
		}, w.approval(a.ID).Deciders)
		_, err := w.Approval(t.Context(), call.Number+".9")
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("CallsSubstitutesByTheirRelationToTheCall", func(t *testing.T) {
		t.Parallel()
		w := gatedBy(t, func(d *usm.Domain) { d.Customers[0].RepresentedBy = []string{"ed"} }, timed(func(p *usm.ApprovalPolicy) {
			p.Substitute = &usm.Substitute{After: "75%", Approvers: []usm.Approver{{Role: usm.RoleCustomer}}}
		}))
		call, a := w.waiting()
		w.rings(call, a.ID)
		require.Equal(t, []string{"ed", "max", "mia"}, w.view(call.Number).WaitingFor.People)
		require.Equal(t, []string{a.ID}, idsOf(w.approvals(usm.ApprovalFilter{Asks: "ed"})))
	})

	t.Run("AsksThoseByTheirRelationToTheCall", func(t *testing.T) {
		t.Parallel()
		w := gatedBy(t, func(d *usm.Domain) {
			d.People[0].Manager = "joe" // of eve
			d.Customers[0].RepresentedBy = []string{"ed"}
			d.Components[0].Owner = "cora"
			d.Services[0].Owner = "manager"
		}, board(func(p *usm.ApprovalPolicy) {
			p.Require = usm.Quorum{Approvers: []usm.Approver{
				{Role: usm.RoleManager}, {Role: usm.RoleCustomer}, {Role: usm.RoleComponentOwner}, {Role: usm.RoleServiceOwner},
			}}
		}))
		call, _ := w.waiting()
		require.Equal(t, []string{"cora", "ed", "joe", "max", "mia"}, w.view(call.Number).WaitingFor.People)
	})
}

func TestApprovals(t *testing.T) {
	t.Parallel()
	w := gated(t, board(emergency), usm.ApprovalPolicy{
		ID: "late", Name: "Late", Steps: []usm.Step{usm.ReleaseChange}, Require: usm.Quorum{Approvers: []usm.Approver{{Person: "carl"}}},
	})
	one, first := w.waiting()
	two, second := w.waiting()
	w.amend(vote(one, first, "mia", usm.Approve))
	w.amend(bypass(two, second))
	owed := two.Number + ".2"
	_, third := w.waiting()
	all := []string{third.ID, owed, second.ID, first.ID}

	for name, tc := range map[string]struct {
		filter usm.ApprovalFilter
		want   []string
	}{
		"TheNewestFirst":     {usm.ApprovalFilter{}, all},
		"OfADomain":          {usm.ApprovalFilter{Domain: "it"}, all},
		"OfAnother":          {usm.ApprovalFilter{Domain: "hr"}, []string{}},
		"OfACall":            {usm.ApprovalFilter{Call: two.Number}, []string{owed, second.ID}},
		"OfAStep":            {usm.ApprovalFilter{Step: usm.ReleaseChange}, []string{}},
		"OfAPolicy":          {usm.ApprovalFilter{Policy: "board"}, all},
		"InAState":           {usm.ApprovalFilter{State: usm.ApprovalBypassed}, []string{second.ID}},
		"Open":               {usm.ApprovalFilter{State: usm.ApprovalOpen}, []string{third.ID, owed}},
		"OfDomainsInSight":   {usm.ApprovalFilter{Sight: &usm.Sight{Person: "x", Domains: []string{"it"}}}, all},
		"OfOwnCalls":         {usm.ApprovalFilter{Sight: &usm.Sight{Person: "eve"}}, all},
		"OfNothingInSight":   {usm.ApprovalFilter{Sight: &usm.Sight{Person: "pat"}}, []string{}},
		"ThatAskSomebody":    {usm.ApprovalFilter{Asks: "mia"}, []string{third.ID, owed}},
		"ThatAskHimInACall":  {usm.ApprovalFilter{Asks: "mia", Call: third.Call}, []string{third.ID}},
		"ThatAskNobody":      {usm.ApprovalFilter{Asks: "carl"}, []string{}},
		"ThatAskTheUnseeing": {usm.ApprovalFilter{Asks: "mia", Sight: &usm.Sight{Person: "mia"}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, next, err := w.Approvals(t.Context(), tc.filter)
			require.NoError(t, err)
			require.Empty(t, next)
			if tc.filter.Asks != "" {
				require.ElementsMatch(t, tc.want, idsOf(found))
				return
			}
			require.Equal(t, tc.want, idsOf(found))
		})
	}

	t.Run("PageByPage", func(t *testing.T) {
		t.Parallel()
		w := world{w.Store, t, w.url}
		require.Equal(t, all, w.paged(usm.ApprovalFilter{}, 1))
		require.Equal(t, all, w.paged(usm.ApprovalFilter{}, 3))
		for _, asks := range []string{"", "mia"} {
			for _, cursor := range []string{"x", "WyJhIiwiYiJd"} { // ["a","b"]
				_, _, err := w.Approvals(t.Context(), usm.ApprovalFilter{Asks: asks, Page: usm.Page{Cursor: cursor}})
				requireCode(t, usm.CodeInvalid, err)
			}
		}
	})

	t.Run("WithThoseWhoMayDecide", func(t *testing.T) {
		t.Parallel()
		found, _, err := w.Approvals(t.Context(), usm.ApprovalFilter{})
		require.NoError(t, err)
		require.Equal(t, []string{"mia"}, found[0].DecidesFor("mia"))
		require.Empty(t, found[2].Deciders, "of one that has ended")
	})
}

func TestWorkToApprove(t *testing.T) {
	t.Parallel()
	w := gated(t,
		timed(func(p *usm.ApprovalPolicy) { p.When, p.ID = "proposal.fields.cost > 1000.0", "dear" }),
		board(func(p *usm.ApprovalPolicy) { p.When = "proposal.fields.cost <= 1000.0" }))
	cheap, cheapApproval := w.waiting()
	dear := w.planned()
	dearApproval := w.amend(plan(dear, costing(2000))).Approval
	work := func(person string) []string {
		t.Helper()
		calls, next, err := w.Calls(t.Context(), usm.CallFilter{MayAct: person})
		require.NoError(t, err)
		require.Empty(t, next)
		numbers := []string{}
		for _, c := range calls {
			numbers = append(numbers, c.Number)
			require.Contains(t, c.WaitingFor.People, person)
		}
		return numbers
	}
	asked := func(person string) []string {
		t.Helper()
		return idsOf(w.approvals(usm.ApprovalFilter{Asks: person}))
	}

	require.Equal(t, []string{dearApproval.ID, cheapApproval.ID}, asked("mia"), "those with a due date come first")
	require.Equal(t, []string{dearApproval.ID, cheapApproval.ID}, w.paged(usm.ApprovalFilter{Asks: "mia"}, 1))
	require.ElementsMatch(t, []string{cheap.Number, dear.Number}, work("mia"))
	require.Empty(t, work("olga"), "who proposed waits like everybody else")
	require.Empty(t, work("carl"))

	small := w.delegate(stands("mia", "carl", func(d *usm.Delegation) { d.When = "proposal.fields.cost < 500.0" }))
	require.Equal(t, []string{cheapApproval.ID}, asked("carl"), "only what the delegation is for")
	require.Equal(t, []string{cheap.Number}, work("carl"))
	w.delegate(stands("carl", "cora"))
	require.Equal(t, []string{cheapApproval.ID}, asked("cora"), "through a chain")
	w.delegate(stands("max", "carl"))
	require.Equal(t, []string{dearApproval.ID, cheapApproval.ID}, w.paged(usm.ApprovalFilter{Asks: "carl"}, 1), "each once")
	require.NoError(t, w.RevokeDelegation(t.Context(), small.ID, "mia"))
	require.Equal(t, []string{dearApproval.ID, cheapApproval.ID}, asked("cora"), "for the other")

	w.amend(vote(cheap, cheapApproval, "max", usm.Approve))
	require.Equal(t, []string{dearApproval.ID}, asked("mia"))
	require.Equal(t, []string{dear.Number}, work("mia"))
	require.WithinDuration(t, time.Now().Add(4*time.Hour), *w.approval(dearApproval.ID).Due, time.Minute)
}
