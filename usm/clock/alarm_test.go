package clock

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// rings lets the story be followed by each alarm as it comes, at its moment, until none is left, and returns what rang.
func (s *story) rings(limit int) []string {
	s.t.Helper()
	var rang []string
	for range limit {
		alarm := s.nextAlarm()
		if alarm.Key == "" {
			break
		}
		rang = append(rang, clockTime(alarm.At)+" "+alarm.Key)
		s.alarm(clockTime(alarm.At), alarm.Key)
	}
	return rang
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Warnings = []string{"50%", "30m"}
	norm.Escalation = []usm.Escalation{{At: "75%", Notify: []string{"boss"}}, {Notify: []string{"boss"}}, {At: "+2h", AnyTime: true}}

	t.Run("RingOnceEachInTheirOrder", func(t *testing.T) {
		t.Parallel()
		s := opened(t, promising(norm), "2026-03-02 09:00")
		require.Equal(t, []string{
			"2026-03-02 13:00:00 sa/handling/1/warning/50%",
			"2026-03-02 15:00:00 sa/handling/1/escalation/1",
			"2026-03-02 16:30:00 sa/handling/1/warning/30m",
			"2026-03-02 17:00:00 sa/handling/1/breach",
			"2026-03-03 09:00:00 sa/handling/1/escalation/2",
			"2026-03-03 11:00:00 sa/handling/1/escalation/3",
		}, s.rings(10))
		f := s.fold()
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 13:00:00 alarmed used 4h left 4h",
			"2026-03-02 15:00:00 alarmed used 6h left 2h",
			"2026-03-02 16:30:00 alarmed used 7h30m left 30m",
			"2026-03-02 17:00:00 breached used 8h left 0s",
			"2026-03-03 09:00:00 alarmed used 8h left 0s",
			"2026-03-03 11:00:00 alarmed used 10h left -2h",
		}, f.ledger("sa/handling"))
	})

	t.Run("AreWatchedWithTheEarliestDueDate", func(t *testing.T) {
		t.Parallel()
		both := norm
		both.Reaction, both.Update = "4h", "6h"
		require.Equal(t, "2026-03-02 13:00:00", clockTime(opened(t, promising(both), "2026-03-02 09:00").fold().watch().Due))
	})

	t.Run("OfWhatNobodySaysAnythingAboutAreAWarningAtThreeQuartersAndTheBreach", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{
			"2026-03-02 15:00:00 sa/handling/1/warning/75%",
			"2026-03-02 17:00:00 sa/handling/1/breach",
		}, opened(t, promising(handling("8h")), "2026-03-02 09:00").rings(9))
	})

	t.Run("AreOnlyTheBreachWhereTheNormWantsNoOthers", func(t *testing.T) {
		t.Parallel()
		none := norm
		none.Warnings, none.Escalation = []string{}, []usm.Escalation{}
		terms := promising(none)
		terms.Links[0].Escalation = norm.Escalation
		require.Equal(t, []string{"2026-03-02 17:00:00 sa/handling/1/breach"}, opened(t, terms, "2026-03-02 09:00").rings(9))
	})

	t.Run("AreThoseOfTheNormBeforeThoseOfItsAgreement", func(t *testing.T) {
		t.Parallel()
		named := usm.NamedNorm{Name: "x", Target: "6h", Start: usm.Moment{Event: usm.EventOpened}, Warnings: []string{"10%"}}
		terms := promising(usm.Norm{Type: usm.Incident, Handling: "8h", Named: []usm.NamedNorm{named}})
		terms.Links[0].Warnings = []string{"20%"}
		terms.Links[0].Escalation = []usm.Escalation{{At: "+1h"}}
		require.Equal(t, []string{
			"2026-03-02 09:36:00 sa/x/1/warning/10%",
			"2026-03-02 10:36:00 sa/handling/1/warning/20%",
			"2026-03-02 15:00:00 sa/x/1/breach",
			"2026-03-02 16:00:00 sa/x/1/escalation/agreement/1",
			"2026-03-02 17:00:00 sa/handling/1/breach",
			"2026-03-03 10:00:00 sa/handling/1/escalation/agreement/1",
		}, opened(t, terms, "2026-03-02 09:00").rings(9))
	})

	t.Run("OfAnotherLadderComeAlthoughTheFirstHasHadAsManySteps", func(t *testing.T) {
		t.Parallel()
		ladder := func(p usm.Priority, target string, at ...string) usm.Norm {
			n := usm.Norm{Type: usm.Incident, Priority: p, Handling: target, Warnings: []string{}}
			for _, one := range at {
				n.Escalation = append(n.Escalation, usm.Escalation{At: one})
			}
			return n
		}
		terms := promising(ladder("", "8h", "25%"), ladder(usm.PriorityHigh, "6h", "50%"), ladder(usm.PriorityCritical, "4h"))
		terms.Links[0].Escalation = []usm.Escalation{{At: "due"}}
		s := opened(t, terms, "2026-03-02 09:00").alarm("2026-03-02 11:00", "sa/handling/1/escalation/1").
			add("2026-03-02 11:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityHigh)).
			alarm("2026-03-02 12:00", "sa/handling/1/escalation/high/1").
			add("2026-03-02 12:00", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityCritical))
		require.Equal(t, "escalation/high/1", s.fold().clock("sa/handling").Rung[1])
		require.Equal(t, []string{
			"2026-03-02 13:00:00 sa/handling/1/escalation/agreement/1", "2026-03-02 13:00:00 sa/handling/1/breach",
		}, s.rings(9))
	})

	t.Run("WaitForServiceHoursUnlessTheySayOtherwise", func(t *testing.T) {
		t.Parallel()
		always := norm
		always.Calendar = usm.AroundTheClock
		require.Equal(t, []string{
			"2026-03-03 01:00:00 sa/handling/1/breach",
			"2026-03-03 03:00:00 sa/handling/1/escalation/3",
			"2026-03-03 09:00:00 sa/handling/1/escalation/1",
			"2026-03-03 09:00:00 sa/handling/1/escalation/2",
		}, opened(t, promising(always), "2026-03-02 17:00").rings(9))
	})

	t.Run("ComeOnlyWhileTheClockRuns", func(t *testing.T) {
		t.Parallel()
		s := opened(t, promising(handling("8h")), "2026-03-02 09:00").ask("2026-03-02 14:00")
		require.Zero(t, s.fold().watch())
		require.Equal(t, "2026-03-03 10:00:00", clockTime(s.answer("2026-03-03 09:00").fold().watch().Alarm.At))
	})

	t.Run("ComeAgainInTheNextCycle", func(t *testing.T) {
		t.Parallel()
		s := opened(t, promising(usm.Norm{Type: usm.Incident, Update: "4h"}), "2026-03-02 09:00")
		require.Len(t, s.rings(9), 2)
		require.Equal(t, usm.Alarm{Key: "sa/update/2/warning/75%", At: moment(t, "2026-03-02 16:30")},
			s.note("2026-03-02 13:30", usm.SideProvider).fold().watch().Alarm)
	})

	t.Run("ThatRangComeNoMoreWhenTheTargetChanges", func(t *testing.T) {
		t.Parallel()
		terms := promising(handling("4h"), usm.Norm{Type: usm.Incident, Priority: usm.PriorityLow, Handling: "8h"})
		s := opened(t, terms, "2026-03-02 09:00").alarm("2026-03-02 12:00", "sa/handling/1/warning/75%").
			add("2026-03-02 12:30", usm.Fact{Kind: usm.EventNoted}, priority(usm.PriorityLow))
		require.Equal(t, []string{"2026-03-02 17:00:00 sa/handling/1/breach"}, s.rings(9))
	})

	t.Run("DoNotWarnOfABreachThatHasCome", func(t *testing.T) {
		t.Parallel()
		s := opened(t, promising(norm), "2026-03-02 09:00").note("2026-03-03 10:00", usm.SideRequester)
		require.Equal(t, []string{
			"2026-03-02 17:00:00 sa/handling/1/breach",
			"2026-03-03 09:00:00 sa/handling/1/escalation/1",
			"2026-03-03 09:00:00 sa/handling/1/escalation/2",
			"2026-03-03 11:00:00 sa/handling/1/escalation/3",
		}, s.rings(9))
	})
}

func TestRing(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Escalation = []usm.Escalation{{At: "-1h", Priority: usm.PriorityHigh}}
	s := opened(t, promising(norm), "2026-03-02 09:00")

	t.Run("SaysWhatIsToBeDone", func(t *testing.T) {
		t.Parallel()
		f := s.fold()
		ring, ok := f.book.Ring(f.State, f.watch().Alarm)
		require.True(t, ok)
		require.Equal(t, "warning/75%", ring.Name)
		require.Equal(t, []string{usm.NotifyAccountable}, ring.Escalation.Notify)
		require.Equal(t, "sa/handling", ring.Clock.ID)
		require.Equal(t, "handling (8h of sa@1): warning/75%, due 2026-03-02 17:00 CET", ring.Text)

		ring, ok = f.book.Ring(f.State, usm.Alarm{Key: "sa/handling/1/escalation/1", At: moment(t, "2026-03-02 16:00")})
		require.True(t, ok)
		require.Equal(t, usm.PriorityHigh, ring.Escalation.Priority)
	})

	t.Run("KnowsWhatWasOvertaken", func(t *testing.T) {
		t.Parallel()
		f := s.fold()
		alarm := f.watch().Alarm
		for name, later := range map[string]*story{
			"rang":    clone(s).alarm("2026-03-02 15:00", alarm.Key),
			"paused":  clone(s).ask("2026-03-02 14:00"),
			"later":   clone(s).ask("2026-03-02 14:00").answer("2026-03-02 14:30"),
			"stopped": clone(s).add("2026-03-02 14:00", usm.Fact{Kind: usm.EventAborted}, status(usm.StatusAborted)),
		} {
			f := later.fold()
			_, ok := f.book.Ring(f.State, alarm)
			require.False(t, ok, name)
		}
		for _, key := range []string{"", "sa/handling/2/breach", "sa/handling/1/warning/80%", "sa/other/1/breach"} {
			_, ok := f.book.Ring(f.State, usm.Alarm{Key: key, At: time.Now()})
			require.False(t, ok, key)
		}
	})

	t.Run("FindsABreachThatCameBeforeIt", func(t *testing.T) {
		t.Parallel()
		after := norm
		after.Escalation = []usm.Escalation{{At: "+1h"}}
		f := opened(t, promising(after), "2026-03-02 09:00").alarm("2026-03-03 10:00", "sa/handling/1/escalation/1").fold()
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 17:00:00 breached used 8h left 0s",
			"2026-03-03 10:00:00 alarmed used 9h left -1h",
		}, f.ledger("sa/handling"))
	})

	t.Run("LeavesNothingInTheLedgerWhenItIsUnknown", func(t *testing.T) {
		t.Parallel()
		require.Len(t, clone(s).alarm("2026-03-02 10:00", "sa/handling/2/breach").fold().rows, 1)
	})
}

func clone(s *story) *story {
	copied := *s
	copied.facts, copied.terms, copied.books = slices.Clone(s.facts), maps.Clone(s.terms), map[string]*Book{}
	return &copied
}
