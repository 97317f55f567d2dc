package workflows_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// gate lets the domain of a world have policies, before its calls are opened.
func (w *world) gate(policies ...usm.ApprovalPolicy) {
	w.policies = policies
	for _, process := range usm.Processes() {
		w.change(process, func(b *usm.Binding) {
			for _, step := range process.Steps() {
				if slices.ContainsFunc(policies, func(p usm.ApprovalPolicy) bool { return slices.Contains(p.Steps, step) }) {
					b.Gated = append(b.Gated, step)
				}
			}
		})
	}
}

// board is a policy: so many of the board approve the step.
func board(need string, steps ...usm.Step) usm.ApprovalPolicy {
	return usm.ApprovalPolicy{
		ID: "board", Name: "Board", Steps: steps,
		Require: usm.Quorum{Need: need, Approvers: []usm.Approver{{Profile: "board"}}},
	}
}

// of is a policy: that person approves the step.
func of(person string, steps ...usm.Step) usm.ApprovalPolicy {
	p := board("", steps...)
	p.Require.Approvers = []usm.Approver{{Person: person}}
	return p
}

// within is the policy with a time limit and what happens at its end.
func within(p usm.ApprovalPolicy, limit string, expiry usm.Expiry) usm.ApprovalPolicy {
	p.Within, p.Expiry = limit, expiry
	return p
}

// asking is the approval that the call under test waits for.
func (w *world) asking() usm.Approval {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.pending(w.number)
	require.NotNil(w.t, a, "%s waits for no approval: %+v", w.number, w.calls[w.number].next)
	return *a
}

// approvals are those of the call under test.
func (w *world) approvals() []usm.Approval {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.all), func(a usm.Approval) bool { return a.Call != w.number })
}

// states are how they stand.
func (w *world) states() (states []usm.ApprovalState) {
	for _, a := range w.approvals() {
		states = append(states, a.State)
	}
	return states
}

// ballot is a vote on an approval as it is now.
func ballot(a usm.Approval, person string, decision usm.Decision) usm.Action {
	action := usm.Action{
		Name: usm.ActionDecide, Actor: usm.Actor{Person: person, Rule: usm.RuleApprover}, Step: a.Step,
		Vote: &usm.Vote{Approval: a.ID, Decision: decision, Digest: a.Digest, Through: "api"},
	}
	if decision == usm.Reject {
		action.Text = "too risky"
	}
	return action
}

// late is the reply to an action of the script, as it is when the run is over.
type late struct{ *reply }

// thenVote adds to the script that somebody answers the open approval.
func (w *world) thenVote(person string, decision usm.Decision) *late {
	l := &late{&reply{}}
	w.then(func() { l.reply = w.send(w.number, ballot(w.asking(), person, decision)) })
	return l
}

// thenSay adds to the script an action about the open approval that needs a reason.
func (w *world) thenSay(name usm.ActionName, person string, approver *usm.Approver) *late {
	l := &late{&reply{}}
	w.then(func() {
		action := usm.Action{Name: name, Actor: by(person), Text: "because", Approver: approver, Vote: &usm.Vote{Approval: w.asking().ID}}
		l.reply = w.send(w.number, action)
	})
	return l
}

// propose adds to the script that the staff bring the call to a step, and finish it.
func (w *world) propose(step usm.Step) {
	w.reach(step)
	w.then(func() { require.True(w.t, w.act(w.number)) })
}

// changed adds to the script that who is who changes.
func (w *world) changed(alter func(*usm.Domain)) {
	w.then(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		people := slices.Clone(w.who.Domain.People)
		w.who.Domain.People = people
		alter(&w.who.Domain)
	})
}

func leaves(domain *usm.Domain, person string) {
	for i := range domain.People {
		if domain.People[i].ID == person {
			domain.People[i].Inactive = true
		}
	}
}

// told are those whom an approval asked or reminded, in order.
func (w *world) told(approval string) (people []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notices {
		if n.Approval == approval {
			people = append(people, n.To)
		}
	}
	return people
}

// renewAt is renew for a Temporal whose clock goes on.
func (w *world) renewAt(at time.Time) {
	w.renew()
	w.env.SetStartTime(at)
}

// until puts the script off until the condition holds.
func (w *world) until(condition func() bool) {
	if !condition() {
		w.script = append([]func(){func() { w.until(condition) }}, w.script...)
	}
}

// openBelow is the child that waits for people, if the call waits for one.
func (w *world) openBelow() (number string, ok bool) {
	number, ok = w.open(w.number)
	return number, ok && number != w.number
}
