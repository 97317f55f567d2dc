package test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestAlarmsWhileAway lets alarms fall due while nobody is there to ring them.
func TestAlarmsWhileAway(t *testing.T) {
	t.Parallel()
	for name, claim := range map[string]func(*testing.T, *product.Product){
		"RingOnceWhenAWorkerIsBack":            alarmsWithoutWorker,
		"BreachAtTheExactMomentAcrossARestart": breachDuringRestart,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, product.Start(t, product.Options{Domains: []string{"it"}})) // of its own: it kills parts
		})
	}
}

// past waits until an instant is over by the clocks of this machine.
func past(t *testing.T, at time.Time) {
	t.Helper()
	product.Eventually(t, eventual, at.String()+" is past", func() error {
		if time.Now().After(at) {
			return nil
		}
		return errors.New("it is to come")
	})
}

// rings waits until an alarm is on the trail.
func rings(t *testing.T, w *world, number, name string) {
	t.Helper()
	product.Eventually(t, eventual, name+" of "+number+" rings", func() error {
		if len(alarms(w.Trail(t, number))[name]) == 0 {
			return errors.New("it has not rung")
		}
		return nil
	})
}

func alarmsWithoutWorker(t *testing.T, p *product.Product) {
	t.Helper()
	agreed := promises(usm.Norm{Type: usm.Incident, Handling: "4s", Warnings: []string{"75%"}})
	w := apply(t, p, clocked(t, "unattended", agreed))
	view := w.at(t, rides[3], "")
	p.Part("worker").Kill()
	due := *view.Due
	warned := due.Add(-time.Second)
	sameInstant(t, view.OpenedAt.Add(4*time.Second), due, "due")
	past(t, due)
	require.Empty(t, alarms(w.Trail(t, view.Number)), "nobody rings")
	require.Equal(t, 1, clockOf(t, w.clocks(t, view.Number).Clocks, usm.NormHandling).Breaches, "but whoever reads the clock sees it")
	back := time.Now()
	p.Worker()
	rings(t, w, view.Number, "breach")

	rung := alarms(w.Trail(t, view.Number))
	require.Len(t, rung["warning/75%"], 1)
	require.Len(t, rung["breach"], 1)
	for name, at := range map[string]time.Time{"warning/75%": warned, "breach": due} {
		event := rung[name][0]
		require.Equal(t, at.UTC().Format(time.RFC3339Nano), event.Fields["at"], "when it was due")
		require.True(t, event.At.After(back), "%s: when it was recorded", event.At)
	}
	rows := rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling)
	require.Equal(t, []usm.ClockChange{usm.ClockStarts, usm.ClockAlarms, usm.ClockBreaches, usm.ClockAlarms}, changes(rows))
	for i, at := range map[int]time.Time{1: warned, 2: due, 3: due} {
		sameInstant(t, at, rows[i].At, rows[i].Cause)
		require.True(t, rows[i].Recorded.After(back), "%s: recorded %s", rows[i].Cause, rows[i].Recorded)
	}
	requireRangOnce(t, w, view.Number, 1)
}

// requireRangOnce drives the call to its end and asks that each alarm was recorded and told once.
func requireRangOnce(t *testing.T, w *world, number string, warnings int) {
	t.Helper()
	_, err := w.Drive(t.Context(), number, rides[3].plan())
	require.NoError(t, err)
	rung := alarms(w.Trail(t, number))
	require.Len(t, rung["warning/75%"], warnings)
	require.Len(t, rung["breach"], 1)
	require.Equal(t, []string{"support-coordinator"}, toldBy(t, w, number, "breach"), "who is accountable is told once")
	handling := clockOf(t, w.clocks(t, number).Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockStopped, handling.State)
	require.Equal(t, 1, handling.Breaches)
	require.Contains(t, w.reads(t, "clock", "explain", number), "recomputed: equal")
}

func breachDuringRestart(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "restarted", promises(usm.Norm{Type: usm.Incident, Handling: "4s"})))
	view := w.at(t, rides[3], "")
	p.Part("gateway").Kill()
	p.Part("worker").Kill()
	due := *view.Due
	past(t, due)
	p.Gateway()
	p.Worker()
	p.AwaitReady()
	rings(t, w, view.Number, "breach")
	rows := rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling)
	require.Equal(t, []usm.ClockChange{usm.ClockStarts, usm.ClockBreaches}, changes(rows))
	sameInstant(t, due, rows[1].At, "the breach is that of the clock, not of the machine")
	sameInstant(t, due, *rows[0].Due, "due")
	require.True(t, rows[1].Recorded.After(due))
	requireRangOnce(t, w, view.Number, 0)
}
