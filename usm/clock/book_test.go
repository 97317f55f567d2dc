package clock

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestOpenNamesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	norm := func(change func(*usm.Norm)) usm.Terms {
		n := handling("8h")
		change(&n)
		return promising(handling("1h"), n)
	}
	for name, c := range map[string]struct {
		terms usm.Terms
		says  string
	}{
		"NoCalendar":        {usm.Terms{Key: "k"}, "terms k have no calendar"},
		"AnUnknownZone":     {usm.Terms{Key: "k", Calendars: []usm.Calendar{{TimeZone: "Mars/Olympus"}}}, `terms k: calendar "": `},
		"AnUnknownCalendar": {norm(func(n *usm.Norm) { n.Calendar = "moon" }), `agreement sa@1: norm 2: there is no calendar "moon"`},
		"ATarget":           {norm(func(n *usm.Norm) { n.Reaction = "soon" }), "agreement sa@1: norm 2: "},
		"AWarning":          {norm(func(n *usm.Norm) { n.Warnings = []string{"half"} }), `"half"`},
		"AStepOfTheLadder":  {norm(func(n *usm.Norm) { n.Escalation = []usm.Escalation{{At: "200%"}} }), `"200%"`},
		"ANamedTarget":      {norm(func(n *usm.Norm) { n.Named = []usm.NamedNorm{{Name: "x", Target: "-1h"}} }), `"-1h"`},
		"ANamedCalendar": {
			norm(func(n *usm.Norm) { n.Named = []usm.NamedNorm{{Name: "x", Target: "1h", Calendar: "moon"}} }), `"moon"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(c.terms)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestFoldRefuses(t *testing.T) {
	t.Parallel()
	s := opened(t, promising(handling("8h")), "2026-03-02 09:00")
	book := s.book(s.facts[0].Terms)
	state := s.fold().State

	t.Run("FactsWithoutTerms", func(t *testing.T) {
		t.Parallel()
		_, _, err := Fold([]usm.Fact{{Kind: usm.EventOpened}}, nil)
		require.ErrorContains(t, err, "the first fact names no terms")
		_, _, err = Fold(s.facts, nil)
		require.ErrorContains(t, err, `the terms "it@1/+sa@1" are not there`)
	})

	t.Run("TheBookOfOtherTerms", func(t *testing.T) {
		t.Parallel()
		other, err := Open(corrected(s.terms[book.key]))
		require.NoError(t, err)
		_, _, err = other.Next(nil, state, usm.Fact{Kind: usm.EventNoted})
		require.Equal(t, usm.CodeInternal, usm.CodeOf(err))
		_, _, err = other.Next(book, state, usm.Fact{Kind: usm.EventNoted})
		require.Equal(t, usm.CodeInternal, usm.CodeOf(err), "the fact says nothing of other terms")
	})

	t.Run("AStateThatWasNotFoldedUnderItsTerms", func(t *testing.T) {
		t.Parallel()
		strange := through(t, state)
		strange.Clocks[0].Norm = "unheard of"
		_, _, err := book.Next(nil, strange, usm.Fact{Kind: usm.EventNoted})
		require.ErrorContains(t, err, "do not promise what clock sa/handling measures")
		_, err = book.Watch(strange)
		require.Error(t, err)
		_, ok := book.Ring(strange, usm.Alarm{Key: "sa/handling/1/breach"})
		require.False(t, ok)
	})

	t.Run("ACalendarThatDoesNotOpenBeforeTheDueDate", func(t *testing.T) {
		t.Parallel()
		norm := handling("8h")
		norm.Calendar = "once"
		terms := promising(norm)
		terms.Calendars = append(terms.Calendars, usm.Calendar{
			ID: "once", TimeZone: "Europe/Amsterdam", Openings: []usm.Opening{{Date: "2026-03-02", Windows: []string{"09:00-17:00"}}},
		})
		s := opened(t, terms, "2026-03-02 09:00").ask("2026-03-02 12:00")
		require.Equal(t, usm.ClockPaused, s.fold().clock("sa/handling").State)
		s.answer("2026-03-02 13:00")
		_, _, err := Fold(s.facts, s.terms)
		require.ErrorIs(t, err, ErrNeverOpens)
		require.ErrorContains(t, err, "clock sa/handling: 5h after 2026-03-02T12:00:00Z")
	})
}

func TestAt(t *testing.T) {
	t.Parallel()
	f := opened(t, promising(handling("8h")), "2026-03-02 09:00").finish("2026-03-02 10:00").fold()
	read := func(at string) usm.Clock {
		clocks, err := f.book.At(f.State, moment(t, at))
		require.NoError(t, err)
		return clocks[0]
	}

	t.Run("ReadsARunningClock", func(t *testing.T) {
		t.Parallel()
		c := read("2026-03-02 12:00")
		require.Equal(t, span("3h"), c.Used)
		require.Equal(t, span("5h"), c.Remaining)
		require.Equal(t, moment(t, "2026-03-02 12:00"), c.Since)
		require.Equal(t, []usm.Phase{{Name: "detection", Used: span("3h"), Elapsed: span("3h")}}, c.Phases)
	})

	t.Run("ReadsABreachThatNobodyRecorded", func(t *testing.T) {
		t.Parallel()
		c := read("2026-03-03 10:00")
		require.Equal(t, "2026-03-02 17:00:00", clockTime(*c.BreachedAt))
		require.Equal(t, span("-1h"), c.Remaining)
		require.Zero(t, read("2026-03-02 17:00").Breaches)
	})

	t.Run("DoesNotGoBehindTheLastChange", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, moment(t, "2026-03-02 09:00"), read("2026-03-01 10:00").Since)
	})
}

func TestAFactThatIsDatedBeforeTheLastOne(t *testing.T) {
	t.Parallel()
	f := opened(t, promising(handling("8h")), "2026-03-02 09:00").ask("2026-03-02 12:00").answer("2026-03-02 11:00").fold()
	require.Equal(t, "2026-03-02 12:00:00 resumed used 3h left 5h", f.ledger("sa/handling")[2])
	require.Equal(t, "2026-03-02 11:00:00", clockTime(f.rows[2].Recorded))
}

// TestEachNormMayHaveItsOwnCalendar measures norms for the same calls that stand in rows of their own.
func TestEachNormMayHaveItsOwnCalendar(t *testing.T) {
	t.Parallel()
	night := usm.Norm{
		Type: usm.Incident, Reaction: "2h", Calendar: usm.AroundTheClock, Warnings: []string{},
		Named: []usm.NamedNorm{{Name: "look", Target: "2h", Calendar: "late", Start: usm.Moment{Event: usm.EventOpened}}},
	}
	terms := promising(handling("2h"), night)
	terms.Calendars = append(terms.Calendars, usm.Calendar{ID: "late", TimeZone: "Europe/Amsterdam", Hours: daily("20:00-24:00")})
	f := opened(t, terms, "2026-03-02 16:00").fold()
	require.Equal(t, "2026-03-03 10:00:00", clockTime(*f.clock("sa/handling").Due))
	require.Equal(t, "2026-03-02 18:00:00", clockTime(*f.clock("sa/reaction").Due))
	require.Equal(t, "2026-03-02 22:00:00", clockTime(*f.clock("sa/look").Due))
	require.Equal(t, usm.Alarm{Key: "sa/reaction/1/breach", At: moment(t, "2026-03-02 18:00")}, f.watch().Alarm, "its row has no warning")
}
