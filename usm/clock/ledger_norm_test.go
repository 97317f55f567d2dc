package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestABreach(t *testing.T) {
	t.Parallel()
	done := func(at string) usm.Clock {
		return opened(t, promising(usm.Norm{Type: usm.Incident, Reaction: "1h40m"}), "2026-03-02 09:00").
			finish(at).fold().clock("sa/reaction")
	}

	t.Run("IsNotWhatEndsExactlyWhenItIsDue", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, done("2026-03-02 10:40").Breaches)
	})

	t.Run("IsWhatEndsANanosecondLater", func(t *testing.T) {
		t.Parallel()
		c := done("2026-03-02 10:40:00.000000001")
		require.Equal(t, 1, c.Breaches)
		require.Equal(t, "2026-03-02 10:40:00", clockTime(*c.BreachedAt))
		require.Equal(t, usm.Span(-1), c.Remaining)
	})

	t.Run("IsNotWhatTook9995PercentOfTheTarget", func(t *testing.T) {
		t.Parallel()
		c := done("2026-03-02 10:39:57") // 5,997 of 6,000 seconds
		require.Zero(t, c.Breaches)
		require.Equal(t, span("3s"), c.Remaining)
	})

	t.Run("IsFoundAtItsTimeHoweverLateItIsRecorded", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(handling("8h")), "2026-03-02 09:00").note("2026-03-05 11:00", usm.SideRequester).fold()
		require.Equal(t, "2026-03-02 17:00:00 breached used 8h left 0s", f.ledger("sa/handling")[1])
		require.Equal(t, "2026-03-05 11:00:00", clockTime(f.rows[1].Recorded))
		require.Equal(t, 2, f.rows[1].Sequence)
	})

	t.Run("IsWhatTheClockWasDueAtEverAfter", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(handling("8h")), "2026-03-02 09:00").ask("2026-03-03 10:00").answer("2026-03-03 12:00").fold()
		require.Equal(t, "2026-03-02 17:00:00", clockTime(*f.clock("sa/handling").Due))
		require.Equal(t, span("-1h"), f.clock("sa/handling").Remaining)
	})

	t.Run("IsWhatEndsAfterTheOfficeClosedOnTheDueTime", func(t *testing.T) {
		t.Parallel()
		c := opened(t, promising(handling("8h")), "2026-03-02 09:00").ask("2026-03-02 20:00").fold().clock("sa/handling")
		require.Equal(t, 1, c.Breaches)
		require.Zero(t, c.Remaining)
	})
}

func TestTheUpdateNorm(t *testing.T) {
	t.Parallel()
	norm := usm.Norm{Type: usm.Incident, Update: "8h"}

	t.Run("BeginsAgainWheneverTheRequesterHearsSomething", func(t *testing.T) {
		t.Parallel()
		f := opened(t, promising(norm), "2026-03-02 09:00").
			finish("2026-03-02 10:00").
			note("2026-03-02 11:00", usm.SideRequester).
			note("2026-03-02 12:00", usm.SideProvider).
			ask("2026-03-02 14:00").answer("2026-03-02 15:00").
			toReview("2026-03-02 16:00").
			finishAs("2026-03-02 17:00", usm.SideRequester, usm.Confirmed).
			note("2026-03-03 17:00", usm.SideProvider).fold()
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 8h",
			"2026-03-02 10:00:00 reset used 0s left 8h",
			"2026-03-02 12:00:00 reset used 0s left 8h",
			"2026-03-02 14:00:00 reset used 0s left 8h",
			"2026-03-02 14:00:00 paused used 0s left 8h",
			"2026-03-02 15:00:00 resumed used 0s left 8h",
			"2026-03-02 16:00:00 reset used 0s left 8h",
			"2026-03-02 16:00:00 paused used 0s left 8h",
			"2026-03-02 17:00:00 stopped used 0s left 8h",
		}, f.ledger("sa/update"))
		require.Equal(t, span("2h"), f.rows[3].Spent, "what a cycle used is on its reset")
	})

	t.Run("CountsTheCyclesThatWereBreachedOfACallThatIsOpenForTwoYears", func(t *testing.T) {
		t.Parallel()
		s := opened(t, promising(usm.Norm{Type: usm.Incident, Update: "9h"}), "2026-03-02 09:00")
		for day := range 2 * 365 {
			at := s.facts[0].At.In(amsterdam).AddDate(0, 0, day+1)
			silent := day/7 == 10 || day/7 == 60
			if weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; !weekend && !silent {
				s.note(clockTime(at), usm.SideProvider)
			}
		}
		f := s.fold()
		c := f.clock("sa/update")
		require.Equal(t, 2, c.Breaches)
		require.Equal(t, "2026-05-12 10:00:00", clockTime(*c.BreachedAt), "the first one")
		require.Equal(t, 513, c.Cycle)
		require.Equal(t, "2028-03-02 10:00:00", clockTime(*c.Due))
		require.Less(t, len(asJSON(t, f.State)), 1500, "a state does not grow with the age of a call")
	})
}

func TestANamedNorm(t *testing.T) {
	t.Parallel()
	named := usm.NamedNorm{
		Name: "supplier", Target: "4h",
		Start:  usm.Moment{Opened: usm.AnalyseIncident},
		Stop:   usm.Moment{Event: usm.EventStepFinished, Step: usm.PrepareRecovery},
		Cancel: []usm.Moment{{Event: usm.EventPaused, Reason: "storm"}},
		Reset:  []usm.Moment{{Event: usm.EventSentBack}},
	}
	terms := promising(usm.Norm{Type: usm.Incident, Named: []usm.NamedNorm{named}})
	analysing := func() *story {
		return opened(t, terms, "2026-03-02 09:00").finish("2026-03-02 10:00").finish("2026-03-02 11:00")
	}

	t.Run("IsPendingUntilItStarts", func(t *testing.T) {
		t.Parallel()
		f := opened(t, terms, "2026-03-02 09:00").finish("2026-03-02 10:00").fold()
		require.Equal(t, usm.ClockPending, f.clock("sa/supplier").State)
		require.Empty(t, f.rows)
	})

	t.Run("RunsFromItsStartToItsStop", func(t *testing.T) {
		t.Parallel()
		f := analysing().finish("2026-03-02 12:00").finish("2026-03-02 14:00").fold()
		require.Equal(t, []string{
			"2026-03-02 11:00:00 started used 0s left 4h",
			"2026-03-02 14:00:00 stopped used 3h left 1h",
		}, f.ledger("sa/supplier"))
		require.Equal(t, "started: classify_incident was finished by the provider", f.rows[0].Cause)
	})

	t.Run("BeginsAgainAlsoAfterItStopped", func(t *testing.T) {
		t.Parallel()
		f := analysing().finish("2026-03-02 12:00").finish("2026-03-02 14:00").
			add("2026-03-02 15:00", usm.Fact{Kind: usm.EventSentBack, By: usm.SideProvider}).fold()
		require.Equal(t, "2026-03-02 15:00:00 reset used 0s left 4h", f.ledger("sa/supplier")[2])
		require.Equal(t, 2, f.clock("sa/supplier").Cycle)
		require.Equal(t, "2026-03-03 11:00:00", clockTime(*f.clock("sa/supplier").Due))
	})

	t.Run("NoLongerCountsOnceItIsCancelled", func(t *testing.T) {
		t.Parallel()
		f := analysing().hold("2026-03-02 12:00", "storm").
			add("2026-03-02 13:00", usm.Fact{Kind: usm.EventSentBack}, priority(usm.PriorityHigh)).
			finish("2026-03-02 14:00").fold()
		require.Len(t, f.Clocks, 1, "nor when the priority changes")
		require.Equal(t, usm.ClockCancelled, f.clock("sa/supplier").State)
		require.Equal(t, span("1h"), f.clock("sa/supplier").Used)
	})

	t.Run("IsCancelledWhenTheCallClosesBeforeItStops", func(t *testing.T) {
		t.Parallel()
		f := analysing().add("2026-03-02 12:00", usm.Fact{Kind: usm.EventNoted}, status(usm.StatusClosed)).fold()
		require.Equal(t, "cancelled: the call was closed", f.rows[1].Cause)
	})

	t.Run("DoesNotStartWithTheEndOfTheCall", func(t *testing.T) {
		t.Parallel()
		late := named
		late.Start = usm.Moment{Status: usm.StatusAborted}
		f := opened(t, promising(usm.Norm{Type: usm.Incident, Named: []usm.NamedNorm{late}}), "2026-03-02 09:00").
			add("2026-03-02 10:00", usm.Fact{Kind: usm.EventAborted}, status(usm.StatusAborted)).fold()
		require.Equal(t, usm.ClockPending, f.clock("sa/supplier").State)
	})

	t.Run("MayBeMeasuredInBusinessDays", func(t *testing.T) {
		t.Parallel()
		days := named
		days.Target = "2 business days 12:00"
		f := opened(t, promising(usm.Norm{Type: usm.Incident, Named: []usm.NamedNorm{days}}), "2026-03-05 09:00",
			func(fact *usm.Fact) { fact.Open = usm.AnalyseIncident }).
			ask("2026-03-05 10:00").answer("2026-03-05 11:00").fold()
		c := f.clock("sa/supplier")
		require.Equal(t, "2 business days 12:00", c.Promise)
		require.Equal(t, span("19h"), c.Target)
		require.Equal(t, "2026-03-09 13:00:00", clockTime(*c.Due), "an hour of waiting is an hour more")
	})
}

func TestMoments(t *testing.T) {
	t.Parallel()
	before := usm.Fact{Open: usm.AnalyseIncident}
	fact := usm.Fact{
		Kind: usm.EventStepFinished, Step: usm.AnalyseIncident, Open: usm.PrepareRecovery, Outcome: usm.RouteChange,
		Status: usm.StatusOpen, Waiting: usm.WaitStep, By: usm.SideProvider, Reason: "parts",
	}
	for name, c := range map[string]struct {
		moment usm.Moment
		comes  bool
	}{
		"NothingNeverComes":      {usm.Moment{}, false},
		"AllThatIsGivenMustHold": {usm.Moment{Event: usm.EventStepFinished, Step: usm.AnalyseIncident, By: usm.SideRequester}, false},
		"Event":                  {usm.Moment{Event: usm.EventStepFinished}, true},
		"Step":                   {usm.Moment{Step: usm.AnalyseIncident}, true},
		"Opened":                 {usm.Moment{Opened: usm.PrepareRecovery}, true},
		"Outcome":                {usm.Moment{Outcome: usm.RouteChange}, true},
		"Status":                 {usm.Moment{Status: usm.StatusOpen}, true},
		"Waiting":                {usm.Moment{Waiting: usm.WaitStep}, true},
		"Reason":                 {usm.Moment{Reason: "parts"}, true},
		"By":                     {usm.Moment{By: usm.SideProvider}, true},
		"AnotherEvent":           {usm.Moment{Event: usm.EventNoted}, false},
		"AnotherStep":            {usm.Moment{Step: usm.PrepareRecovery}, false},
		"AnotherOutcome":         {usm.Moment{Outcome: usm.RouteBoth}, false},
		"AnotherStatus":          {usm.Moment{Status: usm.StatusWaiting}, false},
		"AnotherReason":          {usm.Moment{Reason: "storm"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.comes, comes(c.moment, &before, &fact))
		})
	}
	require.False(t, comes(usm.Moment{Opened: usm.PrepareRecovery}, &fact, &fact), "what was open before is not opened")
}

func TestWords(t *testing.T) {
	t.Parallel()
	for says, fact := range map[string]usm.Fact{
		"accept_incident was finished by the provider":           {Kind: usm.EventStepFinished, Step: usm.AcceptIncident, By: usm.SideProvider},
		"negotiate_offer was finished: not agreed":               {Kind: usm.EventStepFinished, Step: usm.NegotiateOffer, Outcome: usm.NotAgreed},
		"a note by the requester":                                {Kind: usm.EventNoted, By: usm.SideRequester},
		"an alarm":                                               {Kind: usm.EventAlarm, By: usm.SideMachine},
		"something that a later version records by the provider": {Kind: "something_that_a_later_version_records", By: usm.SideProvider},
	} {
		require.Equal(t, says, words(&fact))
	}
}
