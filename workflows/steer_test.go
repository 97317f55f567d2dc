package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestRetype(t *testing.T) {
	t.Parallel()
	retype := func(kind usm.CallType, reason string) usm.Action {
		return usm.Action{Name: usm.ActionRetype, Actor: by("olga"), Type: kind, Text: reason}
	}

	t.Run("EndsTheCallAndStartsTheOther", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.AnalyseIncident)
		r := w.thenSend("INC-000001", retype(usm.ServiceRequest, "nothing is broken"))
		ended := usm.Result{Number: "INC-000001", Status: usm.StatusRetyped, Outcome: usm.OutcomeRetyped}
		require.Equal(t, ended, w.run(usm.IncidentWithoutChange))
		require.Equal(t, []string{"SRQ-000001"}, r.ack.Opened)
		require.Equal(t, 1, w.opens("SRQ-000001"), "its workflow runs")
		require.Equal(t, "ann", w.call("SRQ-000001").Requester)
		retyped := w.entries(w.number, usm.EventRetyped)[0].amendment
		require.Equal(t, "nothing is broken", retyped.Text)
		require.Equal(t, usm.Recover.Steps()[2:], retyped.Next.Skipped)
	})

	t.Run("RefusesWhatCannotBeRetyped", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		same := w.thenSend("INC-000001", retype(usm.Incident, "x"))
		unknown := w.thenSend("INC-000001", retype("ticket", "x"))
		noReason := w.thenSend("INC-000001", retype(usm.Wish, ""))
		w.reach(usm.RecoverService)
		parent := w.thenSend("INC-000001", retype(usm.Wish, "x"))
		child := w.thenSend("RFC-000001", retype(usm.Wish, "x"))
		w.run(usm.IncidentWithChange)
		require.Equal(t, "/type", refusal(t, same.err).Fields[0].Pointer)
		require.Equal(t, "/type", refusal(t, unknown.err).Fields[0].Pointer)
		require.Equal(t, "/reason", refusal(t, noReason.err).Fields[0].Pointer)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, parent.err).Code)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, child.err).Code)
	})
}

func TestRedo(t *testing.T) {
	t.Parallel()
	redo := func(step usm.Step, reason string) usm.Action {
		return usm.Action{Name: usm.ActionRedo, Actor: by("olga"), Step: step, Text: reason}
	}

	t.Run("RepeatsTheOpenStep", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.ExecuteOperation)
		r := w.thenSend("SRQ-000001", redo("", "the wrong laptop"))
		w.run(usm.Operation)
		require.Equal(t, usm.Ack{Number: "SRQ-000001", Status: usm.StatusOpen, Step: usm.ExecuteOperation, Attempt: 2}, r.ack)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanOperation))
		require.Equal(t, 2, w.attempt(w.number, usm.ExecuteOperation))
	})

	t.Run("GoesBackToAnEarlierStep", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.decides(usm.RouteOperate, usm.RouteOperate)
		w.reach(usm.CloseIncident)
		r := w.thenSend("INC-000001", redo(usm.ClassifyIncident, "it was software"))
		require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithoutChange).Status)
		require.Equal(t, usm.StatusOpen, r.ack.Status, "it is not fulfilled any more")
		require.Equal(t, usm.Recover.Steps()[1:], w.entries(w.number, usm.EventSentBack)[0].amendment.Next.Undone)
		require.Equal(t, 2, w.attempt(w.number, usm.ClassifyIncident))
		require.Equal(t, []string{"SRQ-000002"}, w.children(w.number))
	})

	t.Run("AnAutomaticStepThatIsRepeatedIsForPeople", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.procedure(usm.Operate, usm.ProcedureStep{Step: usm.ClassifyRequest, Performer: usm.ByAutomatic})
		w.reach(usm.PlanOperation)
		w.thenSend("SRQ-000001", redo(usm.ClassifyRequest, "urgent"))
		w.run(usm.Operation)
		var actors []string
		for _, e := range w.entries(w.number, usm.EventStepFinished) {
			if e.step.Step == usm.ClassifyRequest {
				actors = append(actors, e.step.Actor.Person)
			}
		}
		require.Equal(t, []string{"automatic", "olga"}, actors)
	})

	t.Run("RefusesWhatCannotBeRepeated", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.AnalyseIncident)
		later := w.thenSend("INC-000001", redo(usm.CloseIncident, "x"))
		foreign := w.thenSend("INC-000001", redo(usm.PlanChange, "x"))
		noReason := w.thenSend("INC-000001", redo(usm.AcceptIncident, ""))
		w.reach(usm.RecoverService)
		forked := w.thenSend("INC-000001", redo(usm.AcceptIncident, "x"))
		w.reach(usm.ReviewRecovery)
		fork := w.thenSend("INC-000001", redo(usm.RecoverService, "x"))
		w.run(usm.IncidentWithChange)
		for _, r := range []*reply{later, foreign, fork} {
			require.Equal(t, "/step", refusal(t, r.err).Fields[0].Pointer)
		}
		require.Equal(t, "/reason", refusal(t, noReason.err).Fields[0].Pointer)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, forked.err).Code)
	})
}

func TestRemarks(t *testing.T) {
	t.Parallel()

	t.Run("NotesAndLinksMoveNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		link := usm.Action{Name: usm.ActionLink, Actor: by("olga"), To: "INC-000009", LinkKind: "related"}
		noted := w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "I am in room 7"))
		linked := w.thenSend("SRQ-000001", link)
		empty := w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", ""))
		nowhere := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionLink, Actor: by("olga")})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, usm.AcceptRequest, noted.ack.Step)
		require.Equal(t, usm.AcceptRequest, linked.ack.Step)
		require.Equal(t, "I am in room 7", w.text(w.number, usm.EventNoted))
		require.Nil(t, w.entries(w.number, usm.EventNoted)[0].amendment.Next)
		written := w.entries(w.number, usm.EventLinked)[0].amendment
		require.Equal(t, []string{"INC-000009", "related"}, []string{written.To, written.LinkKind})
		require.Equal(t, "/text", refusal(t, empty.err).Fields[0].Pointer)
		require.Equal(t, "/to", refusal(t, nowhere.err).Fields[0].Pointer)
	})

	t.Run("OneUpdateIsWrittenOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, second := &reply{}, &reply{}
		w.then(func() { w.sendAs("same", "SRQ-000001", said(usm.ActionNote, "ann", "once"), first) })
		w.then(func() { w.sendAs("same", "SRQ-000001", said(usm.ActionNote, "ann", "once"), second) })
		w.run(usm.Operation)
		require.Equal(t, first.ack, second.ack)
		require.Len(t, w.entries(w.number, usm.EventNoted), 1)
	})
}
