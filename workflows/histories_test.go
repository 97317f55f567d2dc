//go:build histories

package workflows_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// scenario is a course of a call that open calls may be on when the code of a workflow changes.
type scenario struct {
	name    string // of the file, after the workflow
	as      usm.Workflow
	prepare func(*world)
	guards  map[string]string // more histories: file name → number of the call, its latest run
	first   string            // file for the first run of a call that moved on; "" when it did not
}

func decides(routes ...usm.Outcome) func(*world) {
	return func(w *world) { w.decides(routes...) }
}

// scenarios are the main branches; the paths without any are added by TestRecordHistories.
func scenarios() []scenario {
	return []scenario{
		{
			name: "incident_with_change__goes_on_after_late_binding", as: usm.IncidentWithoutChange, prepare: decides(usm.RouteChange),
			first: "incident_without_change__moves_to_its_sibling",
		},
		{
			name: "risk_with_agreement_change__goes_on_after_late_binding", as: usm.RiskWithoutChange, prepare: decides(usm.RouteAgreement),
			first: "risk_without_change__moves_to_changing_an_agreement",
		},
		{
			name: "risk_with_resource_change__goes_on_after_late_binding", as: usm.RiskWithoutChange, prepare: decides(usm.RouteChange),
			first: "risk_without_change__moves_to_changing_resources",
		},
		{name: "risk_without_change__accepts_the_risk", as: usm.RiskWithoutChange, prepare: decides(usm.AcceptRisk)},
		{
			name: "incident_with_change__waits_for_both_children", as: usm.IncidentWithChange, prepare: decides(usm.RouteBoth),
			guards: map[string]string{"resource_change__inherits_from_its_parent": "RFC"},
		},
		{name: "resource_change__is_disputed_and_forks_again", as: usm.ResourceChange, prepare: func(w *world) {
			w.bodies[usm.ReviewChange] = []usm.Action{{Outcome: usm.Disputed}}
		}},
		{name: "operation__asks_and_is_answered", as: usm.Operation, prepare: func(w *world) {
			w.reach(usm.PlanOperation)
			w.then(func() { w.send(w.number, said(usm.ActionAsk, "olga", "When?")) })
			w.then(func() { w.send(w.number, said(usm.ActionAnswer, "ann", "Now")) })
		}},
		{name: "operation__runs_by_itself", as: usm.Operation, prepare: func(w *world) { automatic(w, usm.Operate) }},
		{name: "incident_without_change__is_retyped", as: usm.IncidentWithoutChange, prepare: func(w *world) {
			w.reach(usm.AnalyseIncident)
			w.then(func() {
				w.send(w.number, usm.Action{Name: usm.ActionRetype, Actor: by("olga"), Type: usm.ServiceRequest, Text: "nothing is broken"})
			})
		}},
		{
			name: "incident_with_change__aborts_its_children_first", as: usm.IncidentWithChange, prepare: func(w *world) {
				w.reach(usm.RecoverService)
				w.then(func() { w.until(func() bool { _, ok := w.openBelow(); return ok }) })
				w.then(func() { w.send(w.number, said(usm.ActionAbort, "ann", "not needed any more")) })
			},
			guards: map[string]string{"resource_change__is_aborted_by_its_parent": "RFC"},
		},
	}
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

// TestRecordHistories runs the eight and their main branches on a real Temporal and writes what TestReplay replays.
func TestRecordHistories(t *testing.T) {
	t.Parallel()
	c := connect(t)
	all := scenarios()
	for _, as := range usm.Workflows() {
		all = append(all, scenario{name: snake(as.Name) + "__every_step", as: as, prepare: decides(decisions[as.Name])})
	}
	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := c.world(t, int64(100*i))
			s.prepare(w)
			c.finishScenario(w, s)
		})
	}
	t.Run("operation__is_finished_by_a_signal", func(t *testing.T) {
		t.Parallel()
		w := c.world(t, int64(100*len(all)))
		w.procedure(usm.Operate, awaitsSignal)
		w.reach(usm.ExecuteOperation)
		w.then(func() {
			done := event("1", map[string]any{"text": "installed"})
			require.NoError(t, c.SignalWorkflow(t.Context(), w.number, "", "done", done))
			require.NoError(t, c.SignalWorkflow(t.Context(), w.number, "", "dance", done))
		})
		c.finishScenario(w, scenario{name: "operation__is_finished_by_a_signal", as: usm.Operation})
	})
	t.Run("resource_change__is_cancelled_by_temporal", func(t *testing.T) {
		t.Parallel()
		w := c.world(t, int64(100*len(all)+100))
		w.reach(usm.DeployChange)
		w.then(func() { w.until(func() bool { _, ok := w.openBelow(); return ok }) })
		w.then(func() { require.NoError(t, c.CancelWorkflow(t.Context(), w.number, "")) }, func() {
			w.until(func() bool { return w.next(w.number).Status.Ended() })
		})
		c.finishScenario(w, scenario{name: "resource_change__is_cancelled_by_temporal", as: usm.ResourceChange})
	})
}

func (c *engine) finishScenario(w *world, s scenario) {
	run := c.run(w, s.as)
	c.keep(w.t, w.number, "", s.name)
	if s.first != "" {
		c.keep(w.t, w.number, run, s.first)
	}
	for file, prefix := range s.guards {
		for number := range w.calls {
			if strings.HasPrefix(number, prefix) {
				require.NoError(w.t, c.GetWorkflow(w.t.Context(), number, "").Get(w.t.Context(), nil))
				c.keep(w.t, number, "", file)
			}
		}
	}
}

// snake is a Go name as the name of a file.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
