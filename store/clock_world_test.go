package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// promising is a world with norms around the clock: incidents 1 h and 4 h (critical ones 30 m and 2 h), service requests
// 8 h; the desk has 2 h for either under its OLA, and lets the work wait for parts.
func promising(t *testing.T, change ...func(*usm.Domain)) world {
	t.Helper()
	w, _ := with(t, func(d *usm.Domain) {
		norms := []usm.Norm{
			{Type: usm.Incident, Reaction: "1h", Handling: "4h", Warnings: []string{"75%"}},
			{Type: usm.Incident, Priority: usm.PriorityCritical, Reaction: "30m", Handling: "2h", Warnings: []string{"75%"}},
			{Type: usm.ServiceRequest, Handling: "8h"},
		}
		d.Calendar = usm.Calendar{Always: true} // so that warnings and escalations need not wait
		d.Pauses = []usm.PauseReason{{ID: "access", Accountable: usm.AccountableCustomer}}
		d.Agreements = []usm.Agreement{
			{
				ID: "sa-hq", Type: usm.SA, Customer: "hq", Provider: "it", Services: []string{"mail"}, Under: []string{"ola-desk"},
				Calendar: usm.AroundTheClock, Norms: norms, Pauses: []usm.PauseReason{{ID: "parts", Accountable: usm.AccountableCustomer}},
			},
			{
				ID: "sa-web", Type: usm.SA, Customer: "hq", Provider: "it", Services: []string{"web"}, Calendar: usm.AroundTheClock,
				Norms: []usm.Norm{{Type: usm.Incident, Handling: "10h"}},
			},
			{
				ID: "ola-desk", Type: usm.OLA, Customer: "it", Provider: "desk", Services: []string{"mail"}, Calendar: usm.AroundTheClock,
				Norms: []usm.Norm{{Type: usm.Incident, Handling: "2h"}, {Type: usm.ServiceRequest, Handling: "2h"}},
			},
		}
		for _, c := range change {
			c(d)
		}
	})
	return w
}

// taken registers a call as it would have been so long ago, and opens it.
func (w world) taken(ago time.Duration, asked usm.NewCall) usm.Call {
	w.t.Helper()
	call := w.register(asked)
	require.NoError(w.t, w.exec(`UPDATE calls SET opened_at = now() - make_interval(secs => $2) WHERE number = $1`,
		call.Number, ago.Seconds()))
	w.start(call)
	return call
}

// clock is the clock of a norm, as of its last change; link "" is of the agreement with the customer.
func (w world) clock(number, norm, link string) usm.Clock {
	w.t.Helper()
	for _, c := range w.view(number).Clocks {
		if c.Norm == norm && c.Link == link {
			return c
		}
	}
	require.Fail(w.t, "no clock", "%s of %s for %q", norm, number, link)
	return usm.Clock{}
}

func (w world) export(number string) usm.ClockExport {
	w.t.Helper()
	export, err := w.Clocks(w.ctx(), number)
	require.NoError(w.t, err)
	return export
}

// recomputed checks that what is kept of the call's clocks is what its facts come to.
func (w world) recomputed(number string) usm.ClockExport {
	w.t.Helper()
	export := w.export(number)
	state, rows, err := clock.Fold(export.Facts, export.Terms)
	require.NoError(w.t, err)
	require.Equal(w.t, rows, append(export.Earlier, export.Rows...))
	want, err := json.Marshal(state)
	require.NoError(w.t, err)
	require.JSONEq(w.t, string(want), read[string](w, `SELECT clock::text FROM calls WHERE number = $1`, number))
	kept := read[string](w, `SELECT coalesce(jsonb_agg(document ORDER BY id), '[]')::text FROM clocks WHERE call = $1`, number)
	var clocks []usm.Clock
	require.NoError(w.t, json.Unmarshal([]byte(kept), &clocks))
	require.ElementsMatch(w.t, state.Clocks, clocks)
	return export
}

func attempt(n int) func(*usm.StepInput) { return func(in *usm.StepInput) { in.Attempt = n } }

// requested finishes a review for eve, with what comes after it.
func requested(outcome usm.Outcome) func(*usm.StepInput) {
	return func(in *usm.StepInput) {
		in.Outcome, in.Actor = outcome, usm.Actor{Person: "eve", Rule: usm.RuleRequester}
		if outcome == usm.Confirmed {
			in.Next.Status = usm.StatusFulfilled
			return
		}
		in.Next.Step, in.Next.Attempt, in.Next.Undone = in.Step, 2, []usm.Step{in.Step}
		in.Next.Status, in.Next.Waiting = usm.StatusWaiting, usm.Waiting{Kind: usm.WaitConfirmation, Step: in.Step, Person: "eve"}
	}
}

// ask lets the call wait for eve at the step.
func (w world) ask(call usm.Call, step usm.Step) usm.StepResult {
	w.t.Helper()
	return w.amend(usm.Amendment{
		Call: call, Kind: usm.EventAsked, Text: "Which room?", Actor: usm.Actor{Person: "olga"}, Step: step,
		Next: &usm.Next{Step: step, Attempt: 1, Status: usm.StatusWaiting, Waiting: usm.Waiting{
			Kind: usm.WaitAnswer, Step: step, Person: "eve", Question: "Which room?",
		}},
	})
}

func (w world) answer(call usm.Call, step usm.Step) usm.StepResult {
	w.t.Helper()
	next := input(call, "").Next
	next.Step, next.Waiting.Step = step, step
	return w.amend(usm.Amendment{
		Call: call, Kind: usm.EventAnswered, Text: "14", Actor: usm.Actor{Person: "eve", Rule: usm.RuleRequester}, Step: step, Next: &next,
	})
}
