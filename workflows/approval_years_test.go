package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/workflows"
)

// day is the moment so many days after the start.
func day(n int) time.Time { return started.Add(time.Duration(n) * days) }

// on lets nothing happen before a day, and then this.
func (w *world) on(n int, does func()) {
	w.then(func() { w.pause = day(n).Sub(w.env.Now()) }, func() {
		require.WithinDuration(w.t, day(n), w.env.Now(), time.Minute)
		does()
	})
}

// standsIn are those who may decide for a person now, himself left out.
func (w *world) standsIn(person string) (people []string) {
	a := w.asking()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range approval.Deciders(a, w.world()) {
		if d.Person == person && d.By != person {
			people = append(people, d.By)
		}
	}
	return people
}

// restarts lets the run go on as another one, in a Temporal of its own, as of a day.
func (w *world) restarts(n int, name string, call usm.Call) (string, usm.Call) {
	w.t.Helper()
	w.on(n, func() { w.env.SetContinueAsNewSuggested(true) })
	w.thenSend(w.number, said(usm.ActionNote, "ann", "moves the run"))
	name, call = continued(w.t, w.runAlone(name, call))
	w.renewAt(w.env.Now())
	return name, call
}

// TestAnApprovalThatIsOpenFor400Days has three absences, each beginning and ending, five restarts and two builds of the
// worker on its way, and is decided at its end, once.
func TestAnApprovalThatIsOpenFor400Days(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.staff = false
	p := within(board("all", usm.PlanChange), "9840h", usm.ExpiryAbort) // 410 days
	p.Reminders = []string{"25%", "50%", "75%"}
	p.Substitute = &usm.Substitute{After: "90%", Approvers: []usm.Approver{{Profile: "deputies"}}}
	w.gate(p)
	absent := func(id int64, person, to string, from, until int) usm.Delegation {
		return usm.Delegation{ID: id, Domain: "it", Person: person, To: to, From: day(from), Until: day(until)}
	}
	w.who.Delegations = []usm.Delegation{
		absent(11, "bea", "zoe", 10, 40), absent(12, "ben", "carl", 100, 200), absent(13, "bob", "dora", 300, 350),
	}
	votes := func(person, whom string, rule string) *late {
		l := &late{&reply{}}
		w.then(func() {
			action := ballot(w.asking(), person, usm.Approve)
			action.Actor.For, action.Actor.Rule = whom, rule
			l.reply = w.send(w.number, action)
		})
		return l
	}
	w.propose(usm.PlanChange)
	w.on(5, func() { require.Empty(t, w.standsIn("bea")) })
	tooEarly := votes("zoe", "bea", usm.RuleDelegate)
	name, call := w.restarts(15, "ResourceChange", w.request(usm.ResourceChange))

	w.then(func() {
		require.Equal(t, []string{"zoe"}, w.standsIn("bea"), "from its first moment, with no signal to the run")
	})
	w.on(40, func() { require.Empty(t, w.standsIn("bea"), "not after its last") })
	tooLate := votes("zoe", "bea", usm.RuleDelegate)
	name, call = w.restarts(60, name, call)

	second := 0
	w.builds = map[string]any{"ResourceChange": func(ctx workflow.Context, in usm.Call) (usm.Result, error) {
		second++
		workflow.GetVersion(ctx, "second_build", workflow.DefaultVersion, 1) // it leaves another history than the first
		return workflows.ResourceChange(ctx, in)
	}}
	w.renewAt(w.env.Now())
	w.on(150, func() { require.Equal(t, []string{"carl"}, w.standsIn("ben")) })
	delegate := votes("carl", "ben", usm.RuleDelegate)
	name, call = w.restarts(180, name, call)

	name, call = w.restarts(310, name, call)
	w.then(func() { require.Equal(t, []string{"dora"}, w.standsIn("bob")) })
	w.on(360, func() { require.Empty(t, w.standsIn("bob")) })
	gone := votes("dora", "bob", usm.RuleDelegate)
	name, call = w.restarts(380, name, call)

	w.then(func() { require.Equal(t, []string{"sue"}, w.standsIn("bob"), "she was called after 369 days") })
	w.on(390, func() {})
	herself := votes("bea", "", usm.RuleApprover)
	w.on(400, func() { require.Equal(t, usm.WaitApproval, w.progress().Waiting.Kind) })
	last := votes("sue", "bob", usm.RuleSubstitute)
	w.then(func() { w.staff = true })
	require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)

	for _, refused := range []*late{tooEarly, tooLate, gone} {
		require.Equal(t, usm.CodeForbidden, refusal(t, refused.err).Code)
	}
	for _, counted := range []*late{delegate, herself, last} {
		require.NoError(t, counted.err)
	}
	require.Equal(t, usm.PrepareChange, last.ack.Step)
	require.Equal(t, 1, w.attempt(w.number, usm.PlanChange), "performed once")
	require.Equal(t, []usm.ApprovalState{usm.ApprovalApproved}, w.states())
	a := w.approvals()[0]
	require.WithinDuration(t, day(400), *a.ClosedAt, time.Hour)
	require.Equal(t, []usm.Ballot{
		{Person: "ben", By: "carl", Rule: usm.RuleDelegate, Delegation: 12},
		{Person: "bea", Rule: usm.RuleApprover},
		{Person: "bob", By: "sue", Rule: usm.RuleSubstitute},
	}, whose(a))
	id := "approval/" + a.ID + "/"
	require.Equal(t, []string{id + "remind/25%", id + "remind/50%", id + "remind/75%", id + "substitute"}, w.rung(w.number), "each once")
	require.Equal(t, []string{"bea", "ben", "carl", "bob", "bea", "bob", "bea", "bob", "dora", "sue"}, w.told(a.ID)[3:])
	require.Equal(t, 6, w.opens(w.number), "five restarts")
	require.Equal(t, 4, second, "runs of the second build")
}

// whose are the ballots of an approval, reduced to who gave them for whom.
func whose(a usm.Approval) []usm.Ballot {
	ballots := slices.Clone(a.Ballots)
	for i, b := range ballots {
		ballots[i] = usm.Ballot{Person: b.Person, By: b.By, Rule: b.Rule, Delegation: b.Delegation}
	}
	return ballots
}
