package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// renewed puts version 2 of sa-hq in force, which promises 6 h for incidents.
func (w world) renewed() {
	w.t.Helper()
	w.confirmed(usm.Offer{
		Agreement: "sa-hq", Type: usm.SA, Services: []string{"mail"}, Under: []string{"ola-desk"}, Calendar: usm.AroundTheClock,
		Norms: []usm.Norm{{Type: usm.Incident, Handling: "6h"}}, Cost: "1", Ready: "works",
	})
}

func (w world) rebind(call usm.Call, applies usm.Applies) usm.StepResult {
	w.t.Helper()
	return w.amend(usm.Amendment{
		Call: call, Kind: usm.EventRebound, Applies: applies, Text: "renewed", Actor: usm.Actor{Person: "carl"},
	})
}

func TestBinding(t *testing.T) {
	t.Parallel()

	t.Run("StaysThatOfTheDayOnWhichTheCallWasOpened", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		due := w.view(call.Number).Due
		w.renewed()
		w.through(call, usm.AcceptIncident)
		require.Equal(t, due.Add(3*time.Hour), *w.view(call.Number).Due, "4 h of handling, 1 h of reaction")
		require.Equal(t, "sa-hq@1", w.view(call.Number).Agreement)
	})

	for applies, want := range map[usm.Applies]func(notified, now time.Time) (due time.Time){
		usm.Retroactive: func(notified, _ time.Time) time.Time { return notified.Add(6 * time.Hour) },
		usm.Recompute:   func(notified, _ time.Time) time.Time { return notified.Add(6 * time.Hour) },
		usm.FromChange:  func(_, now time.Time) time.Time { return now.Add(6 * time.Hour) },
	} {
		t.Run("IsRenewedExplicitly/"+string(applies), func(t *testing.T) {
			t.Parallel()
			w := promising(t)
			call := w.taken(time.Hour/2, asked(usm.Incident))
			w.through(call, usm.AcceptIncident)
			before := w.export(call.Number)
			w.renewed()
			result := w.rebind(call, applies)

			export := w.recomputed(call.Number)
			rebound := export.Facts[len(export.Facts)-1]
			require.Equal(t, want(w.view(call.Number).OpenedAt, rebound.At), *w.view(call.Number).Due)
			require.Equal(t, *w.view(call.Number).Due, result.Watch.Due)
			require.Equal(t, "sa-hq@2", w.view(call.Number).Agreement)
			require.Equal(t, 1, w.view(call.Number).DomainVersion, "procedures stay")
			require.Len(t, export.Terms, 2)
			events := w.events(call.Number)
			require.Equal(t, "sa-hq@2", events[len(events)-1].Agreement)
			require.Equal(t, before.Rows, append(export.Earlier, export.Rows...)[:len(before.Rows)], "what was computed stays on record")
			if applies == usm.Recompute {
				require.Equal(t, 2, export.Revision)
				require.Equal(t, before.Rows, export.Earlier)
			}
		})
	}

	t.Run("IsRenewedWithCalendarsThatWereCorrected", func(t *testing.T) {
		t.Parallel()
		w := promising(t, func(d *usm.Domain) {
			d.Calendars = []usm.Calendar{{ID: "desk", Always: true}}
			d.Agreements[0].Calendar = "desk"
		})
		call := w.taken(time.Hour/2, asked(usm.Incident))
		w.through(call, usm.AcceptIncident)
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		domain.Calendars = []usm.Calendar{{ID: "desk", TimeZone: "UTC", Hours: everyDay("00:00-24:00")}}
		for _, days := range []int{-1, 0, 1} {
			date := time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly)
			domain.Calendars[0].Openings = append(domain.Calendars[0].Openings, usm.Opening{Date: date})
		}
		_, err = w.ApplyDomain(w.ctx(), domain, "test")
		require.NoError(t, err)
		require.GreaterOrEqual(t, time.Duration(w.clock(call.Number, usm.NormReaction, "").Used), time.Hour/2)
		w.rebind(call, usm.Recompute)
		require.Zero(t, w.clock(call.Number, usm.NormReaction, "").Used)
		export := w.recomputed(call.Number)
		require.NotEmpty(t, export.Earlier)
	})

	t.Run("IsRenewedInOneOfTheWaysThereAre", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		_, err := w.Amend(w.ctx(), usm.Amendment{Call: call, Kind: usm.EventRebound, Key: "bad", Applies: "at once"})
		require.Equal(t, []string{"/applies"}, pointers(refusal(t, usm.CodeInvalid, err)))
	})

	t.Run("IsThatOfTheServiceThatTheCallTurnsOutToBeAbout", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.taken(time.Hour, asked(usm.Incident))
		w.through(call, usm.AcceptIncident)
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		domain.Name = "Another version"
		_, err = w.ApplyDomain(w.ctx(), domain, "test")
		require.NoError(t, err)
		result := w.finish(input(call, usm.ClassifyIncident), usm.Effects{Facts: &usm.RequestFacts{Service: "web"}})
		view := w.view(call.Number)
		require.Equal(t, "sa-web@1", view.Agreement)
		require.Equal(t, view.OpenedAt.Add(10*time.Hour), *view.Due)
		require.Equal(t, *view.Due, result.Watch.Due)
		export := w.recomputed(call.Number)
		require.Len(t, export.Terms, 2)
		for key, terms := range export.Terms {
			require.Equal(t, 1, terms.Version, "%s: calendars stay", key)
		}
	})

	t.Run("OfAChildIsThatOfItsParent", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident)
		w.finish(input(call, usm.PrepareRecovery, decided(usm.RouteOperate)), usm.Effects{})
		w.renewed()
		child := w.fork(call, usm.RecoverService, 1, usm.Operation)[0]
		w.start(child)
		require.Equal(t, "sa-hq@1", w.view(child.Number).Agreement)
		before := w.export(child.Number)
		w.rebind(child, "")
		require.Equal(t, "sa-hq@2", w.view(child.Number).Agreement)
		require.NotEqual(t, before.Terms, w.recomputed(child.Number).Terms)
	})
}

func everyDay(windows ...string) map[string][]string {
	hours := map[string][]string{}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		hours[day] = windows
	}
	return hours
}
