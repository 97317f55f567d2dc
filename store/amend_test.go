package store_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func (w world) amend(in usm.Amendment) usm.StepResult {
	w.t.Helper()
	in.Key = cmp.Or(in.Key, "amend/"+string(in.Kind))
	result, err := w.Amend(w.ctx(), in)
	require.NoError(w.t, err)
	return result
}

func TestAmend(t *testing.T) {
	t.Parallel()

	t.Run("AskingWaitsForTheRequesterAndAnsweringMergesTheFields", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.amend(usm.Amendment{
			Call: call, Kind: usm.EventAsked, Text: "Which room?", Actor: usm.Actor{Person: "olga"}, Step: usm.AcceptIncident,
			Next: &usm.Next{Step: usm.AcceptIncident, Attempt: 1, Status: usm.StatusWaiting, Waiting: usm.Waiting{
				Kind: usm.WaitAnswer, Step: usm.AcceptIncident, Person: "eve", Question: "Which room?",
			}},
		})
		waiting := w.view(call.Number)
		require.Equal(t, usm.StatusWaiting, waiting.Status)
		require.Equal(t, "Which room?", waiting.WaitingFor.Question)
		require.Equal(t, []string{"eve"}, waiting.WaitingFor.People)

		next := input(call, "").Next
		next.Step = usm.AcceptIncident
		w.amend(usm.Amendment{
			Call: call, Kind: usm.EventAnswered, Text: "14", Fields: map[string]any{"room": "14", "floor": "1"}, Next: &next,
		})
		require.Equal(t, map[string]any{"room": "14", "floor": "1"}, w.view(call.Number).Fields)
		require.Equal(t, usm.StatusOpen, w.view(call.Number).Status)
	})

	t.Run("ANoteChangesNothingElseAndIsWrittenOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		before := w.view(call.Number)
		w.note(call, "one")
		w.note(call, "one")
		after := w.view(call.Number)
		require.Equal(t, before.Revision+1, after.Revision)
		before.Revision = after.Revision
		require.Equal(t, before, after)
		require.Equal(t, "note one", read[string](w, `SELECT text FROM notes WHERE call = $1`, call.Number))
	})

	t.Run("ALinkLeadsBothWaysAndItsTargetMustExist", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call, other := w.open(asked(usm.Incident)), w.open(asked(usm.Risk))
		w.amend(usm.Amendment{Call: call, Kind: usm.EventLinked, To: other.Number, LinkKind: "causes"})
		require.Equal(t, []usm.Link{{To: other.Number, Kind: "causes"}}, w.view(call.Number).Links)
		require.Equal(t, []usm.Link{{To: call.Number, Kind: "caused_by"}}, w.view(other.Number).Links)
		for _, to := range []string{"INC-999999", call.Number} {
			_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventLinked, Key: "bad", To: to})
			require.Equal(t, "/to", refusal(t, usm.CodeInvalid, err).Fields[0].Pointer)
		}
	})

	t.Run("RetypingOpensTheSameRequestInTheOtherRegister", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		retype := usm.Amendment{
			Call: call, Kind: usm.EventRetyped, Type: usm.Wish, Text: "it is a wish", Actor: usm.Actor{Person: "olga"},
			Next: &usm.Next{
				Status: usm.StatusRetyped, Outcome: usm.OutcomeRetyped, Waiting: usm.Waiting{Kind: usm.WaitNone},
				Skipped: []usm.Step{usm.ClassifyIncident},
			},
		}
		result := w.amend(retype)
		require.Equal(t, result, w.amend(retype))
		require.Len(t, result.Opened, 1)
		wish := result.Opened[0]
		require.Equal(t, "WSH-000001", wish.Number)
		require.Equal(t, call.Subject, wish.Subject)
		require.Equal(t, call.Fields, wish.Fields)
		require.Contains(t, wish.Typing.Reason, "it is a wish")
		old := w.view(call.Number)
		require.Equal(t, usm.StatusRetyped, old.Status)
		require.Equal(t, []usm.Link{{To: wish.Number, Kind: "retyped_to"}}, old.Links)
		require.Equal(t, []usm.Link{{To: call.Number, Kind: "retyped_from"}}, w.view(wish.Number).Links)
		require.Equal(t, usm.StatusOpen, func() usm.Status { w.start(wish); return w.view(wish.Number).Status }())
	})

	t.Run("SendingBackOpensANewAttemptAndKeepsTheOldOne", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident)
		next := input(call, "").Next
		next.Step, next.Attempt = usm.ClassifyIncident, 2
		next.Undone = []usm.Step{usm.ClassifyIncident, usm.AnalyseIncident, usm.PrepareRecovery}
		w.amend(usm.Amendment{Call: call, Kind: usm.EventSentBack, Text: "wrong category", Next: &next})
		view := w.view(call.Number)
		require.Equal(t, usm.ClassifyIncident, view.Step)
		require.Equal(t, 2, view.Attempt)
		path, err := w.Path(w.ctx(), call.Number)
		require.NoError(t, err)
		states := []usm.State{usm.StepDone, usm.StepOpen, usm.StepPending, usm.StepPending}
		for i, state := range states {
			require.Equal(t, state, path[i].State, path[i].Step)
		}
		w.finish(input(call, usm.ClassifyIncident, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 }), usm.Effects{})
		require.Equal(t, usm.AnalyseIncident, w.view(call.Number).Step)
	})

	t.Run("AbortingSkipsWhatIsLeft", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.through(call, usm.AcceptRequest)
		w.amend(usm.Amendment{Call: call, Kind: usm.EventAborted, Text: "not needed", Next: &usm.Next{
			Status: usm.StatusAborted, Outcome: usm.OutcomeAborted, Waiting: usm.Waiting{Kind: usm.WaitNone},
			Skipped: []usm.Step{usm.ClassifyRequest, usm.PlanOperation, usm.ExecuteOperation, usm.ReviewOperation, usm.CloseRequest},
		}})
		path, err := w.Path(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Equal(t, usm.StepDone, path[0].State)
		for _, row := range path[1:] {
			require.Equal(t, usm.StepSkipped, row.State, row.Step)
			require.Equal(t, 1, row.Attempt, row.Step)
		}
		require.Equal(t, usm.StatusAborted, w.view(call.Number).Status)
	})

	t.Run("BindingToASiblingShowsOnTheTrail", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		next := input(call, "").Next
		next.Workflow, next.Step = usm.IncidentWithChange.Name, usm.AcceptIncident
		w.amend(usm.Amendment{Call: call, Kind: usm.EventSentBack, Next: &next})
		events := w.events(call.Number)
		require.Equal(t, "IncidentWithoutChange", events[len(events)-1].Before["workflow"])
		require.Equal(t, usm.WorkflowView{Number: 3, Name: "IncidentWithChange"}, w.view(call.Number).Workflow)
	})

	t.Run("DeadLettersAreKeptOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		signal := usm.SignalOf("deployed", map[string]any{"ok": true})
		w.amend(usm.Amendment{Call: call, Kind: usm.EventDeadLetter, Text: "the call has ended", Signals: []usm.Signal{signal, signal}})
		letters, _, err := w.DeadLetters(w.ctx(), usm.Page{})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		require.Equal(t, signal, letters[0].Signal)
		require.Equal(t, "the call has ended", letters[0].Reason)
	})

	t.Run("NeedsAKeyAndACall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Amend(w.ctx(), usm.Amendment{Call: usm.Call{Number: "INC-999999"}, Kind: usm.EventNoted, Key: "a"})
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Amend(w.ctx(), usm.Amendment{Call: usm.Call{Number: "INC-999999"}, Kind: usm.EventNoted})
		requireCode(t, usm.CodeInternal, err)
	})

	t.Run("TheTrailCannotBeChanged", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.open(asked(usm.Incident))
		require.ErrorContains(t, w.exec(`UPDATE trail SET text = 'forged'`), "written once")
		require.ErrorContains(t, w.exec(`DELETE FROM trail`), "written once")
		require.ErrorContains(t, w.exec(`UPDATE domain_versions SET document = '{}'`), "written once")
		require.ErrorContains(t, w.exec(`DELETE FROM component_history`), "written once")
	})
}
