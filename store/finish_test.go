package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestFinishStep(t *testing.T) {
	t.Parallel()

	t.Run("MovesTheCallAndLeavesATrail", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.finish(input(call, usm.AcceptIncident, func(in *usm.StepInput) {
			in.Fields, in.Note, in.RequestID = map[string]any{"reason": "it is real"}, "seen", "req-1"
			in.Actor.For = "omar"
		}), usm.Effects{})

		view := w.view(call.Number)
		require.Equal(t, usm.ClassifyIncident, view.Step)
		require.Equal(t, map[string]any{"room": "12", "reason": "it is real"}, view.Fields)
		require.Equal(t, 3, view.Revision)
		events := w.events(call.Number)
		require.Equal(t, []usm.EventKind{usm.EventRegistered, usm.EventOpened, usm.EventStepFinished}, kinds(events))
		for i, e := range events {
			require.Equal(t, i+1, e.Sequence)
		}
		last := events[2]
		require.Equal(t, usm.Recover, last.Process)
		require.Equal(t, usm.AcceptIncident, last.Step)
		require.Equal(t, "olga", last.By)
		require.Equal(t, "omar", last.For)
		require.Equal(t, "responsible", last.Rule)
		require.Equal(t, "seen", last.Text)
		require.Equal(t, "req-1", last.RequestID)
		require.Equal(t, "sa-hq@1", last.Agreement)
		require.Equal(t, 1, last.Version)
		require.Equal(t, map[string]any{"step": "accept_incident"}, last.Before)
		require.Equal(t, map[string]any{"step": "classify_incident"}, last.After)
	})

	t.Run("ReturnsTheFirstResultWhenRepeated", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident)
		classify := usm.Effects{Facts: &usm.RequestFacts{Category: "software", Priority: usm.PriorityHigh}}
		first := w.finish(input(call, usm.ClassifyIncident), classify)
		require.Equal(t, usm.PriorityHigh, first.Priority)
		require.Equal(t, "software", first.Category)
		before := w.view(call.Number)
		require.Equal(t, first, w.finish(input(call, usm.ClassifyIncident), usm.Effects{}))
		require.Equal(t, before, w.view(call.Number))
	})

	t.Run("RefusesARepetitionWithAnotherContent", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident)
		in := input(call, usm.AcceptIncident)
		in.Digest = "another"
		_, err := w.FinishStep(w.ctx(), in, usm.Effects{})
		requireCode(t, usm.CodeAlreadyFinished, err)
		require.ErrorContains(t, err, "FinishStep("+call.Number+", accept_incident)")
	})

	t.Run("HasOneEffectWhenTwentyFinishAtOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.through(call, usm.AcceptRequest, usm.ClassifyRequest, usm.PlanOperation)
		in := input(call, usm.ExecuteOperation)
		effects := usm.Effects{
			Log:   []usm.LogEntry{{Text: "done"}},
			Raise: []usm.NewCall{{Type: usm.Risk, Subject: "The disk is nearly full"}},
		}
		results := make([]usm.StepResult, 20)
		for _, err := range atOnce(20, func(i int) (err error) {
			results[i], err = w.FinishStep(w.ctx(), in, effects)
			return err
		}) {
			require.NoError(t, err)
		}
		for _, result := range results {
			require.Equal(t, results[0], result)
		}
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM operation_log`))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM risks`))
		require.Equal(t, 6, w.view(call.Number).Revision)
	})

	t.Run("KeepsTheTrailGaplessWhenManyChangesMeet", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		for _, err := range atOnce(20, func(i int) error {
			_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventNoted, Key: fmt.Sprint("note/", i), Text: "note"})
			return err
		}) {
			require.NoError(t, err)
		}
		events := w.events(call.Number)
		require.Len(t, events, 22)
		for i, e := range events {
			require.Equal(t, i+1, e.Sequence)
		}
	})

	t.Run("ChangesNothingWhenItIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		before := w.view(call.Number)
		_, err := w.FinishStep(w.ctx(), input(call, usm.AcceptIncident), usm.Effects{Facts: &usm.RequestFacts{Service: "fax"}})
		refused := refusal(t, usm.CodeInvalid, err)
		require.Equal(t, "/fields/service", refused.Fields[0].Pointer)
		require.Equal(t, before, w.view(call.Number))
		require.Len(t, w.events(call.Number), 2)
	})

	t.Run("RefusesACallThatHasEnded", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.through(call, usm.AcceptRequest, usm.ClassifyRequest, usm.PlanOperation, usm.ExecuteOperation)
		w.finish(input(call, usm.ReviewOperation, func(in *usm.StepInput) { in.Next.Status = usm.StatusFulfilled }), usm.Effects{})
		fulfilled := w.view(call.Number)
		require.NotNil(t, fulfilled.FulfilledAt)
		require.Nil(t, fulfilled.ClosedAt)
		w.through(call, usm.CloseRequest)
		closed := w.view(call.Number)
		require.Equal(t, usm.StatusClosed, closed.Status)
		require.Equal(t, usm.OutcomeFulfilled, closed.Outcome)
		require.Equal(t, fulfilled.FulfilledAt, closed.FulfilledAt)
		require.NotNil(t, closed.ClosedAt)
		require.Empty(t, closed.Step)
		require.Empty(t, closed.WaitingFor.People)
		require.Nil(t, closed.WaitingFor.Since)
		_, err := w.FinishStep(w.ctx(), input(call, usm.AcceptRequest, func(in *usm.StepInput) { in.Attempt = 2 }), usm.Effects{})
		requireCode(t, usm.CodeOutOfTurn, err)
	})

	t.Run("RefusesACallThatIsNotThereOrNotOpened", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.FinishStep(w.ctx(), input(usm.Call{Number: "INC-999999"}, usm.AcceptIncident), usm.Effects{})
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.FinishStep(w.ctx(), input(w.register(asked(usm.Incident)), usm.AcceptIncident), usm.Effects{})
		requireCode(t, usm.CodeOutOfTurn, err)
	})

	t.Run("TellsTheOutboxOnceForEachEventAndNotice", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.finish(input(call, usm.AcceptIncident), usm.Effects{Notices: []usm.Notice{{To: "eve", Text: "taken"}, {To: "desk", Text: "look"}}})
		require.Equal(t, 5, read[int](w, `SELECT count(*) FROM outbox WHERE call = $1`, call.Number))
		require.Equal(t, "usm.call.step_finished", read[string](w, `SELECT topic FROM outbox WHERE id = $1`, call.Number+"/3"))
		require.Equal(t, "taken", read[string](w, `SELECT payload #>> '{data,text}' FROM outbox WHERE id = $1`, call.Number+"/3/notice/1"))
		require.Equal(t, "desk", read[string](w, `SELECT payload #>> '{data,to}' FROM outbox WHERE id = $1`, call.Number+"/3/notice/2"))
		require.Equal(t, call.Number, read[string](w, `SELECT payload ->> 'subject' FROM outbox WHERE id = $1`, call.Number+"/1"))
	})

	t.Run("KeepsTextThatPostgresCannotOut", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		in := input(call, usm.AcceptIncident, func(in *usm.StepInput) { in.Fields = map[string]any{"reason": "a\x00b"} })
		_, err := w.FinishStep(w.ctx(), in, usm.Effects{})
		requireCode(t, usm.CodeInvalid, err)
	})

	t.Run("SinceStaysWhileTheCallWaitsForTheSame", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		since := w.view(call.Number).WaitingFor.Since
		w.note(call, "one")
		require.Equal(t, since, w.view(call.Number).WaitingFor.Since)
		w.through(call, usm.AcceptIncident)
		require.True(t, w.view(call.Number).WaitingFor.Since.After(*since))
	})
}

func (w world) note(call usm.Call, key string) {
	w.t.Helper()
	_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventNoted, Key: key, Text: "note " + key})
	require.NoError(w.t, err)
}
