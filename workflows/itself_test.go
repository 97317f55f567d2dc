package workflows_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// automatic lets the engine perform all steps of a process that may be automatic.
func automatic(w *world, process usm.Process) {
	for _, step := range process.Steps() {
		row := usm.ProcedureStep{Step: step, Performer: usm.ByAutomatic}
		if len(step.Outcomes()) == 0 && step.Kind() == usm.KindWork {
			row.Fields = finish(step, "", "").Fields
		}
		w.procedure(process, row)
	}
}

func TestAutomaticSteps(t *testing.T) {
	t.Parallel()

	t.Run("AWholeServiceRequestMayRunByItself", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		automatic(w, usm.Operate)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, usm.Operation.Path(), w.executed(w.number, 0))
		classified := w.entries(w.number)[1].step
		require.Equal(t, map[string]any{"category": "hardware", "impact": "medium", "urgency": "high"}, classified.Fields)
		require.Equal(t, usm.PriorityHigh, classified.Priority)
		require.WithinDuration(t, started, w.env.Now(), time.Second, "it waits for nobody")
	})

	t.Run("WhatItsActivityRefusesIsForPeople", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		automatic(w, usm.Operate)
		w.refuse = func(key string) error {
			if key == "SRQ-000001/step/plan_operation/1" {
				return usm.Invalid("/fields/team", "there is no team %q", "blue")
			}
			return nil
		}
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Contains(t, w.text(w.number, usm.EventSentBack), `there is no team "blue"`)
		plan := w.entries(w.number, usm.EventStepFinished)[2].step
		require.Equal(t, 2, plan.Attempt)
		require.Equal(t, "olga", plan.Actor.Person)
	})
}

func TestInfrastructure(t *testing.T) {
	t.Parallel()

	t.Run("AnActivityIsRetriedUntilTheDatabaseAnswers", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		failures := 3
		w.refuse = func(key string) error {
			if strings.HasSuffix(key, "/step/plan_operation/1") && failures > 0 {
				failures--
				return errors.New("the database is away")
			}
			return nil
		}
		w.reach(usm.PlanOperation)
		r := w.thenSend("SRQ-000001", finish(usm.PlanOperation, "olga", ""))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
		require.Zero(t, failures)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanOperation))
	})

	t.Run("ARefusalOfTheRegistersReachesTheSenderAndChangesNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		refusing := true
		w.refuse = func(key string) error {
			if strings.HasSuffix(key, "/step/accept_request/1") && refusing {
				refusing = false
				return usm.Invalid("/fields/service", "there is no service %q", "mial")
			}
			return nil
		}
		accept := with(finish(usm.AcceptRequest, "olga", ""), map[string]any{"service": "mial"})
		r := w.thenSend("SRQ-000001", accept)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.False(t, r.rejected)
		require.Equal(t, "/fields/service", refusal(t, r.err).Fields[0].Pointer)
		require.Equal(t, "workplace", w.entries(w.number)[0].step.Call.Service)
	})

	t.Run("ACallThatCannotBeOpenedFails", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.refuse = func(string) error { return usm.Invalid("/domain", "there is no domain %q", "it") }
		err := w.runAlone("Operation", w.request(usm.Operation))
		require.Equal(t, usm.CodeInvalid, refusal(t, err).Code)
	})

	t.Run("ADomainIsAppliedInOneActivity", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.env.ExecuteWorkflow("ApplyDomain", usm.ApplyDomain{Domain: usm.Domain{ID: "it"}, By: "admin"})
		var result usm.DomainResult
		require.NoError(t, w.env.GetWorkflowResult(&result))
		require.Equal(t, usm.DomainResult{Version: 1, Changed: true}, result)
	})
}

// asksWork is a service request whose execution asks another system; it answers with the given status codes, and with
// the last one from then on.
func asksWork(t *testing.T, answers ...int) (w *world, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		n := int(asked.Add(1))
		out.WriteHeader(answers[min(n, len(answers))-1])
	}))
	t.Cleanup(server.Close)
	w = setup(t)
	rule := awaitsSignal
	rule.Request = &usm.OutboundRequest{URL: server.URL}
	w.procedure(usm.Operate, rule)
	return w, asked
}

func TestRequestForWork(t *testing.T) {
	t.Parallel()
	done := event("1", map[string]any{"text": "installed"})

	t.Run("IsSentOnceAndRecorded", func(t *testing.T) {
		t.Parallel()
		w, asked := asksWork(t, http.StatusAccepted)
		w.reach(usm.ExecuteOperation)
		w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Which room?"))
		w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "7"))
		w.signal("done", done)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.EqualValues(t, 1, asked.Load())
		require.Equal(t, "the work was requested", w.text(w.number, usm.EventRequested))
	})

	t.Run("IsSentAgainForARepeatedStep", func(t *testing.T) {
		t.Parallel()
		w, asked := asksWork(t, http.StatusAccepted)
		w.reach(usm.ExecuteOperation)
		w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionRedo, Actor: by("olga"), Text: "wrong room"})
		w.then(func() {})
		w.signal("done", done)
		w.run(usm.Operation)
		require.EqualValues(t, 2, asked.Load())
	})

	t.Run("ARefusalIsRecordedAndTheStepWaitsForPeople", func(t *testing.T) {
		t.Parallel()
		w, asked := asksWork(t, http.StatusForbidden)
		w.reach(usm.ExecuteOperation)
		w.then(func() {})
		w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "olga", ""))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.EqualValues(t, 1, asked.Load())
		require.Contains(t, w.text(w.number, usm.EventRequested), "was refused")
	})

	t.Run("IsGivenUpWhenTheStepIsFinishedByHand", func(t *testing.T) {
		t.Parallel()
		w, asked := asksWork(t, http.StatusServiceUnavailable)
		w.reach(usm.ExecuteOperation)
		w.then(func() {})
		w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "olga", ""))
		w.wait(24 * time.Hour)
		var tried int32
		w.then(func() { tried = asked.Load() })
		w.wait(24 * time.Hour)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, tried, asked.Load(), "nobody is asked any more")
		require.Empty(t, w.entries(w.number, usm.EventRequested))
	})
}
