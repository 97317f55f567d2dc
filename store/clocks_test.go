package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestClocks(t *testing.T) {
	t.Parallel()

	t.Run("StartAtTheNotificationAndShowOnTheCall", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.register(asked(usm.Incident))
		require.NoError(t, w.exec(`UPDATE calls SET opened_at = now() - interval '10 minutes'`))
		binding := w.start(call)
		view := w.view(call.Number)
		require.Equal(t, "sa-hq@1", view.Agreement)
		require.Len(t, view.Clocks, 2)
		reaction := w.clock(call.Number, usm.NormReaction, "")
		require.Equal(t, usm.ClockRunning, reaction.State)
		require.Equal(t, view.OpenedAt, *reaction.StartedAt)
		require.Equal(t, view.OpenedAt.Add(time.Hour), *reaction.Due)
		require.Equal(t, reaction.Due, view.Due)
		require.Equal(t, *reaction.Due, binding.Watch.Due)
		require.Equal(t, view.OpenedAt.Add(45*time.Minute), binding.Watch.Alarm.At)
		require.Equal(t, []string{"parts", "access"}, binding.Reasons)
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM clocks WHERE (call, domain, agreement, agreement_version, service, type)
			= ($1, 'it', 'sa-hq', 1, 'mail', 'incident') AND used_ns >= 0 AND state = 'running'`, call.Number))
		written := `SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM clocks`
		before := read[string](w, written)
		w.note(call, "nothing new")
		require.Equal(t, before, read[string](w, written), "only what changes is written")
		again, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Equal(t, binding, again)
	})

	t.Run("OfACallWithoutAnAgreementAreNone", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident, by("pat")))
		w.through(call, usm.AcceptIncident)
		require.Empty(t, w.view(call.Number).Clocks)
		require.Nil(t, w.view(call.Number).Due)
		require.Len(t, w.recomputed(call.Number).Facts, 2)
	})

	t.Run("TellEveryStepWhatTheyWantNext", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		result := w.finish(input(call, usm.AcceptIncident), usm.Effects{})
		handling := w.clock(call.Number, usm.NormHandling, "")
		require.Equal(t, *handling.Due, result.Watch.Due)
		require.Equal(t, usm.ClockStopped, w.clock(call.Number, usm.NormReaction, "").State)
		require.Equal(t, result.Watch, w.finish(input(call, usm.AcceptIncident), usm.Effects{}).Watch)
		raised := w.finish(input(call, usm.ClassifyIncident), usm.Effects{Facts: &usm.RequestFacts{Priority: usm.PriorityCritical}})
		require.Equal(t, handling.StartedAt.Add(2*time.Hour), raised.Watch.Due)
		require.Equal(t, raised.Watch, w.finish(input(call, usm.AcceptIncident), usm.Effects{}).Watch, "a repetition tells it as it is now")
	})

	t.Run("ComeToTheSameThroughEveryKindOfChange", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(50*time.Minute, asked(usm.Incident))
		w.finish(input(call, usm.AcceptIncident), usm.Effects{})
		w.note(call, "a")
		w.ask(call, usm.ClassifyIncident)
		w.answer(call, usm.ClassifyIncident)
		w.finish(input(call, usm.ClassifyIncident), usm.Effects{Facts: &usm.RequestFacts{Priority: usm.PriorityHigh}})
		w.amend(usm.Amendment{Call: call, Kind: usm.EventPaused, Reason: "parts", Actor: usm.Actor{Person: "olga"}})
		w.amend(usm.Amendment{Call: call, Kind: usm.EventResumed, Reason: "parts", Actor: usm.Actor{Person: "olga"}})
		w.finish(input(call, usm.AnalyseIncident), usm.Effects{Match: &usm.Match{Diagnosis: "dust", Team: "desk"}})
		w.amend(usm.Amendment{Call: call, Kind: usm.EventLinked, To: w.open(asked(usm.Risk)).Number})
		w.amend(usm.Amendment{Call: call, Kind: usm.EventRebound, Applies: usm.FromChange, Key: "rebound/1"})
		w.finish(input(call, usm.PrepareRecovery, decided(usm.RouteOperate)), usm.Effects{})
		child := w.fork(call, usm.RecoverService, 1, usm.Operation)[0]
		w.start(child)
		w.back(call, usm.RecoverService)
		w.amend(usm.Amendment{Call: call, Kind: usm.EventRebound, Applies: usm.Recompute, Key: "rebound/2"})
		w.finish(input(call, usm.ReviewRecovery, requested(usm.Disputed)), usm.Effects{})
		w.finish(input(call, usm.ReviewRecovery, requested(usm.Confirmed), attempt(2)), usm.Effects{})
		w.finish(input(call, usm.CloseIncident), usm.Effects{})

		export := w.recomputed(call.Number)
		require.Len(t, export.Facts, w.view(call.Number).Revision-1, "all but the registration")
		sides := map[usm.Side]int{}
		for _, fact := range export.Facts {
			sides[fact.By]++
		}
		require.Equal(t, map[usm.Side]int{usm.SideRequester: 3, usm.SideProvider: 8, usm.SideMachine: 7}, sides)
		require.Equal(t, 2, export.Revision)
		require.NotEmpty(t, export.Earlier)
		require.NotEmpty(t, export.Chain)
		require.Equal(t, child.Number, export.Children[0].Call)
		w.recomputed(child.Number)
		for _, c := range export.Clocks {
			require.Nil(t, c.Due, c.ID)
		}
		require.Nil(t, w.view(call.Number).Due)
	})

	t.Run("HaveALedgerThatCannotBeChanged", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		w.open(asked(usm.Incident))
		require.NotZero(t, read[int](w, `SELECT count(*) FROM clock_ledger`))
		for _, forged := range []string{
			`UPDATE clock_ledger SET sequence = 1`, `DELETE FROM clock_ledger`, `UPDATE terms SET document = '{}'`, `DELETE FROM terms`,
		} {
			require.ErrorContains(t, w.exec(forged), "written once")
		}
	})

	t.Run("ArePausedForAReasonThatIsKnown", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		pause := usm.Amendment{Call: call, Kind: usm.EventPaused, Reason: "lunch", Key: "bad"}
		_, err := w.Amend(w.ctx(), pause)
		require.Equal(t, []string{"/reason"}, pointers(refusal(t, usm.CodeInvalid, err)))

		pause.Reason, pause.Key = "parts", "one"
		paused := w.amend(pause)
		require.Equal(t, usm.ClockPaused, w.clock(call.Number, usm.NormHandling, "").State)
		require.Nil(t, w.clock(call.Number, usm.NormHandling, "").Due)
		require.Equal(t, paused.Watch.Due, *w.clock(call.Number, usm.NormReaction, "").Due, "reaction goes on")
		pause.Reason, pause.Key = "access", "two"
		w.amend(pause)
		require.Equal(t, []string{"parts", "access"}, w.clock(call.Number, usm.NormHandling, "").Reasons)
		require.Equal(t, []string{"parts", "access"}, w.view(call.Number).Paused)
		resume := usm.Amendment{Call: call, Kind: usm.EventResumed, Reason: "parts", Key: "three"}
		w.amend(resume)
		require.Equal(t, usm.ClockPaused, w.clock(call.Number, usm.NormHandling, "").State, "the other reason still holds")
		resume.Reason, resume.Key = "access", "four"
		w.amend(resume)
		require.Equal(t, usm.ClockRunning, w.clock(call.Number, usm.NormHandling, "").State)
		w.recomputed(call.Number)
	})

	t.Run("OfARetypedCallGoOnFromTheFirstNotification", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(time.Hour, asked(usm.Incident))
		w.through(call, usm.AcceptIncident)
		opened := w.amend(usm.Amendment{
			Call: call, Kind: usm.EventRetyped, Type: usm.ServiceRequest, Text: "it is a request", Next: &usm.Next{
				Status: usm.StatusRetyped, Outcome: usm.OutcomeRetyped, Waiting: usm.Waiting{Kind: usm.WaitNone},
			},
		}).Opened[0]
		notified := w.view(call.Number).OpenedAt
		require.Equal(t, usm.ClockCancelled, w.clock(call.Number, usm.NormHandling, "").State)
		w.start(opened)
		handling := w.clock(opened.Number, usm.NormHandling, "")
		require.Equal(t, notified, *handling.StartedAt)
		require.Equal(t, notified.Add(8*time.Hour), *handling.Due)
		require.GreaterOrEqual(t, time.Duration(handling.Used), time.Hour)
		first := w.recomputed(opened.Number).Facts[0]
		require.Equal(t, notified, first.At)
		require.True(t, first.Recorded.After(notified))
	})

	t.Run("OfAChildCallAreThoseOfTheTeamOnly", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident)
		w.finish(input(call, usm.AnalyseIncident), usm.Effects{Match: &usm.Match{Diagnosis: "dust", Team: "desk"}})
		require.Equal(t, usm.ClockRunning, w.clock(call.Number, usm.NormHandling, "desk").State)
		w.finish(input(call, usm.PrepareRecovery, decided(usm.RouteOperate)), usm.Effects{})
		child := w.fork(call, usm.RecoverService, 1, usm.Operation)[0]
		binding := w.start(child)
		view := w.view(child.Number)
		require.Equal(t, "desk", view.Team)
		require.Equal(t, "sa-hq@1", view.Agreement)
		require.Equal(t, "sa-hq@1", binding.Agreement)
		require.Len(t, view.Clocks, 1)
		require.Equal(t, "desk", view.Clocks[0].Link)
		require.Equal(t, view.OpenedAt.Add(2*time.Hour), *view.Due)
		w.recomputed(child.Number)
	})

	t.Run("ThatTheCalendarNeverComesToAreRefused", func(t *testing.T) {
		t.Parallel()
		w := promising(t, func(d *usm.Domain) {
			d.Calendars = []usm.Calendar{{ID: "once", Openings: []usm.Opening{{Date: "2020-02-20", Windows: []string{"08:00-12:00"}}}}}
			d.Agreements[0].Calendar = "once"
		})
		call := w.register(asked(usm.Incident))
		_, err := w.Open(w.ctx(), call, call.Type.Start().Name)
		require.Contains(t, refusal(t, usm.CodeConflict, err).Message, "clocks of "+call.Number)
		require.Equal(t, usm.StatusRegistered, w.view(call.Number).Status)
	})

	t.Run("OfACallWhoseOpeningFailedStartWhenItIsRepeated", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.register(asked(usm.Incident))
		require.NoError(t, w.exec(`ALTER TABLE calls ADD CONSTRAINT closed CHECK (terms = '')`))
		_, err := w.Open(w.ctx(), call, call.Type.Start().Name)
		require.Error(t, err)
		require.NoError(t, w.exec(`ALTER TABLE calls DROP CONSTRAINT closed`))
		w.start(call)
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM terms`), "what was rolled back is not taken for written")
		w.recomputed(call.Number)
	})

	t.Run("AreNotFoundUnderANumberThatWasNotGiven", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		_, err := w.Clocks(w.ctx(), "INC-999999")
		requireCode(t, usm.CodeNotFound, err)
		export := w.export(w.register(asked(usm.Incident)).Number)
		require.Equal(t, []usm.Fact{}, export.Facts)
		require.Equal(t, []usm.Clock{}, export.Clocks)
	})
}
