package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// alarm is what the workflow of the call records when its timer fires.
func alarm(call usm.Call, watch usm.Watch) usm.Amendment {
	return usm.Amendment{
		Call: call, Kind: usm.EventAlarm, Alarm: watch.Alarm, Key: "alarm/" + watch.Alarm.Key, Actor: usm.Automatic,
	}
}

// alarms counts what rang.
func (w world) alarms(call usm.Call) int {
	return read[int](w, `SELECT count(*) FROM trail WHERE call = $1 AND kind = 'alarm'`, call.Number)
}

// rung rings what is due, one after the other, and returns the watch in which nothing is.
func (w world) rung(call usm.Call, watch usm.Watch) usm.Watch {
	w.t.Helper()
	for range 20 {
		if watch.Alarm.Key == "" || watch.Alarm.At.After(time.Now()) {
			return watch
		}
		watch = w.amend(alarm(call, watch)).Watch
	}
	require.Fail(w.t, "the alarms do not end")
	return watch
}

// laddered is a world in which every norm of sa-hq climbs this step.
func laddered(t *testing.T, step usm.Escalation) world {
	t.Helper()
	return promising(t, func(d *usm.Domain) { d.Agreements[0].Escalation = []usm.Escalation{step} })
}

// clone is a procedure that gives the first service request so many likenesses.
const clone = `
CREATE PROCEDURE clone (of text, key text, times integer) LANGUAGE plpgsql AS $$
DECLARE copied text := (SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
	WHERE table_name = of AND is_generated = 'NEVER' AND column_name <> key);
BEGIN
	EXECUTE format($f$
		INSERT INTO %1$I (%2$I, %3$s) SELECT 'SRQ-' || lpad(n::text, 6, '0'), %3$s
		FROM %1$I, generate_series(2, $1) n WHERE %2$I = 'SRQ-000001'$f$, of, key, copied) USING times;
END
$$`

func TestAlarms(t *testing.T) {
	t.Parallel()

	t.Run("RingOnceHoweverManyRingThem", func(t *testing.T) {
		t.Parallel()
		w := laddered(t, usm.Escalation{
			At: "70%", Notify: []string{usm.NotifyAccountable}, Open: &usm.Raised{Subject: "Again"},
			Request: &usm.OutboundRequest{URL: "http://pager"},
		})
		call := w.taken(50*time.Minute, asked(usm.Incident))
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		results := make([]usm.StepResult, 20)
		for _, err := range atOnce(20, func(i int) (err error) {
			results[i], err = w.Amend(w.ctx(), alarm(call, binding.Watch))
			return err
		}) {
			require.NoError(t, err)
		}
		require.NotNil(t, results[0].Request)
		require.Len(t, results[0].Opened, 1)
		for _, result := range results {
			require.Equal(t, results[0], result)
		}
		require.Equal(t, results[0], w.amend(alarm(call, binding.Watch)))
		require.Equal(t, 1, w.alarms(call))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM outbox WHERE topic = 'usm.call.alarm'`))
		require.Equal(t, "coordinator", read[string](w, `SELECT payload #>> '{data,to}' FROM outbox WHERE topic = 'usm.call.notice'`))
		events := w.events(call.Number)
		last := events[len(events)-1]
		require.NotEmpty(t, last.Text)
		require.Equal(t, usm.NormReaction, last.Fields["norm"])
		require.Equal(t, w.view(call.Number).OpenedAt.Add(time.Hour).Format(time.RFC3339Nano), last.Fields["due"])
		w.recomputed(call.Number)
	})

	t.Run("AreOvertakenByWhatHappenedSince", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(50*time.Minute, asked(usm.Incident))
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		w.through(call, usm.AcceptIncident)
		before := w.view(call.Number)
		late := w.amend(alarm(call, binding.Watch))
		require.Equal(t, before, w.view(call.Number))
		require.Equal(t, before.OpenedAt.Add(3*time.Hour), late.Watch.Alarm.At, "75 % of handling")
		require.Zero(t, w.alarms(call))
	})

	t.Run("OfAPausedClockDoNotRing", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(210*time.Minute, asked(usm.Incident))
		watch := w.finish(input(call, usm.AcceptIncident), usm.Effects{}).Watch
		require.True(t, watch.Alarm.At.Before(time.Now()))
		paused := w.amend(usm.Amendment{Call: call, Kind: usm.EventPaused, Reason: "parts"})
		require.Zero(t, paused.Watch)
		require.Zero(t, w.amend(alarm(call, watch)).Watch)
		resumed := w.amend(usm.Amendment{Call: call, Kind: usm.EventResumed, Reason: "parts"})
		w.rung(call, resumed.Watch)
		require.Equal(t, 1, w.alarms(call), "once it goes on")
	})

	t.Run("RecordABreachAtItsExactMoment", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(5*time.Hour, asked(usm.Incident))
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Zero(t, w.rung(call, binding.Watch).Alarm)
		view := w.view(call.Number)
		require.Equal(t, view.OpenedAt.Add(4*time.Hour), *w.clock(call.Number, usm.NormHandling, "").BreachedAt)
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM trail WHERE fields ->> 'alarm' = 'breach'`), "of either norm")
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM clocks WHERE breaches = 1 AND breached_at < now()`))
		w.recomputed(call.Number)
	})

	t.Run("RaiseThePriorityAndNeverLowerIt", func(t *testing.T) {
		t.Parallel()
		for given, want := range map[usm.Priority]usm.Priority{
			"": usm.PriorityHigh, usm.PriorityLow: usm.PriorityHigh, usm.PriorityCritical: usm.PriorityCritical,
		} {
			w := laddered(t, usm.Escalation{At: "due", Priority: usm.PriorityHigh})
			call := w.taken(5*time.Hour, asked(usm.Incident))
			w.through(call, usm.AcceptIncident)
			classified := w.finish(input(call, usm.ClassifyIncident), usm.Effects{Facts: &usm.RequestFacts{Priority: given}})
			w.rung(call, classified.Watch)
			require.Equal(t, want, w.view(call.Number).Priority)
			w.recomputed(call.Number)
		}
	})

	t.Run("ClimbTheLadderInOneTransaction", func(t *testing.T) {
		t.Parallel()
		w := laddered(t, usm.Escalation{
			At: "due", Notify: []string{"manager", usm.NotifyRequester}, Priority: usm.PriorityCritical, Reassign: []string{"manager"},
			Open: &usm.Raised{Subject: "The desk is overloaded"}, Request: &usm.OutboundRequest{URL: "http://pager"},
		})
		call := w.taken(5*time.Hour, asked(usm.Incident))
		in := input(call, usm.AcceptIncident)
		in.Next.Waiting.Claimed, in.Next.Waiting.Steered, in.Next.Waiting.Accountable = "carl", "coordinator", "coordinator"
		watch := w.finish(in, usm.Effects{}).Watch
		require.Equal(t, "coordinator", w.view(call.Number).WaitingFor.Steered)
		var climbed usm.StepResult
		for climbed.Request == nil {
			climbed = w.amend(alarm(call, watch))
			watch = climbed.Watch
		}
		view := w.view(call.Number)
		require.Equal(t, usm.PriorityCritical, climbed.Priority)
		require.Equal(t, usm.PriorityCritical, view.Priority)
		require.Equal(t, []string{"manager"}, climbed.Waiting.Profiles)
		require.Empty(t, climbed.Waiting.Claimed+climbed.Waiting.Steered+view.WaitingFor.Claimed+view.WaitingFor.Steered)
		require.Equal(t, "coordinator", view.WaitingFor.Accountable)
		require.Equal(t, []string{"max", "mia"}, view.WaitingFor.People)
		require.Equal(t, "http://pager", climbed.Request.URL)
		require.Len(t, climbed.Opened, 1)
		require.Contains(t, view.Links, usm.Link{To: climbed.Opened[0].Number, Kind: "raised"})
		require.Equal(t, []usm.Link{{To: call.Number, Kind: "raised_from"}}, w.view(climbed.Opened[0].Number).Links)
		require.Empty(t, w.start(climbed.Opened[0]).Unauthorised)
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM outbox WHERE payload #>> '{data,to}' IN ('manager', 'eve')`))
		again := w.amend(alarm(call, usm.Watch{Alarm: usm.Alarm{Key: lastAlarm(w, call)}}))
		require.Equal(t, climbed.Opened[0].Number, again.Opened[0].Number, "the first result")
		w.recomputed(call.Number)
	})

	t.Run("OfTenThousandCallsInTheSameSecondRingOnceEach", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(9*time.Hour, asked(usm.ServiceRequest))
		binding, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		watch := w.amend(alarm(call, binding.Watch)).Watch // the warning
		require.True(t, strings.HasSuffix(watch.Alarm.Key, "/breach"))
		const calls, ringers = 10_000, 10
		require.NoError(t, w.exec(clone))
		for _, table := range [][2]string{{"calls", "number"}, {"trail", "call"}, {"clock_ledger", "call"}, {"clocks", "call"}} {
			require.NoError(t, w.exec(`CALL clone($1, $2, $3)`, table[0], table[1], calls))
		}
		for _, err := range atOnce(2*ringers, func(i int) error {
			step := ringers
			if i >= ringers {
				step *= 10 // every tenth call has two who ring
			}
			for n := i % ringers; n < calls; n += step {
				if _, err := w.Amend(w.ctx(), alarm(usm.Call{Number: usm.ServiceRequest.Number(int64(n + 1))}, watch)); err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		require.Equal(t, calls, read[int](w, `SELECT count(*) FROM trail WHERE fact ->> 'alarm' = $1`, watch.Alarm.Key))
		require.Equal(t, calls, read[int](w, `SELECT count(*) FROM clock_ledger WHERE document ->> 'change' = 'breached'`))
		require.Equal(t, calls, read[int](w, `SELECT count(*) FROM clocks WHERE breaches = 1 AND breached_at = $1`, watch.Alarm.At))
		require.Equal(t, 2*calls, read[int](w, `SELECT count(*) FROM outbox WHERE call <> $1`, call.Number)+2, "event and notice")
	})

	t.Run("OfACallWithoutClocksLeaveNothing", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.register(asked(usm.Incident))
		require.Zero(t, w.amend(alarm(call, usm.Watch{Alarm: usm.Alarm{Key: "sa-hq/handling/1/breach"}})))
		require.Len(t, w.events(call.Number), 1)
	})
}

// lastAlarm is the key of what rang last.
func lastAlarm(w world, call usm.Call) string {
	return read[string](w, `SELECT fact ->> 'alarm' FROM trail WHERE call = $1 AND kind = 'alarm' ORDER BY sequence DESC LIMIT 1`, call.Number)
}
