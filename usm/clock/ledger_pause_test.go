package clock

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestPauses(t *testing.T) {
	t.Parallel()

	t.Run("LastOverAHoliday", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("8h"))
		terms.Calendars[0].Holidays = []string{"2026-12-25"}
		f := opened(t, terms, "2026-12-24 15:00").ask("2026-12-24 16:00").answer("2026-12-28 09:30").fold()
		require.Equal(t, span("1h"), f.clock("sa/handling").Used)
		require.Equal(t, "2026-12-28 16:30:00", clockTime(*f.clock("sa/handling").Due))

		f = opened(t, terms, "2026-12-24 15:00").ask("2026-12-25 10:00").answer("2026-12-25 14:00").fold()
		require.Equal(t, span("2h"), f.clock("sa/handling").Used, "a pause within a holiday takes nothing off")
		require.Equal(t, "2026-12-28 15:00:00", clockTime(*f.clock("sa/handling").Due))
	})

	t.Run("EndWhenNoReasonHoldsAnyMore", func(t *testing.T) {
		t.Parallel()
		norm := handling("8h")
		norm.Pause = []string{usm.PauseAnswer, "parts"}
		terms := promising(norm)
		terms.Pauses = []usm.PauseReason{{ID: "parts", Accountable: usm.AccountableProvider}}
		f := opened(t, terms, "2026-03-02 09:00").
			ask("2026-03-02 10:00").hold("2026-03-02 11:00", "parts").
			answer("2026-03-02 12:00").release("2026-03-02 13:00", "parts").
			finish("2026-03-02 14:00").fold()

		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 10:00:00 paused used 1h left 7h",
			"2026-03-02 11:00:00 paused used 1h left 7h",
			"2026-03-02 12:00:00 paused used 1h left 7h",
			"2026-03-02 13:00:00 resumed used 1h left 7h",
		}, f.ledger("sa/handling"))
		require.Equal(t, "paused: answer (customer), parts (provider)", f.rows[2].Cause)
		require.Equal(t, "resumed: no longer parts (provider)", f.rows[4].Cause)
		holders := make([]string, 0, len(f.rows))
		for _, r := range f.rows {
			holders = append(holders, r.Holder)
		}
		require.Equal(t, []string{"provider", "provider", "customer", "customer", "provider"}, holders)
	})

	t.Run("AreForWhatTheCustomerIsAccountableForUnlessTheNormListsThem", func(t *testing.T) {
		t.Parallel()
		waiting := func(terms usm.Terms, kind usm.WaitKind) usm.ClockState {
			s := opened(t, terms, "2026-03-02 09:00").add("2026-03-02 10:00", usm.Fact{Kind: usm.EventRequested}, waits(kind))
			return s.fold().clock("sa/handling").State
		}
		byDefault := promising(handling("8h"))
		require.Equal(t, usm.ClockPaused, waiting(byDefault, usm.WaitAnswer))
		require.Equal(t, usm.ClockPaused, waiting(byDefault, usm.WaitConfirmation))
		require.Equal(t, usm.ClockRunning, waiting(byDefault, usm.WaitSignal), "a supplier is the provider's business")
		require.Equal(t, usm.ClockRunning, waiting(byDefault, usm.WaitChild))

		listed := handling("8h")
		listed.Pause = []string{usm.PauseSupplier}
		require.Equal(t, usm.ClockPaused, waiting(promising(listed), usm.WaitSignal))
		require.Equal(t, usm.ClockRunning, waiting(promising(listed), usm.WaitAnswer))

		none := handling("8h")
		none.Pause = []string{}
		require.Equal(t, usm.ClockRunning, waiting(promising(none), usm.WaitAnswer), "an empty list is a list")

		own := under(usm.Agreement{
			ID: "sa", Type: usm.SA, Version: 1, Norms: []usm.Norm{handling("8h")},
			Pauses: []usm.PauseReason{{ID: usm.PauseAnswer, Accountable: usm.AccountableProvider, While: &usm.Moment{Waiting: usm.WaitAnswer}}},
		})
		require.Equal(t, usm.ClockRunning, waiting(own, usm.WaitAnswer), "the agreement's own reasons go before those of everywhere")
	})

	t.Run("HoldUpToTheMomentThatTheirReasonNames", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("8h"))
		terms.Pauses = []usm.PauseReason{{
			ID: "thinking", Accountable: usm.AccountableCustomer,
			While: &usm.Moment{Event: usm.EventAsked}, Until: &usm.Moment{Opened: usm.AnalyseIncident},
		}}
		f := opened(t, terms, "2026-03-02 09:00").ask("2026-03-02 10:00").answer("2026-03-02 11:00").
			finish("2026-03-02 12:00").finish("2026-03-02 13:00").fold()
		require.Equal(t, "2026-03-02 13:00:00 resumed used 1h left 7h", f.ledger("sa/handling")[3])
	})

	t.Run("NeverHoldTheReaction", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(usm.Norm{Type: usm.Incident, Reaction: "2h"}), "2026-03-02 09:00").
			ask("2026-03-02 10:00").finish("2026-03-02 11:30").fold()
		require.Equal(t, span("2h30m"), f.clock("sa/reaction").Used)
	})
}

func TestTheNightOfDaylightSaving(t *testing.T) {
	t.Parallel()
	night := officeHours()
	night.ID, night.Hours = "night", map[string][]string{"sat": {"22:00-24:00"}, "sun": {"00:00-06:00", "22:00-24:00"}}
	for name, c := range map[string]struct {
		calendar, opened, asked, used, due string
	}{
		"AroundTheClockInSpring": {usm.AroundTheClock, "2026-03-28 22:00", "2026-03-29 04:00", "5h", "2026-03-29 07:00:00"},
		"AroundTheClockInAutumn": {usm.AroundTheClock, "2026-10-24 22:00", "2026-10-25 04:00", "7h", "2026-10-25 05:00:00"},
		"InAnOfficeInSpring":     {"night", "2026-03-28 22:00", "2026-03-29 04:00", "5h", "2026-03-29 23:00:00"},
		"InAnOfficeInAutumn":     {"night", "2026-10-24 22:00", "2026-10-25 04:00", "7h", "2026-10-25 05:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			norm := handling("8h")
			norm.Calendar = c.calendar
			terms := promising(norm)
			terms.Calendars = append(terms.Calendars, night)
			s := opened(t, terms, c.opened)
			require.Equal(t, c.due, clockTime(*s.fold().clock("sa/handling").Due))
			require.Equal(t, span(c.used), s.ask(c.asked).fold().clock("sa/handling").Used)
		})
	}
}

func TestTheRequestersConfirmation(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Reaction = "1h"

	t.Run("ResumesTheClockWithUsedTimeWhenItIsDisputed", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(norm), "2026-03-02 09:00").
			finish("2026-03-02 09:30").
			toReview("2026-03-02 11:00").
			finishAs("2026-03-03 10:00", usm.SideRequester, usm.Disputed).
			toReview("2026-03-03 12:00").
			finishAs("2026-03-03 16:00", usm.SideRequester, usm.Confirmed).
			finish("2026-03-04 09:00").fold()
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 11:00:00 paused used 2h left 6h",
			"2026-03-03 10:00:00 resumed used 2h left 6h",
			"2026-03-03 12:00:00 paused used 4h left 4h",
			"2026-03-03 16:00:00 stopped used 4h left 4h",
		}, f.ledger("sa/handling"))
		require.Equal(t, "stopped: review_recovery was finished by the requester: confirmed", f.rows[len(f.rows)-1].Cause)
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 1h",
			"2026-03-02 09:30:00 stopped used 30m left 30m",
		}, f.ledger("sa/reaction"), "a repeated step starts no reaction")
		require.Zero(t, f.watch())
	})

	t.Run("SplitsTheHandlingOfAnIncidentInPhases", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(norm), "2026-03-02 09:00").
			finish("2026-03-02 10:00").finish("2026-03-02 10:30").           // detection
			finish("2026-03-02 12:00").                                      // diagnosis
			finish("2026-03-02 13:00").finishAs("2026-03-03 10:00", "", ""). // repair
			finishAs("2026-03-03 11:00", usm.SideRequester, usm.Disputed).
			finish("2026-03-03 12:00").finishAs("2026-03-03 13:00", "", "").
			finishAs("2026-03-03 16:00", usm.SideRequester, usm.Confirmed).fold()
		require.Equal(t, []usm.Phase{
			{Name: "detection", Used: span("1h30m"), Elapsed: span("1h30m")},
			{Name: "diagnosis", Used: span("1h30m"), Elapsed: span("1h30m")},
			{Name: "repair", Used: span("8h"), Elapsed: span("24h")},
			{Name: "recovery", Used: 0, Elapsed: span("4h")},
		}, f.clock("sa/handling").Phases)
		require.Equal(t, span("11h"), f.clock("sa/handling").Used)
	})

	t.Run("StopsAReactionThatNeverCame", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(norm), "2026-03-02 09:00").toReview("2026-03-02 09:10").
			finishAs("2026-03-02 09:20", usm.SideRequester, usm.Confirmed).fold()
		require.Equal(t, usm.ClockStopped, f.clock("sa/reaction").State)
	})

	t.Run("IsNotWaitedForByACallThatEndsOtherwise", func(t *testing.T) {
		t.Parallel()
		for _, end := range []usm.Status{usm.StatusAborted, usm.StatusRejected, usm.StatusNotAgreed, usm.StatusRetyped} {
			f := opened(t, promising(norm), "2026-03-02 09:00").
				add("2026-03-02 10:30", usm.Fact{Kind: usm.EventAborted, By: usm.SideRequester}, status(end)).fold()
			require.Equal(t, usm.ClockCancelled, f.clock("sa/handling").State)
			require.Equal(t, usm.ClockCancelled, f.clock("sa/reaction").State)
			require.Equal(t, 1, f.clock("sa/reaction").Breaches, "a breach before the end stays on record")
		}
		rejected := opened(t, promising(norm), "2026-03-02 09:00").
			finishAs("2026-03-02 09:30", usm.SideProvider, usm.Rejected, status(usm.StatusRejected)).fold()
		require.Equal(t, usm.ClockStopped, rejected.clock("sa/reaction").State, "to reject is to react")
	})
}
