package clock

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAnAlarmThatComesLate(t *testing.T) {
	t.Parallel()
	key := "sa/handling/1/warning/75%"
	s := opened(t, promising(handling("8h")), "2026-03-02 09:00")
	require.Equal(t, usm.Watch{
		Alarm: usm.Alarm{Key: key, At: moment(t, "2026-03-02 15:00")}, Due: moment(t, "2026-03-02 17:00"),
	}, s.fold().watch())

	// The worker was down from before the warning until after the breach.
	f := s.alarm("2026-03-03 11:00", key).fold()
	require.Equal(t, []string{
		"2026-03-02 09:00:00 started used 0s left 8h",
		"2026-03-02 15:00:00 alarmed used 6h left 2h",
		"2026-03-02 17:00:00 breached used 8h left 0s",
	}, f.ledger("sa/handling"))
	for _, r := range f.rows[1:] {
		require.Equal(t, "2026-03-03 11:00:00", clockTime(r.Recorded), "both times are on record")
	}
	require.Equal(t, usm.Alarm{Key: "sa/handling/1/breach", At: moment(t, "2026-03-02 17:00")}, f.watch().Alarm, "it rings at once")

	f = s.alarm("2026-03-03 11:00:01", key).alarm("2026-03-03 11:00:02", "sa/handling/1/breach").fold()
	require.Equal(t, []string{"2026-03-02 17:00:00 alarmed used 8h left 0s"}, f.ledger("sa/handling")[3:], "each of them once")
	require.Zero(t, f.watch().Alarm)
}

func TestAnAlarmThatComesEarly(t *testing.T) {
	t.Parallel()
	s := opened(t, promising(handling("8h")), "2026-03-02 09:00").
		alarm("2026-03-02 14:59:59.99", "sa/handling/1/warning/75%").
		alarm("2026-03-02 16:59:59.99", "sa/handling/1/breach").
		note("2026-03-02 16:59:59.995", usm.SideRequester)
	f := s.fold()
	require.Equal(t, []string{
		"2026-03-02 09:00:00 started used 0s left 8h",
		"2026-03-02 15:00:00 alarmed used 6h left 2h",
		"2026-03-02 17:00:00 breached used 8h left 0s",
	}, f.ledger("sa/handling"), "the clocks of two machines differ: it counts at its moment")
	require.Zero(t, f.watch().Alarm)
	require.Equal(t, moment(t, "2026-03-02 17:00"), f.Last.At, "and so does what follows")
}

func TestTwoAlarmsFromOneStateDoNotTouchEachOther(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Warnings = []string{"10%", "20%", "30%"}
	s := opened(t, promising(norm), "2026-03-02 09:00").alarm("2026-03-02 12:00", "sa/handling/1/warning/10%")
	state := s.fold().State
	state.Clocks[0].Rung = slices.Grow(state.Clocks[0].Rung, 2)
	ring := func(name string) State {
		facts := clone(s).alarm("2026-03-02 12:01", "sa/handling/1/warning/"+name).facts
		next, _ := s.next(state, facts[len(facts)-1])
		return next
	}
	first, second := ring("20%"), ring("30%")
	require.Equal(t, []string{"warning/10%", "warning/20%"}, first.Clocks[0].Rung)
	require.Equal(t, []string{"warning/10%", "warning/30%"}, second.Clocks[0].Rung)
}

// TestAnAlarmThatNeverComes is about a calendar that does not open any more after the due date: nothing hangs on that.
func TestAnAlarmThatNeverComes(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Calendar, norm.Warnings = "once", []string{}
	norm.Escalation = []usm.Escalation{{At: "+1h"}, {At: "+2h", AnyTime: true}}
	terms := promising(norm)
	terms.Calendars = append(terms.Calendars, usm.Calendar{
		ID: "once", TimeZone: "Europe/Amsterdam", Openings: []usm.Opening{{Date: "2026-03-02", Windows: []string{"09:00-17:00"}}},
	})
	s := opened(t, terms, "2026-03-02 09:00")
	require.Equal(t, []string{"2026-03-02 17:00:00 sa/handling/1/breach"}, s.rings(9))
	require.Equal(t, 1, s.fold().clock("sa/handling").Breaches)

	gone := promising(handling("8h"))
	gone.Calendars[0].Hours, gone.Calendars[0].Openings = nil, []usm.Opening{{Date: "2020-01-02", Windows: []string{"09:00-17:00"}}}
	gone.Links[0].Calendar = usm.AroundTheClock
	require.Equal(t, []string{"2026-03-02 17:00:00 sa/handling/1/breach"}, opened(t, gone, "2026-03-02 09:00").rings(9),
		"a warning waits for service hours that never come")
}

// TestAClockThatResumesBehindTheLastOpening is about what nobody can be told: the product itself moved the call.
func TestAClockThatResumesBehindTheLastOpening(t *testing.T) {
	t.Parallel()
	norm := handling("8h")
	norm.Calendar, norm.Pause = "once", []string{"child"}
	terms := promising(norm)
	terms.Calendars = append(terms.Calendars, usm.Calendar{
		ID: "once", TimeZone: "Europe/Amsterdam", Openings: []usm.Opening{{Date: "2026-03-02", Windows: []string{"09:00-17:00"}}},
	})
	s := opened(t, terms, "2026-03-02 09:00")
	for s.now.Open.Kind() != usm.KindFork {
		s.finish("2026-03-02 10:00")
	}
	s.finishAs("2026-03-03 10:00", usm.SideMachine, "")
	c := s.fold().clock("sa/handling")
	require.Equal(t, usm.ClockRunning, c.State)
	require.Equal(t, usm.Span(time.Hour), c.Used)
	require.Nil(t, c.Due)
	require.Empty(t, s.rings(9))
	require.Equal(t, usm.ClockStopped, s.finishAs("2026-03-04 10:00", usm.SideRequester, usm.Confirmed).fold().clock("sa/handling").State)
}
