package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAccept(t *testing.T) {
	t.Parallel()
	unauthorised := func(b *usm.Binding) { b.Unauthorised = "no customer authorises ann" }

	t.Run("AnAutomaticAcceptRejectsAnUnauthorisedRequester", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.change(usm.Operate, unauthorised)
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.AcceptRequest, Performer: usm.ByAutomatic})
		require.Equal(t, usm.Result{Number: "SRQ-000001", Status: usm.StatusRejected, Outcome: usm.Rejected}, w.run(usm.Operation))
		accept := w.entries(w.number)[0]
		require.Equal(t, usm.Automatic, accept.step.Actor)
		require.Equal(t, "no customer authorises ann", accept.step.Fields["reason"])
		require.Contains(t, accept.effects.Notices[0].Text, "is rejected")
		require.Equal(t, usm.Operate.Steps()[1:], accept.step.Next.Skipped)
	})

	t.Run("PeopleCanOnlyRejectAnUnauthorisedRequester", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.change(usm.Operate, unauthorised)
		refused := w.thenSend("SRQ-000001", finish(usm.AcceptRequest, "olga", ""))
		rejected := w.thenSend("SRQ-000001", finish(usm.AcceptRequest, "olga", usm.Rejected))
		require.Equal(t, usm.StatusRejected, w.run(usm.Operation).Status)
		require.True(t, refused.rejected)
		require.Equal(t, "/outcome", refusal(t, refused.err).Fields[0].Pointer)
		require.NoError(t, rejected.err)
		require.Equal(t, usm.StatusRejected, rejected.ack.Status)
	})

	t.Run("AcceptWithoutAnOutcomeAccepts", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		plain := usm.Action{Name: usm.ActionFinish, Step: usm.AcceptRequest, Actor: by("olga")}
		first, again := w.thenSend("SRQ-000001", plain), w.thenSend("SRQ-000001", plain)
		w.run(usm.Operation)
		require.NoError(t, first.err)
		require.Equal(t, usm.Accepted, w.entries(w.number)[0].step.Outcome)
		require.NoError(t, again.err)
		require.True(t, again.ack.Again, "the outcome that was left out is part of the same content")
	})

	t.Run("AnAcceptMayCompleteTheRequest", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.bodies[usm.AcceptRequest] = []usm.Action{{
			Outcome: usm.Accepted, Fields: map[string]any{"service": "mail", "components": []any{"server-1"}, "duplicate_of": "SRQ-000009"},
		}}
		w.run(usm.Operation)
		accept := w.entries(w.number)[0]
		require.Equal(t, "mail", accept.step.Call.Service)
		require.Equal(t, "SRQ-000009", accept.effects.Facts.DuplicateOf)
		require.Equal(t, []string{"server-1"}, w.entries(w.number)[1].step.Call.Components)
	})
}

func TestQuestions(t *testing.T) {
	t.Parallel()

	t.Run("TheCallWaitsForTheRequesterAndGoesOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		asked := w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Which laptop?"))
		var waiting usm.Next
		w.then(func() { waiting = w.next(w.number) })
		early := w.thenSend("SRQ-000001", finish(usm.AcceptRequest, "olga", ""))
		answered := w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "Number 7"))
		var open usm.Next
		w.then(func() { open = w.next(w.number) })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)

		require.Equal(t, usm.StatusWaiting, asked.ack.Status)
		require.Equal(t, usm.WaitAnswer, waiting.Waiting.Kind)
		require.Equal(t, "ann", waiting.Waiting.Person)
		require.Equal(t, "Which laptop?", waiting.Waiting.Question)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, early.err).Code)
		require.Equal(t, []string{"answer", "rebind", "abort", "notes", "links"}, refusal(t, early.err).Allowed)
		require.Equal(t, usm.StatusOpen, answered.ack.Status)
		require.Equal(t, usm.WaitStep, open.Waiting.Kind)
		require.Equal(t, 1, open.Attempt, "a question repeats nothing")
		require.Equal(t, []usm.EventKind{usm.EventAsked, usm.EventAnswered, usm.EventStepFinished}, w.kinds(w.number)[:3])
	})

	t.Run("AQuestionWhileEvaluatingKeepsTheCallFulfilled", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.CloseRequest)
		asked := w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Was it quick?"))
		answered := w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "Yes"))
		w.run(usm.Operation)
		require.Equal(t, usm.StatusWaiting, asked.ack.Status)
		require.Equal(t, usm.StatusFulfilled, answered.ack.Status)
	})

	for name, c := range map[string]struct {
		within string
		wanted time.Duration
	}{
		"UnansweredAtAcceptIsRejectedAfter30Days": {"", 30 * 24 * time.Hour},
		"TheProcedureSaysHowLongToWait":           {"48h", 48 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.staff = false
			w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.AcceptRequest, AnswerWithin: c.within})
			w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Which laptop?"))
			require.Equal(t, usm.StatusRejected, w.run(usm.Operation).Status)
			require.WithinDuration(t, started.Add(time.Minute+c.wanted), w.env.Now(), time.Second)
			accept := w.entries(w.number, usm.EventStepFinished)[0].step
			require.Equal(t, usm.Unattended, accept.Actor)
			require.Equal(t, "the question was not answered in time", accept.Fields["reason"])
		})
	}

	t.Run("AfterAcceptTheCallWaitsForAsLongAsItTakes", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "When?"))
		w.wait(90 * 24 * time.Hour)
		answered := w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "Now"))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, answered.err)
	})

	t.Run("NothingIsAskedWhileNobodyWorks", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ReviewOperation)
		asked := w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "Well?"))
		empty := w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "Yes"))
		w.run(usm.Operation)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, asked.err).Code)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, empty.err).Code)
	})
}
