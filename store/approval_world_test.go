package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// board is a policy of plan_change that asks managers, one of whom is enough.
func board(change ...func(*usm.ApprovalPolicy)) usm.ApprovalPolicy {
	policy := usm.ApprovalPolicy{
		ID: "board", Name: "Board", Steps: []usm.Step{usm.PlanChange},
		Require: usm.Quorum{Need: "any", Approvers: []usm.Approver{{Profile: "manager"}}},
	}
	for _, c := range change {
		c(&policy)
	}
	return policy
}

// need is how many of the managers have to approve.
func need(n string) func(*usm.ApprovalPolicy) {
	return func(p *usm.ApprovalPolicy) { p.Require.Need = n }
}

// gated is a world in which these policies ask.
func gated(t *testing.T, policies ...usm.ApprovalPolicy) world {
	t.Helper()
	return gatedBy(t, nil, policies...)
}

func gatedBy(t *testing.T, change func(*usm.Domain), policies ...usm.ApprovalPolicy) world {
	t.Helper()
	w, _ := with(t, func(d *usm.Domain) {
		d.Calendar = usm.Calendar{Always: true} // so that nothing waits for service hours
		d.Approvals = policies
		if change != nil {
			change(d)
		}
	})
	return w
}

// planned is a change whose plan is to be made.
func (w world) planned() usm.Call {
	w.t.Helper()
	call := w.open(asked(usm.ChangeRequest))
	w.through(call, usm.AcceptChange, usm.ClassifyChange)
	return call
}

// plan is what olga proposes the plan to be.
func plan(call usm.Call, change ...func(*usm.Amendment)) usm.Amendment {
	in := usm.Amendment{
		Call: call, Kind: usm.EventProposed, Key: "act/plan", Step: usm.PlanChange, Text: "as agreed",
		Actor: usm.Actor{Person: "olga", Profile: "operator", Rule: usm.RuleResponsible}, Fields: map[string]any{"cost": 100.5},
		Next: &usm.Next{
			Workflow: usm.ResourceChange.Name, Step: usm.PlanChange, Attempt: 1, Status: usm.StatusOpen,
			Waiting: usm.Waiting{Kind: usm.WaitApproval, Step: usm.PlanChange, Profiles: []string{"operator"}, Exclude: []string{"eve"}},
		},
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

// costing is a plan of that cost.
func costing(cost float64) func(*usm.Amendment) {
	return func(in *usm.Amendment) {
		in.Fields, in.Key = map[string]any{"cost": cost}, fmt.Sprintf("act/plan/%v", cost)
	}
}

// waiting is a call whose plan waits for approval.
func (w world) waiting() (usm.Call, usm.Approval) {
	w.t.Helper()
	call := w.planned()
	result := w.amend(plan(call))
	require.NotNil(w.t, result.Approval)
	return call, w.approval(result.Approval.ID)
}

func (w world) approval(id string) usm.Approval {
	w.t.Helper()
	found, err := w.Approval(w.ctx(), id)
	require.NoError(w.t, err)
	return found
}

// vote is an answer of a person about the approval as it was read.
func vote(call usm.Call, a usm.Approval, person string, decision usm.Decision) usm.Amendment {
	in := usm.Amendment{
		Call: call, Kind: usm.EventDecided, Key: fmt.Sprintf("act/%s/%s/%s", a.ID, person, decision), Step: a.Step,
		Actor: usm.Actor{Person: person, Rule: usm.RuleApprover},
		Vote:  &usm.Vote{Approval: a.ID, Decision: decision, Digest: a.Digest, Through: "api"},
	}
	if decision == usm.Reject {
		in.Text = "too dear"
	}
	return in
}

// performed finishes the plan.
func (w world) performed(call usm.Call) {
	w.t.Helper()
	w.finish(input(call, usm.PlanChange), usm.Effects{})
}

// last is the last row of a call's trail.
func (w world) last(call usm.Call) usm.Event {
	w.t.Helper()
	events := w.events(call.Number)
	return events[len(events)-1]
}

// gapless checks that the trail of a call has every number once.
func (w world) gapless(call usm.Call) {
	w.t.Helper()
	for i, event := range w.events(call.Number) {
		require.Equal(w.t, i+1, event.Sequence)
	}
}

// asksOf are the people whom an approval asks, as the index has them.
func (w world) asksOf(id string) string {
	w.t.Helper()
	return read[string](w, `SELECT coalesce(string_agg(person, ' ' ORDER BY person), '') FROM approval_asks WHERE approval = $1`, id)
}

// toldOf are the people who were told that the approval asks them.
func (w world) toldOf(id string) string {
	w.t.Helper()
	return read[string](w, `
		SELECT coalesce(string_agg(payload #>> '{data,to}', ' ' ORDER BY payload #>> '{data,to}'), '') FROM outbox
		WHERE topic = 'usm.call.notice' AND payload #>> '{data,approval}' = $1`, id)
}
