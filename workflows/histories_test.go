//go:build histories

package workflows_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/workflows"
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
		{name: "resource_change__is_approved_twice", as: usm.ResourceChange, prepare: func(w *world) {
			w.gate(board("2", usm.PlanChange, usm.ReleaseChange))
			w.propose(usm.PlanChange)
			w.thenVote("bea", usm.Approve)
			w.thenVote("bob", usm.Approve)
			w.propose(usm.ReleaseChange)
			w.thenVote("ben", usm.Approve)
			w.thenVote("bob", usm.Approve)
		}},
		{name: "risk_without_change__is_not_approved_at_first", as: usm.RiskWithoutChange, prepare: func(w *world) {
			w.gate(board("all", usm.SelectMeasure))
			w.propose(usm.SelectMeasure)
			w.thenVote("bea", usm.Reject)
			w.propose(usm.SelectMeasure)
			for _, person := range []string{"bea", "ben", "bob"} {
				w.thenVote(person, usm.Approve)
			}
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

// TestRecordHistories runs the eight and their main branches on a real Temporal and writes what TestReplay replays.
func TestRecordHistories(t *testing.T) {
	t.Parallel()
	c := connect(t)
	all := append(scenarios(), lateScenarios()...)
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

// TestRecordTechnicalHistories is TestRecordHistories for clocks and for the technical workflows that calls start.
func TestRecordTechnicalHistories(t *testing.T) {
	t.Parallel()
	c := connect(t)

	t.Run("operation__rings_its_alarms", func(t *testing.T) {
		t.Parallel()
		system := httptest.NewServer(http.NotFoundHandler())
		defer system.Close()
		w := c.world(t, 0)
		w.change(usm.Operate, func(b *usm.Binding) { b.Reasons = []string{"freeze"} })
		in := func(after time.Duration) usm.Alarm {
			return usm.Alarm{Key: after.String(), At: time.Now().Add(after).UTC()}
		}
		w.schedule(in(-time.Second), in(300*time.Millisecond), in(time.Hour))
		w.brings = map[string]usm.StepResult{"-1s": {Request: &usm.OutboundRequest{URL: system.URL}}, "300ms": {Priority: usm.PriorityHigh}}
		w.reach(usm.ExecuteOperation)
		w.then(func() { w.until(func() bool { return len(w.rung(w.number)) == 2 }) })
		for _, action := range []usm.Action{
			{Name: usm.ActionPause, Actor: by("olga"), Reason: "freeze"},
			{Name: usm.ActionResume, Actor: by("olga"), Reason: "freeze"},
			{Name: usm.ActionRebind, Actor: by("olga"), Text: "a new agreement", Applies: usm.FromChange},
		} {
			w.then(func() { require.NoError(t, w.send(w.number, action).err) })
		}
		c.run(w, usm.Operation)
		c.keep(t, w.number, "", "operation__rings_its_alarms")
		require.Error(t, c.GetWorkflow(t.Context(), w.number+"/alarm/-1s", "").Get(t.Context(), nil), "404 is final")
		c.keep(t, w.number+"/alarm/-1s", "", "call_system__is_refused")
	})

	t.Run("agreement_change__has_its_agreement_watched", func(t *testing.T) {
		t.Parallel()
		w := c.world(t, 100)
		watched := term()
		for i := range watched.Events {
			watched.Events[i].At = time.Now().Add(time.Duration(i-1) * 100 * time.Millisecond).UTC()
		}
		w.brings = map[string]usm.StepResult{string(usm.ReviewAgreement): {Validity: &watched}}
		c.run(w, usm.AgreementChange)
		c.keep(t, w.number, "", "agreement_change__has_its_agreement_watched")
		require.NoError(t, c.GetWorkflow(t.Context(), watched.WorkflowID(), "").Get(t.Context(), nil))
		c.keep(t, watched.WorkflowID(), "", "agreement_term__waits_for_each_turn")
	})

	t.Run("resource_change__goes_on_without_its_approval", func(t *testing.T) {
		t.Parallel()
		w := c.world(t, 300)
		w.gate(urgent())
		w.propose(usm.PlanChange)
		w.thenSay(usm.ActionBypass, "carl", nil)
		w.then(func() {
			owed := w.approvals()[1]
			require.NoError(t, w.send("approval:"+owed.ID, ballot(owed, "bea", usm.Approve)).err)
		})
		c.run(w, usm.ResourceChange)
		c.keep(t, w.number, "", "resource_change__goes_on_without_its_approval")
		c.keep(t, "approval:"+w.approvals()[1].ID, "", "retro_approval__is_decided")
	})

	t.Run("apply_domain__has_its_agreements_watched", func(t *testing.T) {
		t.Parallel()
		w := c.world(t, 200)
		watched := term()
		watched.Agreement = "sa-applied"
		w.terms = []usm.AgreementTerm{watched, watched}
		options := client.StartWorkflowOptions{ID: "domain:it", TaskQueue: t.Name()}
		run, err := c.ExecuteWorkflow(t.Context(), options, workflows.ApplyDomain, usm.ApplyDomain{Domain: usm.Domain{ID: "it"}, By: "anna"})
		require.NoError(t, err)
		require.NoError(t, run.Get(t.Context(), nil))
		c.keep(t, "domain:it", "", "apply_domain__has_its_agreements_watched")
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
