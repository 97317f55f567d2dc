package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestFinishStep(t *testing.T) {
	t.Parallel()
	classified := map[string]any{"fields": map[string]any{"category": "software", "impact": "low", "urgency": "high"}}

	t.Run("SendsTheActionWithItsProof", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		w.post("omar", call+"/steps/accept_incident", map[string]any{}).status(http.StatusOK)
		got := w.post("omar", call+"/steps/classify_incident", classified, "X-Request-Id", "req-7").status(http.StatusOK)
		require.Equal(t, usm.AnalyseIncident, got.call().Step)
		require.Equal(t, `"4"`, got.Header.Get("ETag"))
		sent := w.desk.actions[1]
		require.Equal(t, usm.ActionFinish, sent.Name)
		require.Equal(t, usm.ClassifyIncident, sent.Step)
		require.Equal(t, usm.Actor{Person: "omar", Profile: "desk", Rule: usm.RuleResponsible}, sent.Actor)
		require.Equal(t, "req-7", sent.RequestID)
		require.NotEmpty(t, sent.ID)
	})

	t.Run("RefusesFieldsThatDoNotFit", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		for name, c := range map[string]struct {
			body   map[string]any
			places []string
		}{
			"unknown field":   {map[string]any{"fields": map[string]any{"colour": 1}}, []string{"/fields/colour"}},
			"unknown outcome": {map[string]any{"outcome": "maybe"}, []string{"/outcome"}},
			"missing reason":  {map[string]any{"outcome": "rejected"}, []string{"/fields/reason"}},
			"unknown references": {
				map[string]any{"fields": map[string]any{"service": "x", "components": []string{"y"}}},
				[]string{"/fields/components/0", "/fields/service"},
			},
			"unknown at the top": {map[string]any{"result": "ok"}, []string{"/result"}},
			"both skipped and not": {
				map[string]any{"outcome": "accepted", "not_applicable": map[string]any{"reason": "r"}}, []string{"/not_applicable"},
			},
		} {
			p := w.post("omar", call+"/steps/accept_incident", c.body).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
			require.ElementsMatch(t, c.places, p.places(), name)
		}
		w.post("omar", call+"/steps/accept_incident", map[string]any{}).status(http.StatusOK)
		wrong := map[string]any{"fields": map[string]any{"category": "plumbing", "impact": "low", "urgency": "high"}}
		p := w.post("omar", call+"/steps/classify_incident", wrong).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		require.Equal(t, []string{"/fields/category"}, p.places())
		require.Len(t, w.desk.actions, 1)
	})

	t.Run("RefusesAStepOutOfTurn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		p := w.post("omar", "/calls/"+w.incident()+"/steps/close_incident", map[string]any{}).problem(http.StatusConflict, usm.CodeOutOfTurn)
		require.Equal(t, []string{
			"steps/accept_incident", "ask", "claim", "reassign", "redo", "retype", "abort", "notes", "links",
		}, p.AllowedActions)
	})

	t.Run("RefusesAStepOfAnotherProcess", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.post("omar", "/calls/"+w.incident()+"/steps/accept_wish", map[string]any{}).problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("RefusesSomebodyElsesStepAndNamesTheProfile", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		p := w.post("rita", "/calls/"+w.incident()+"/steps/accept_incident", map[string]any{}).problem(http.StatusForbidden, usm.CodeForbidden)
		require.Contains(t, p.Detail, "desk")
	})

	t.Run("LeavesAFinishedStepToTheCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		w.post("omar", call+"/steps/accept_incident", map[string]any{}).status(http.StatusOK)
		w.desk.act = func(usm.Action) (usm.Ack, error) {
			return usm.Ack{}, usm.Errorf(usm.CodeAlreadyFinished, "finished by omar, with another content")
		}
		w.post(
			"omar", call+"/steps/accept_incident", map[string]any{"note": "again"},
		).problem(http.StatusUnprocessableEntity, usm.CodeAlreadyFinished)
	})

	t.Run("SaysWhatIsAllowedWhenTheCallMovedMeanwhile", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.desk.act = func(usm.Action) (usm.Ack, error) {
			w.store.change(number, func(v *usm.CallView) { v.Step = usm.ClassifyIncident })
			return usm.Ack{}, usm.Errorf(usm.CodeOutOfTurn, "accept_incident is finished")
		}
		p := w.post("omar", "/calls/"+number+"/steps/accept_incident", map[string]any{}).problem(http.StatusConflict, usm.CodeOutOfTurn)
		require.Contains(t, p.AllowedActions, "steps/classify_incident")
	})

	t.Run("SaysThatChildrenFinishAFork", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.store.change(number, func(v *usm.CallView) { v.Step = usm.RecoverService; await(v) })
		p := w.post("omar", "/calls/"+number+"/steps/recover_service", map[string]any{}).problem(http.StatusConflict, usm.CodeOutOfTurn)
		require.Contains(t, p.Detail, "SRQ-000009")
	})
}

func TestShowStep(t *testing.T) {
	t.Parallel()

	t.Run("GivesABodyThatIsAccepted", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		for _, step := range []usm.Step{usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident, usm.PrepareRecovery} {
			var view usm.StepView
			w.get("omar", call+"/steps/"+string(step)).status(http.StatusOK).into(&view)
			require.True(t, view.Allowed, "%s: %s", step, view.WhyNot)
			require.Equal(t, step.Title(), view.Title)
			require.NotEmpty(t, view.Schema)
			w.post("omar", call+"/steps/"+string(step), view.Example).status(http.StatusOK)
		}
	})

	t.Run("SaysWhyNot", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		var view usm.StepView
		w.get("rita", call+"/steps/accept_incident").status(http.StatusOK).into(&view)
		require.False(t, view.Allowed)
		require.Contains(t, view.WhyNot, "desk")
		w.get("omar", call+"/steps/close_incident").status(http.StatusOK).into(&view)
		require.Contains(t, view.WhyNot, "not open yet")
		w.post("omar", call+"/steps/accept_incident", map[string]any{}).status(http.StatusOK)
		w.get("omar", call+"/steps/accept_incident").status(http.StatusOK).into(&view)
		require.False(t, view.Allowed)
		require.Contains(t, view.WhyNot, "finished")
	})

	t.Run("NarrowsByOutcome", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		step := "/calls/" + w.incident() + "/steps/accept_incident"
		var view usm.StepView
		w.get("omar", step+"?outcome=rejected").status(http.StatusOK).into(&view)
		require.Contains(t, view.Schema["required"], "reason")
		w.get("omar", step+"?outcome=sideways").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		w.get("omar", "/calls/INC-000001/steps/accept_wish").problem(http.StatusNotFound, usm.CodeNotFound)
	})
}
