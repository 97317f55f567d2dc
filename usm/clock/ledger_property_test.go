package clock

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// anyTerms draws terms with a customer's agreement, an OLA and a UC, all with several norms in several calendars.
func anyTerms(r *rapid.T, version int) usm.Terms {
	target := rapid.SampledFrom([]string{"90m", "4h", "7h59m59.999999999s", "40h", "1 business day 12:00", "2 business days end"})
	calendar := rapid.SampledFrom([]string{"", usm.AroundTheClock})
	pause := rapid.SampledFrom([][]string{nil, {usm.PauseAnswer}, {"parts", usm.PauseSupplier}, {usm.PauseChild, usm.PauseAnswer}})
	norm := func(p usm.Priority) usm.Norm {
		return usm.Norm{
			Type: usm.Incident, Priority: p, Calendar: calendar.Draw(r, "calendar"), Pause: pause.Draw(r, "pause"),
			Reaction: target.Draw(r, "reaction"), Update: target.Draw(r, "update"), Handling: target.Draw(r, "handling"),
			Named: []usm.NamedNorm{{
				Name: "diagnosis", Target: target.Draw(r, "named"), Start: usm.Moment{Opened: usm.AnalyseIncident},
				Stop: usm.Moment{Step: usm.AnalyseIncident}, Reset: []usm.Moment{{Event: usm.EventAnswered}},
			}},
			Escalation: []usm.Escalation{{At: "-30m"}, {At: "+1h", AnyTime: true}},
		}
	}
	links := []usm.Agreement{
		{ID: "sa", Type: usm.SA}, {ID: "ola", Type: usm.OLA, Provider: "network"}, {ID: "uc", Type: usm.UC, Provider: "fibre"},
	}
	for i := range links {
		a := &links[i]
		a.Version, a.Services = version, []string{"mail"}
		a.Applies = rapid.SampledFrom([]usm.Applies{"", usm.Retroactive, usm.FromChange}).Draw(r, "applies")
		a.Norms = []usm.Norm{norm(usm.PriorityHigh), norm(usm.PriorityLow)}
		if rapid.Bool().Draw(r, "every priority") {
			a.Norms = append(a.Norms, norm(""))
		}
	}
	terms := under(links...)
	terms.Version = version
	terms.Pauses = []usm.PauseReason{{ID: "parts", Accountable: usm.AccountableProvider}}
	if version > 1 {
		terms.Calendars[0].Holidays = []string{"2026-03-05", "2026-03-10"}
	}
	return keyed(terms)
}

// anyStory draws what happens to a call under the first terms, which may be rebound to the second and back; applies are the
// ways in which it is.
func anyStory(t *testing.T, r *rapid.T, first, second usm.Terms, applies ...usm.Applies) *story {
	t.Helper()
	s := opened(t, first, "2026-03-02 08:00")
	s.terms[second.Key] = second
	at := s.facts[0].At
	side := rapid.SampledFrom([]usm.Side{usm.SideProvider, usm.SideRequester, usm.SideMachine})
	for range rapid.IntRange(1, 20).Draw(r, "facts") {
		if s.now.Open == "" {
			break // closed
		}
		at = at.Add(time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(r, "later")))
		when := clockTime(at)
		switch rapid.IntRange(0, 9).Draw(r, "what") {
		case 0, 1, 2:
			var outcome usm.Outcome
			if s.now.Open.Kind() == usm.KindReview {
				outcome = rapid.SampledFrom(s.now.Open.Outcomes()).Draw(r, "outcome")
			}
			s.finishAs(when, side.Draw(r, "by"), outcome)
		case 3:
			s.ask(when)
		case 4:
			s.answer(when)
		case 5:
			if rapid.Bool().Draw(r, "hold") {
				s.hold(when, "parts")
			} else {
				s.release(when, "parts")
			}
		case 6:
			s.note(when, side.Draw(r, "by"))
		case 7:
			s.add(when, usm.Fact{Kind: usm.EventNoted}, priority(rapid.SampledFrom(usm.Priorities()).Draw(r, "priority")))
		case 8:
			s.add(when, usm.Fact{Kind: usm.EventNoted}, team(rapid.SampledFrom([]string{"", "network", "fibre"}).Draw(r, "team")))
		case 9:
			s.rebind(when, rapid.SampledFrom([]usm.Terms{first, second}).Draw(r, "terms"), rapid.SampledFrom(applies).Draw(r, "applies"))
		}
		if rapid.Bool().Draw(r, "alarm") {
			if next := s.nextAlarm(); next.Key != "" && next.At.Before(at) {
				s.alarm(when, next.Key)
			}
		}
	}
	return s
}

func TestWhateverHappens(t *testing.T) {
	t.Parallel()

	// fold itself compares one by one, with a round trip through JSON after every fact, with all at once.
	t.Run("FoldingOneByOneIsFoldingAtOnceAndNothingUsedIsLost", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			f := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), "", usm.FromChange).fold()
			requireSound(r, f.rows, f.Clocks)
			requireChain(r, f)
		})
	})

	t.Run("ARecomputationUnderTheSameTermsChangesNothing", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			terms := anyTerms(r, 1)
			s := anyStory(t, r, terms, terms, "")
			before := s.fold()
			s.rebind(clockTime(before.Last.At), terms, usm.Recompute)
			after := s.fold()
			for i, c := range before.Clocks {
				require.Equal(r, c, after.Clocks[i])
			}
			again := slices.Clone(after.rows[len(before.rows):])
			for i := range again {
				again[i].Revision, again[i].Recorded = 1, before.rows[i].Recorded
			}
			require.Equal(r, before.rows, again)
		})
	})

	t.Run("EveryRevisionIsSound", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			f := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), usm.Retroactive, usm.FromChange, usm.Recompute).fold()
			requireSound(r, f.rows, f.Clocks)
		})
	})

	t.Run("NewsOfNoConcernChangesNothing", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			s := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), "", usm.FromChange)
			place := rapid.IntRange(1, len(s.facts)).Draw(r, "place")
			linked := s.facts[place-1]
			linked.Kind, linked.Step, linked.By, linked.Reason, linked.Terms, linked.Alarm = usm.EventLinked, "", usm.SideRequester, "", "", ""
			more := clone(s)
			more.facts = slices.Insert(more.facts, place, linked)
			for i := range more.facts {
				more.facts[i].Sequence = s.facts[max(0, i-map[bool]int{true: 1}[i >= place])].Sequence
			}
			require.Equal(r, s.fold().rows, more.fold().rows)
		})
	})

	t.Run("WhatIsFoldedFromAStateIsNotChangedByWhatIsFoldedFromItNext", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			s := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), "")
			state := through(t, s.fold().State)
			when := clockTime(state.Last.At.Add(30 * time.Hour))
			one := clone(s).ask(when).facts
			first, _ := s.next(state, one[len(one)-1])
			before := asJSON(t, first)
			for _, other := range []*story{
				clone(s).note(when, usm.SideProvider), clone(s).finish(when), clone(s).hold(when, "parts"), clone(s).alarm(when, s.nextAlarm().Key),
			} {
				s.next(state, other.facts[len(other.facts)-1])
			}
			require.Equal(r, before, asJSON(t, first))
		})
	})

	t.Run("ReadingAtAMomentIsWhatAChangeThenWouldFind", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			s := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), "", usm.FromChange)
			f := s.fold()
			at := f.Last.At.Add(time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(r, "later")))
			read, err := f.book.At(f.State, at)
			require.NoError(r, err)
			ended := s.add(clockTime(at), usm.Fact{Kind: usm.EventAborted}, status(usm.StatusAborted)).fold()
			for i, c := range read {
				then := ended.Clocks[i]
				if c.State == usm.ClockPending {
					continue
				}
				require.Equal(r, then.Used, c.Used)
				require.Equal(r, then.Remaining, c.Remaining)
				require.Equal(r, then.BreachedAt, c.BreachedAt)
				require.Equal(r, then.Phases, c.Phases)
			}
		})
	})

	t.Run("AnAlarmIsNeverDueAfterTheBreachAndRingsOnce", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			s := anyStory(t, r, anyTerms(r, 1), anyTerms(r, 2), "", usm.FromChange)
			seen := map[string]bool{}
			for _, line := range s.rings(60) {
				key := line[len("2006-01-02 15:04:05 "):]
				require.NotContains(r, seen, key)
				seen[key] = true
			}
			require.Zero(r, s.fold().watch().Alarm)
		})
	})
}
