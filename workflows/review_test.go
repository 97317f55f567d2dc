package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestReview(t *testing.T) {
	t.Parallel()

	t.Run("TheRequesterConfirms", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ReviewOperation)
		stranger := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionConfirm, Actor: by("bob")})
		confirmed := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionConfirm, Actor: by("ann")})
		again := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionConfirm, Actor: by("ann")})
		delegate := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionDispute, Actor: by("ann"), Text: "No"})
		w.run(usm.Operation)
		require.True(t, stranger.rejected)
		require.Equal(t, usm.CodeForbidden, refusal(t, stranger.err).Code)
		require.Equal(t, usm.Ack{Number: "SRQ-000001", Status: usm.StatusFulfilled, Step: usm.CloseRequest, Attempt: 1}, confirmed.ack)
		require.True(t, again.ack.Again)
		require.Equal(t, usm.CodeAlreadyFinished, refusal(t, delegate.err).Code)
	})

	t.Run("SomebodyMayConfirmForTheRequester", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ReviewOperation)
		confirmed := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionConfirm, Actor: usm.Actor{Person: "bob", For: "ann"}})
		w.run(usm.Operation)
		require.NoError(t, confirmed.err)
	})

	for _, as := range usm.Workflows() {
		t.Run("ADisputeGoesBackBeforeTheWork/"+as.Name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.decides(decisions[as.Name], decisions[as.Name])
			review := as.Process.Find(usm.KindReview)
			back := as.Process.DisputeTo()
			w.reach(review)
			disputed := w.thenSend(as.Process.CallType().Number(1), usm.Action{Name: usm.ActionDispute, Actor: by("ann"), Text: "It still fails"})
			require.Equal(t, usm.StatusClosed, w.run(as).Status)
			require.Equal(t, usm.Ack{Number: w.number, Status: usm.StatusOpen, Step: back, Attempt: 2}, disputed.ack)
			for _, step := range as.Process.Steps() {
				wanted := 1
				if step.Ordinal() >= back.Ordinal() && step.Ordinal() <= review.Ordinal() {
					wanted = 2
				}
				require.Equal(t, wanted, w.attempt(w.number, step), step)
			}
			require.Len(t, w.entries(w.number, usm.EventForked), 2*min(as.ForkTo, 1), "each time with a child of its own")
			for _, e := range w.entries(w.number, usm.EventStepFinished) {
				if e.step.Outcome == usm.Disputed {
					require.Equal(t, "It still fails", e.step.Fields["reason"])
					require.Equal(t, back, e.step.Next.Undone[0])
				}
			}
		})
	}

	t.Run("AProcedureNamesWhereADisputeGoes", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.ReviewOperation, DisputeTo: usm.PlanOperation})
		w.bodies[usm.ReviewOperation] = []usm.Action{{Outcome: usm.Disputed}}
		w.run(usm.Operation)
		require.Equal(t, 2, w.attempt(w.number, usm.PlanOperation))
	})

	t.Run("ADisputeNeedsAReason", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ReviewOperation)
		disputed := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionDispute, Actor: by("ann")})
		w.run(usm.Operation)
		require.Equal(t, "/fields/reason", refusal(t, disputed.err).Fields[0].Pointer)
	})

	for name, c := range map[string]struct {
		within string
		wanted time.Duration
	}{
		"UnattendedCountsAsConfirmedAfter14Days": {"", 14 * 24 * time.Hour},
		"TheProcedureSaysHowLongToWait":          {"1h", time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.ReviewOperation, ConfirmWithin: c.within})
			w.reach(usm.ReviewOperation)
			var waits time.Time
			w.then(func() { waits = w.next(w.number).Waiting.Since })
			w.wait(c.wanted - 5*time.Minute)
			var still, after usm.Next
			w.then(func() { still = w.next(w.number) })
			w.wait(10 * time.Minute)
			w.then(func() { after = w.next(w.number) })
			require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
			require.False(t, waits.IsZero())
			require.Equal(t, usm.ReviewOperation, still.Step)
			require.Equal(t, usm.StatusFulfilled, after.Status)
			review := w.entries(w.number, usm.EventStepFinished)[4].step
			require.Equal(t, usm.Unattended, review.Actor)
			require.Equal(t, usm.Confirmed, review.Outcome)
		})
	}

	t.Run("AFulfilledCallThatNobodyEvaluatesIsClosedWhenTheProcedureSays", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.CloseRequest, CloseWithin: "48h"})
		w.reach(usm.CloseRequest)
		var still usm.Next
		w.wait(47 * time.Hour)
		w.then(func() { still = w.next(w.number) })
		w.wait(2 * time.Hour)
		w.then(func() {})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, usm.StatusFulfilled, still.Status)
		closing := w.entries(w.number, usm.EventStepFinished)[5]
		require.Equal(t, usm.Unattended, closing.step.Actor)
		require.Equal(t, "nobody evaluated the call in time", closing.effects.Evaluation.Lessons)
		require.False(t, closing.effects.Evaluation.RecordedCompletely)
	})

	t.Run("EachImprovementStartsARisk", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		closing := finish(usm.CloseRequest, "olga", "")
		closing.Fields["improvements"] = []any{
			map[string]any{"subject": "Batteries age"}, map[string]any{"subject": "No spare laptops", "service": "stock"},
		}
		w.reach(usm.CloseRequest)
		closed := w.thenSend("SRQ-000001", closing)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, []string{"RSK-000001", "RSK-000002"}, closed.ack.Opened)
		for _, risk := range closed.ack.Opened {
			require.Equal(t, 1, w.opens(risk), "its workflow runs")
			require.Equal(t, w.number, w.call(risk).Parent)
			require.Equal(t, "olga", w.call(risk).Requester)
			require.False(t, w.call(risk).IsChild())
		}
		require.Equal(t, "workplace", w.call("RSK-000001").Service)
		require.Equal(t, "stock", w.call("RSK-000002").Service)
	})
}
