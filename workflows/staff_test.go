package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/workflows"
)

// then adds to the script.
func (w *world) then(does ...func()) { w.script = append(w.script, does...) }

func (w *world) tick() {
	w.ticks++
	require.Less(w.t, w.ticks, 500, "%s does not come to an end: %+v", w.number, w.next(w.number))
	switch {
	case len(w.script) > 0:
		next := w.script[0]
		w.script = w.script[1:]
		next()
	case !w.staff || !w.act(w.number):
		return // the call waits for time to pass
	}
	w.env.RegisterDelayedCallback(w.tick, max(w.pause, time.Minute))
	w.pause = 0
}

// act lets the staff do one thing for the call or the deepest call it waits for; false when it waits for nobody of them.
func (w *world) act(number string) bool {
	if open, ok := w.open(number); ok {
		w.send(open, w.usual(open, w.next(open)))
		return true
	}
	next := w.next(number)
	return !next.Status.Ended() && (next.Waiting.Kind == usm.WaitChild || next.Waiting.Kind == usm.WaitNone)
}

// open is the call itself or the deepest call it waits for, if people are to act on it.
func (w *world) open(number string) (open string, ok bool) {
	switch next := w.next(number); next.Waiting.Kind {
	case usm.WaitStep, usm.WaitConfirmation:
		return number, !next.Status.Ended()
	case usm.WaitChild:
		for _, child := range w.children(number) {
			if open, ok = w.open(child); ok {
				return open, true
			}
		}
	}
	return "", false
}

// usual is how somebody who may would finish the open step.
func (w *world) usual(number string, next usm.Next) usm.Action {
	action := usm.Action{Name: usm.ActionFinish, Step: next.Step, Actor: usm.Actor{Person: next.Waiting.Person}}
	if action.Actor.Person == "" {
		staff := slices.DeleteFunc([]string{"olga", "piet", "sam"}, func(p string) bool { return slices.Contains(next.Waiting.Exclude, p) })
		action.Actor = usm.Actor{Person: staff[0], Profile: "operator", Rule: usm.RuleResponsible}
	}
	if planned := w.bodies[next.Step]; len(planned) > 0 {
		action.Outcome, action.Fields, action.NotApplicable = planned[0].Outcome, planned[0].Fields, planned[0].NotApplicable
		w.bodies[next.Step] = planned[1:]
	}
	if action.Fields == nil && action.NotApplicable == "" {
		body := steps.Example(next.Step, action.Outcome, steps.Context{Number: number, Category: "hardware", Subject: "Laptop"})
		outcome, _ := body["outcome"].(string)
		action.Outcome = usm.Outcome(outcome)
		action.Fields, _ = body["fields"].(map[string]any)
	}
	return action
}

// reply is the answer to an action, there when the run is over.
type reply struct {
	ack      usm.Ack
	rejected bool // a validator refused it, before history
	done     bool
	err      error
}

// send asks something of a call at once; the reply is filled in when the answer comes.
func (w *world) send(number string, action usm.Action) *reply {
	w.asked++
	r := &reply{}
	w.sendAs(fmt.Sprintf("update-%d", w.asked), number, action, r)
	return r
}

// thenSend adds an action to the script.
func (w *world) thenSend(number string, action usm.Action) *reply {
	w.asked++
	r, id := &reply{}, fmt.Sprintf("update-%d", w.asked)
	w.then(func() { w.sendAs(id, number, action, r) })
	return r
}

// sendAs sends an action under an update ID of its own.
func (w *world) sendAs(id, number string, action usm.Action, r *reply) {
	callbacks := &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { r.rejected, r.done, r.err = true, true, err },
		OnComplete: func(answer any, err error) {
			r.done, r.err = true, err
			r.ack, _ = answer.(usm.Ack)
		},
	}
	if w.live != nil {
		r.ack, r.err = w.live(id, number, action)
		r.done = true
	} else if w.root && number == w.number {
		w.env.UpdateWorkflow(string(action.Name), id, callbacks, action)
	} else if err := w.env.UpdateWorkflowByID(number, string(action.Name), id, callbacks, action); err != nil {
		r.done, r.err = true, err
	}
}

// refusal is the refusal in an answer.
func refusal(t *testing.T, err error) usm.Error {
	t.Helper()
	var application *temporal.ApplicationError
	require.ErrorAs(t, err, &application)
	var refused *usm.Error
	require.NoError(t, application.Details(&refused))
	require.Equal(t, string(refused.Code), application.Type())
	return *refused
}

// reach adds to the script that the staff bring the call to a step, and to its waiting there.
func (w *world) reach(step usm.Step) { w.then(func() { w.bring(step) }) }

func (w *world) bring(step usm.Step) {
	next := w.next(w.number)
	require.False(w.t, next.Status.Ended(), "the call ended as %s before %s", next.Status, step)
	if next.Step != step {
		w.act(w.number)
		w.script = append([]func(){func() { w.bring(step) }}, w.script...)
	}
}

// wait adds to the script that nothing happens for a while.
func (w *world) wait(d time.Duration) {
	w.then(func() { w.pause = d })
}

// children are the calls that the latest fork of a call opened.
func (w *world) children(number string) []string {
	var numbers []string
	if forked := w.entries(number, usm.EventForked); len(forked) > 0 {
		for _, child := range forked[len(forked)-1].opened {
			numbers = append(numbers, child.Number)
		}
	}
	return numbers
}

// by is a person who acts.
func by(person string) usm.Actor { return usm.Actor{Person: person, Rule: usm.RuleResponsible} }

// finish is an action that finishes a step with the usual fields.
func finish(step usm.Step, person string, outcome usm.Outcome) usm.Action {
	body := steps.Example(step, outcome, steps.Context{Category: "hardware", Subject: "Laptop"})
	decided, _ := body["outcome"].(string)
	fields, _ := body["fields"].(map[string]any)
	return usm.Action{Name: usm.ActionFinish, Step: step, Actor: by(person), Outcome: usm.Outcome(decided), Fields: fields}
}

// said is an action that is a text.
func said(name usm.ActionName, person, text string) usm.Action {
	return usm.Action{Name: name, Actor: by(person), Text: text}
}

// kinds are the kinds of what was written about a call, in order.
func (w *world) kinds(number string) []usm.EventKind {
	var kinds []usm.EventKind
	for _, e := range w.entries(number) {
		kinds = append(kinds, e.kind)
	}
	return kinds
}

// attempt is how often the call was at a step, 0 for never.
func (w *world) attempt(number string, step usm.Step) int {
	latest := 0
	for _, e := range w.entries(number, usm.EventStepFinished, usm.EventForked) {
		if e.step.Step == step {
			latest = max(latest, e.step.Attempt)
		}
	}
	return latest
}

// text is what the latest entry of a kind says.
func (w *world) text(number string, kind usm.EventKind) string {
	found := w.entries(number, kind)
	require.NotEmpty(w.t, found, "nothing of kind %s", kind)
	return found[len(found)-1].amendment.Text
}

// procedure sets rows of a process's procedure for calls that are opened later.
func (w *world) procedure(process usm.Process, rows ...usm.ProcedureStep) {
	w.change(process, func(b *usm.Binding) { b.Procedure.Steps = append(b.Procedure.Steps, rows...) })
}

// progress asks the call under test how it stands.
func (w *world) progress() (p usm.Progress) {
	w.t.Helper()
	w.query(workflows.QueryCall, &p)
	return p
}

func (w *world) query(what string, into any) {
	w.t.Helper()
	answer, err := w.env.QueryWorkflowByID(w.number, what)
	require.NoError(w.t, err)
	require.NoError(w.t, answer.Get(into))
}
