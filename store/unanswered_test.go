package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

func TestAnActionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	noted := func(t *testing.T) (world, usm.Call, usm.Action) {
		t.Helper()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		action := usm.Action{Name: usm.ActionNote, Text: "Have a look", ID: "a", RequestID: "request"}
		require.NoError(t, w.Unanswered(w.ctx(), call.Number, action))
		return w, call, action
	}
	record := func(w world, call usm.Call, action usm.Action) {
		_, err := w.Amend(w.ctx(), usm.Amendment{
			Call: call, Kind: usm.EventNoted, Key: "act/" + action.ID, Text: action.Text, ActionID: action.ID,
			Actor: usm.Actor{Person: "eve", Rule: usm.RuleRequester},
		})
		require.NoError(w.t, err)
	}

	t.Run("IsLeftAloneWhileNothingIsRecordedOfIt", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		other := action
		other.ID = "b" // of the same request
		record(w, call, other)
		sent, wait, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, sent)
		require.Positive(t, wait, "it may be recorded yet")
	})
	t.Run("IsGivenToOneGatewayWhenItIsRecorded", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		record(w, call, action)
		sent, _, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, []usm.SentAction{{Call: call.Number, Action: action}}, sent)
		again, _, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, again)
		require.NoError(t, w.exec(`UPDATE unanswered SET taken_at = taken_at - interval '6 seconds'`))
		again, _, err = w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, sent, again, "the first gateway has not said that it is answered")
	})
	t.Run("IsKnownByItsActorWhenItIsRecorded", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		_, err := w.ActorOf(w.ctx(), call.Number, action.ID)
		require.Equal(t, usm.CodeNotFound, usm.CodeOf(err))
		record(w, call, action)
		actor, err := w.ActorOf(w.ctx(), call.Number, action.ID)
		require.NoError(t, err)
		require.Equal(t, usm.Actor{Person: "eve", Rule: usm.RuleRequester}, actor)
	})
	t.Run("IsKnownByItsRequestWhenItWasNotedBeforeTheTrailHadIDs", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		require.NoError(t, w.exec(`UPDATE unanswered SET request_id = 'r'`))
		_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventNoted, Key: "act/a", Text: "Have a look", RequestID: "r"})
		require.NoError(t, err)
		sent, _, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, []usm.SentAction{{Call: call.Number, Action: action}}, sent)
	})
	t.Run("IsForgottenWhenItIsAnswered", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		record(w, call, action)
		require.NoError(t, w.Answered(w.ctx(), usm.SentAction{Call: call.Number, Action: action}))
		sent, wait, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, sent)
		require.Equal(t, store.NoNudge, wait)
	})
	t.Run("IsForgottenWhenNothingWasRecordedForAnHour", func(t *testing.T) {
		t.Parallel()
		w, call, action := noted(t)
		require.NoError(t, w.exec(`UPDATE unanswered SET noted_at = noted_at - interval '61 minutes'`))
		_, _, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		record(w, call, action)
		sent, _, err := w.Recorded(w.ctx(), 5)
		require.NoError(t, err)
		require.Empty(t, sent)
	})
}
