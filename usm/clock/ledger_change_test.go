package clock

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// handling promises the time to every incident.
func handling(target string) usm.Norm { return usm.Norm{Type: usm.Incident, Handling: target} }

func TestANormThatChangesInMidFlight(t *testing.T) {
	t.Parallel()

	t.Run("KeepsUsedTimeWhenThePriorityIsRaisedWhilePaused", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("8h"), usm.Norm{Type: usm.Incident, Priority: usm.PriorityCritical, Handling: "4h"})
		f := opened(t, terms, "2026-03-02 09:00").
			ask("2026-03-02 10:00").
			note("2026-03-02 11:00", usm.SideRequester).
			add("2026-03-02 11:30", usm.Fact{Kind: usm.EventNoted, By: usm.SideRequester}, priority(usm.PriorityCritical)).
			answer("2026-03-02 12:00").fold()

		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 10:00:00 paused used 1h left 7h",
			"2026-03-02 11:30:00 retargeted used 1h left 3h",
			"2026-03-02 12:00:00 resumed used 1h left 3h",
		}, f.ledger("sa/handling"))
		require.Equal(t, "target 8h → 4h: priority not set → critical", f.rows[2].Cause)
		require.Equal(t, usm.ClockPaused, f.rows[2].State)
		require.Equal(t, "2026-03-02 15:00:00", clockTime(*f.clock("sa/handling").Due))
	})

	t.Run("CountsFromTheStartByDefault", func(t *testing.T) {
		t.Parallel()
		f := replaced(t, "6h", "", "")
		require.Equal(t, "2026-03-02 15:00:00", clockTime(*f.clock("sa/handling").Due))
		require.Equal(t, "sa@2", f.clock("sa/handling").Agreement)
		require.Equal(t, "target 8h → 6h: terms it@1/+sa@1 → it@1/+sa@2", f.rows[1].Cause)
		require.Equal(t, span("8h"), f.rows[0].Target, "the old value stays on record")
	})

	t.Run("CountsFromTheChangeWhenTheAgreementSaysSo", func(t *testing.T) {
		t.Parallel()
		for name, f := range map[string]folded{
			"agreement": replaced(t, "6h", usm.FromChange, ""),
			"rebinding": replaced(t, "6h", "", usm.FromChange),
		} {
			c := f.clock("sa/handling")
			require.Equal(t, "2026-03-03 11:00:00", clockTime(*c.Due), name)
			require.Equal(t, span("4h"), c.Used, name)
			require.Equal(t, span("4h"), c.Discount, name)
			require.Contains(t, f.rows[1].Cause, "4h used before do not count", name)
			require.Equal(t, "2026-03-03 09:30:00", clockTime(f.watch().Alarm.At), name)
		}
	})

	t.Run("IsBreachedWithTheChangeWhenTheNewTargetIsUsedUp", func(t *testing.T) {
		t.Parallel()
		f := replaced(t, "2h", "", "")
		c := f.clock("sa/handling")
		require.Equal(t, "2026-03-02 13:00:00", clockTime(*c.BreachedAt))
		require.Equal(t, 1, c.Breaches)
		require.Equal(t, "sa/handling/1/breach", f.watch().Alarm.Key)
	})

	t.Run("StaysBreachedWhenTheNewTargetIsLonger", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("2h"), usm.Norm{Type: usm.Incident, Priority: usm.PriorityLow, Handling: "8h"})
		s := opened(t, terms, "2026-03-02 09:00").
			add("2026-03-02 13:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityLow))
		c := s.fold().clock("sa/handling")
		require.Equal(t, "2026-03-02 11:00:00", clockTime(*c.BreachedAt))
		require.Equal(t, "2026-03-02 17:00:00", clockTime(*c.Due))

		c = s.note("2026-03-03 16:00", usm.SideRequester).fold().clock("sa/handling")
		require.Equal(t, 1, c.Breaches, "a cycle is breached once")
	})

	t.Run("IsCancelledWhenItIsNotPromisedAnyMoreAndBeginsAgainWhenItIs", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("8h"), usm.Norm{Type: usm.Incident, Priority: usm.PriorityNone, Reaction: "8h"})
		s := opened(t, terms, "2026-03-02 09:00").
			add("2026-03-02 10:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityNone))
		f := s.fold()
		require.Equal(t, usm.ClockCancelled, f.clock("sa/handling").State)
		require.Equal(t, "cancelled: no longer promised: priority not set → none", f.rows[1].Cause)

		f = s.add("2026-03-02 12:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityHigh)).fold()
		require.Equal(t, []string{"2026-03-02 09:00:00 started used 0s left 8h"}, f.ledger("sa/handling#2"))
		require.Equal(t, "2026-03-02 17:00:00", clockTime(*f.clock("sa/handling#2").Due))
	})
}

// replaced is a call that comes under a new version of its agreement after four hours.
func replaced(t *testing.T, target string, agreement, rebinding usm.Applies) folded {
	t.Helper()
	next := usm.Agreement{
		ID: "sa", Type: usm.SA, Version: 2, Services: []string{"mail"}, Norms: []usm.Norm{handling(target)}, Applies: agreement,
	}
	return opened(t, promising(handling("8h")), "2026-03-02 09:00").rebind("2026-03-02 13:00", under(next), rebinding).fold()
}

func TestANormThatIsPromisedLater(t *testing.T) {
	t.Parallel()
	high := usm.Norm{
		Type: usm.Incident, Priority: usm.PriorityHigh, Reaction: "1h", Update: "4h", Handling: "8h",
		Named: []usm.NamedNorm{{Name: "diagnosis", Target: "2h", Start: usm.Moment{Opened: usm.AnalyseIncident}}},
	}
	// The requester is asked before anybody knows the priority: 30 minutes do not count.
	classified := func(terms usm.Terms) *story {
		return opened(t, terms, "2026-03-02 09:00").
			ask("2026-03-02 09:20").answer("2026-03-02 09:50").
			finish("2026-03-02 10:30").
			finish("2026-03-02 12:00", priority(usm.PriorityHigh))
	}

	t.Run("LivesThroughWhatHasHappenedSinceTheNotification", func(t *testing.T) {
		t.Parallel()
		f := classified(promising(high)).fold()
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 09:20:00 paused used 20m left 7h40m",
			"2026-03-02 09:50:00 resumed used 20m left 7h40m",
		}, f.ledger("sa/handling"))
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 1h",
			"2026-03-02 10:00:00 breached used 1h left 0s",
			"2026-03-02 10:30:00 stopped used 1h30m left -30m",
		}, f.ledger("sa/reaction"))
		for _, r := range f.rows {
			if r.At.Before(moment(t, "2026-03-02 12:00")) {
				require.Equal(t, "2026-03-02 12:00:00", clockTime(r.Recorded), "both times are on record")
			}
		}
		require.Equal(t, "2026-03-02 14:30:00", clockTime(*f.clock("sa/update").Due), "since the call was accepted")
		require.Equal(t, "2026-03-02 14:00:00", clockTime(*f.clock("sa/diagnosis").Due))
	})

	t.Run("IsNotBreachedByWhatCameAfterTheReaction", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(high), "2026-03-02 09:00").finish("2026-03-02 09:30").
			ask("2026-03-02 12:00").answer("2026-03-02 13:00").finish("2026-03-02 14:00", priority(usm.PriorityHigh)).fold()
		require.Zero(t, f.clock("sa/reaction").Breaches)
		require.Equal(t, span("30m"), f.clock("sa/reaction").Used)
	})

	t.Run("CountsFromThenOnWhenTheAgreementSaysSo", func(t *testing.T) {
		t.Parallel()
		terms := promising(high)
		terms.Links[0].Applies = usm.FromChange
		f := classified(terms).fold()
		require.Equal(t, []string{"2026-03-02 12:00:00 started used 0s left 8h"}, f.ledger("sa/handling"))
		require.Empty(t, f.ledger("sa/reaction"), "the provider has reacted before")
	})

	t.Run("IsStoppedWhenItsFirstStepBringsThePriority", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(high), "2026-03-02 09:00").finish("2026-03-02 09:30", priority(usm.PriorityHigh)).fold()
		require.Equal(t, usm.ClockStopped, f.clock("sa/reaction").State)
		require.Equal(t, span("30m"), f.clock("sa/reaction").Used)
	})

	t.Run("DoesNotBeginAgainWhatHasStopped", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(high), "2026-03-02 09:00", priority(usm.PriorityHigh)).finish("2026-03-02 09:30").
			add("2026-03-02 10:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityLow)).
			add("2026-03-02 11:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityHigh)).fold()
		require.Equal(t, usm.ClockRunning, f.clock("sa/handling#2").State)
		require.Empty(t, f.ledger("sa/reaction#2"))
	})

	t.Run("BeginsNothingAfterTheDeliveryWasConfirmed", func(t *testing.T) {
		t.Parallel()
		confirmed := func(with ...func(*usm.Fact)) *story {
			return opened(t, promising(high), "2026-03-02 09:00").toReview("2026-03-02 10:00").
				finishAs("2026-03-02 11:00", usm.SideRequester, usm.Confirmed, with...)
		}
		require.Empty(t, confirmed(priority(usm.PriorityHigh)).fold().Clocks)

		next := promising(handling("8h"))
		next.Version++
		asked := confirmed().ask("2026-03-02 12:00").rebind("2026-03-02 13:00", keyed(next), "").fold()
		require.Empty(t, asked.Clocks, "nor while a question about it waits")
	})
}

func TestACallOfWhichNothingIsPromised(t *testing.T) {
	t.Parallel()
	f := opened(t, under(), "2026-03-02 09:00").ask("2026-03-02 10:00").finish("2026-03-02 12:00").fold()
	require.Empty(t, f.Clocks)
	require.Empty(t, f.rows)
	require.Zero(t, f.watch())

	f = opened(t, under(), "2026-03-02 09:00").rebind("2026-03-02 11:00", promising(handling("8h")), "").fold()
	require.Equal(t, "2026-03-02 17:00:00", clockTime(*f.clock("sa/handling").Due), "covered later, from the notification")
}
