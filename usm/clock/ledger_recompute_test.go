package clock

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// corrected are the terms with Tuesday 2026-03-03 as a holiday that was forgotten.
func corrected(terms usm.Terms) usm.Terms {
	calendar := terms.Calendars[0]
	calendar.Holidays = []string{"2026-03-03"}
	terms.Calendars = []usm.Calendar{calendar}
	terms.Version++
	return keyed(terms)
}

func TestACalendarThatIsCorrectedAfterTheFact(t *testing.T) {
	t.Parallel()
	terms := promising(handling("8h"))
	// The warning and the breach came on the holiday.
	s := opened(t, terms, "2026-03-02 15:00").
		alarm("2026-03-03 13:00", "sa/handling/1/warning/75%").alarm("2026-03-03 15:00", "sa/handling/1/breach").
		rebind("2026-03-04 10:00", corrected(terms), usm.Recompute)
	revision := func(f folded, n int) []string {
		f.rows = slices.DeleteFunc(slices.Clone(f.rows), func(r usm.LedgerRow) bool { return r.Revision != n })
		return f.ledger("sa/handling")
	}

	t.Run("IsMeasuredAnewAndBothAreKept", func(t *testing.T) {
		t.Parallel()
		f := s.fold()
		require.Equal(t, 2, f.Revision)
		require.Equal(t, []string{
			"2026-03-02 15:00:00 started used 0s left 8h",
			"2026-03-03 13:00:00 alarmed used 6h left 2h",
			"2026-03-03 15:00:00 breached used 8h left 0s",
		}, revision(f, 1))
		require.Equal(t, []string{
			"2026-03-02 15:00:00 started used 0s left 8h",
			"2026-03-04 10:00:00 retargeted used 3h left 5h",
		}, revision(f, 2))
		require.Equal(t, "recomputed: used 11h → 3h, breaches 1 → 0", f.cause(usm.ClockRetargets, 0))
		require.Equal(t, "2026-03-04 10:00:00", clockTime(f.rows[3].Recorded))
		c := f.clock("sa/handling")
		require.Zero(t, c.Breaches)
		require.Equal(t, "2026-03-04 15:00:00", clockTime(*c.Due))
	})

	t.Run("RingsWhatComesLaterNowUnderItsOwnKey", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{
			"2026-03-04 13:00:00 sa/handling/1/warning/75%@2",
			"2026-03-04 15:00:00 sa/handling/1/breach@2",
		}, clone(s).rings(9))
	})

	t.Run("DoesNotRingAgainWhatHadComeAnyway", func(t *testing.T) {
		t.Parallel()
		f := opened(t, terms, "2026-03-02 09:00").alarm("2026-03-02 15:00", "sa/handling/1/warning/75%").
			rebind("2026-03-02 16:00", corrected(terms), usm.Recompute).fold()
		require.Equal(t, "sa/handling/1/breach@2", f.watch().Alarm.Key)
	})

	t.Run("OnlyCountsFromTheChangeWhenItIsNotRecomputed", func(t *testing.T) {
		t.Parallel()
		f := opened(t, terms, "2026-03-02 15:00").rebind("2026-03-03 10:00", corrected(terms), "").fold()
		require.Equal(t, "target 8h stays: terms it@1/+sa@1 → it@2/+sa@1", f.cause(usm.ClockRetargets, 0))
		require.Equal(t, span("3h"), f.clock("sa/handling").Used)
		require.Equal(t, "2026-03-04 14:00:00", clockTime(*f.clock("sa/handling").Due))
	})

	t.Run("TakesAllFacts", func(t *testing.T) {
		t.Parallel()
		f := s.fold()
		_, _, err := f.book.Next(nil, f.State, s.facts[3])
		require.Equal(t, usm.CodeInternal, usm.CodeOf(err))
	})

	t.Run("GoesOnFromThere", func(t *testing.T) {
		t.Parallel()
		f := clone(s).ask("2026-03-04 12:00").rebind("2026-03-05 12:00", terms, usm.Recompute).fold()
		require.Equal(t, 3, f.Revision)
		require.Equal(t, "2026-03-04 12:00:00 paused used 5h left 3h", revision(f, 2)[2])
		require.Equal(t, "2026-03-04 12:00:00 paused used 13h left -5h", revision(f, 3)[3])
	})
}

func TestACallThatIsRetyped(t *testing.T) {
	t.Parallel()
	promised := []usm.Norm{
		{Type: usm.Incident, Reaction: "1h", Update: "4h", Handling: "8h"},
		{Type: usm.ServiceRequest, Reaction: "2h", Update: "6h", Handling: "16h"},
	}
	retyped := func(terms usm.Terms) (folded, folded) {
		old := opened(t, terms, "2026-03-02 09:00").finish("2026-03-02 09:30").ask("2026-03-02 10:00").answer("2026-03-02 12:00").
			add("2026-03-02 13:00", usm.Fact{Kind: usm.EventRetyped, By: usm.SideProvider}, status(usm.StatusRetyped)).fold()
		s := opened(t, terms, "2026-03-02 09:00", func(f *usm.Fact) {
			f.Type, f.Open, f.Recorded = usm.ServiceRequest, usm.AcceptRequest, moment(t, "2026-03-02 13:00:01")
			f.Carried = old.Clocks
		})
		return old, s.finish("2026-03-02 14:00").fold()
	}

	t.Run("GoesOnWithTheUsedTimeOfItsNorms", func(t *testing.T) {
		t.Parallel()
		old, f := retyped(promising(promised...))
		require.Equal(t, usm.ClockCancelled, old.clock("sa/handling").State)
		require.Equal(t, span("2h"), old.clock("sa/handling").Used)

		require.Equal(t, []string{"2026-03-02 13:00:00 carried used 2h left 14h"}, f.ledger("sa/handling"))
		require.Equal(t, "carried: 2h used before the call was retyped", f.rows[len(f.rows)-2].Cause)
		require.Equal(t, span("2h"), f.rows[2].Spent)
		require.Equal(t, "2026-03-02 09:00:00", clockTime(*f.clock("sa/handling").StartedAt))
		require.Equal(t, "2026-03-04 11:00:00", clockTime(*f.clock("sa/handling").Due))
		require.Equal(t, []usm.ChainLink{{Holder: "provider", Used: span("2h")}}, Chain(f.rows))
	})

	t.Run("HasReactedWhenItHadReacted", func(t *testing.T) {
		t.Parallel()
		_, f := retyped(promising(promised...))
		require.Equal(t, []string{"2026-03-02 09:30:00 carried used 30m left 30m"}, f.ledger("sa/reaction"))
		require.Equal(t, usm.ClockStopped, f.clock("sa/reaction").State)
	})

	t.Run("CountsFromThereWhenTheAgreementSaysSo", func(t *testing.T) {
		t.Parallel()
		terms := promising(promised...)
		terms.Links[0].Applies = usm.FromChange
		_, f := retyped(terms)
		require.Equal(t, []string{"2026-03-02 13:00:00 carried used 2h left 16h"}, f.ledger("sa/handling"))
	})

	t.Run("KeepsItsBreach", func(t *testing.T) {
		t.Parallel()
		_, f := retyped(promising(
			usm.Norm{Type: usm.Incident, Handling: "30m"}, usm.Norm{Type: usm.ServiceRequest, Handling: "16h"}))
		require.Equal(t, 1, f.clock("sa/handling").Breaches)
		require.Equal(t, "2026-03-02 09:30:00", clockTime(*f.clock("sa/handling").BreachedAt))
	})

	t.Run("IsMeasuredFromTheNotificationForWhatWasNotPromisedBefore", func(t *testing.T) {
		t.Parallel()
		_, f := retyped(promising(usm.Norm{Type: usm.ServiceRequest, Handling: "16h"}))
		require.Equal(t, "2026-03-02 09:00:00 started used 0s left 16h", f.ledger("sa/handling")[0])
		require.Equal(t, "2026-03-03 17:00:00", clockTime(*f.clock("sa/handling").Due))
	})
}
