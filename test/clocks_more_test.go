package test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

func clocksDispute(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "disputing", promises(long)))
	view := w.at(t, rides[3], usm.ReviewRecovery)
	paused := clockOf(t, view.Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockPaused, paused.State)
	require.Equal(t, []string{usm.PauseConfirmation}, paused.Reasons)
	view, err := w.As(view.Requester).Dispute(t.Context(), view.Number, "It still does not print")
	require.NoError(t, err)
	goes := clockOf(t, view.Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockRunning, goes.State)
	require.Equal(t, paused.Used, goes.Used, "it goes on with what it had used")
	view, err = w.Drive(t.Context(), view.Number, rides[3].plan())
	require.NoError(t, err)
	export := w.clocks(t, view.Number)
	require.Equal(t, []usm.ClockChange{
		usm.ClockStarts, usm.ClockHandsOver, usm.ClockPauses, usm.ClockResumes, usm.ClockPauses, usm.ClockStops,
	}, changes(rowsOf(export.Rows, usm.NormHandling)))
	handling := clockOf(t, export.Clocks, usm.NormHandling)
	require.Greater(t, handling.Used, paused.Used)
	sameInstant(t, *view.FulfilledAt, *handling.StoppedAt, "it stops when the requester confirms")
	var phases []string
	for _, phase := range handling.Phases {
		phases = append(phases, phase.Name)
	}
	require.Equal(t, []string{"detection", "diagnosis", "repair", "recovery"}, phases)
}

func clocksRetype(t *testing.T, p *product.Product) {
	t.Helper()
	request := usm.Norm{Type: usm.ServiceRequest, Reaction: "4h", Handling: "24h"}
	w := apply(t, p, clocked(t, "retyping", promises(long, request)))
	old := w.at(t, rides[3], usm.ClassifyIncident)
	view, err := w.As(old.WaitingFor.People[0]).Retype(t.Context(), old.Number, usm.ServiceRequest, "Nothing is broken")
	require.NoError(t, err)
	before := w.clocks(t, old.Number)
	ended := clockOf(t, before.Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockCancelled, ended.State)
	product.Eventually(t, eventual, "the new call is open", func() error { return statuses(t, w, usm.StatusOpen, view.Number) })
	export := w.clocks(t, view.Number)
	rows := rowsOf(export.Rows, usm.NormHandling)
	require.Equal(t, usm.ClockCarries, rows[0].Change)
	require.Equal(t, ended.Used, rows[0].Used, "what the old number used")
	handling := clockOf(t, export.Clocks, usm.NormHandling)
	require.Equal(t, "24h", handling.Promise)
	sameInstant(t, old.OpenedAt, *handling.StartedAt, "it counts from the first notification")
	reaction := clockOf(t, export.Clocks, usm.NormReaction)
	require.Equal(t, usm.ClockStopped, reaction.State, "the provider has reacted already")
	sameInstant(t, *clockOf(t, before.Clocks, usm.NormReaction).StoppedAt, *reaction.StoppedAt, "as it did")
	require.Contains(t, w.reads(t, "clock", "explain", view.Number), "recomputed: equal")
}

func clocksChild(t *testing.T, p *product.Product) {
	t.Helper()
	agreed := promises(long)
	agreed.Under = []string{"ola-desk"}
	w := apply(t, p, clocked(t, "chained", agreed, usm.Agreement{
		ID: "ola-desk", Type: usm.OLA, Provider: "desk", Services: []string{"workplace"}, Warnings: []string{},
		Norms: []usm.Norm{{Type: usm.ServiceRequest, Reaction: "1h", Handling: "16h"}}, ValidFrom: "2026-01-01",
	}))
	view := w.at(t, rides[3], usm.RecoverService)
	product.Eventually(t, eventual, "the child is open", func() error { return statuses(t, w, usm.StatusOpen, view.Children...) })
	_, err := w.Drive(t.Context(), view.Children[0], product.Plan{Until: usm.ExecuteOperation})
	require.NoError(t, err)
	export := w.clocks(t, view.Number)
	require.Len(t, export.Children, 1)
	child := export.Children[0]
	require.Equal(t, view.Children[0], child.Call)
	require.Len(t, child.Clocks, 2, "the agreement with the customer promises nothing to the child of a fork")
	for _, c := range child.Clocks {
		require.Equal(t, "desk", c.Link)
		require.Equal(t, "ola-desk@1", c.Agreement)
	}
	at := slices.IndexFunc(export.Chain, func(l usm.ChainLink) bool { return l.Call == child.Call })
	require.GreaterOrEqual(t, at, 0, "%v", export.Chain)
	require.Equal(t, "desk", export.Chain[at].Holder)
	require.Equal(t, "ola-desk@1", export.Chain[at].Agreement)
	require.Positive(t, export.Chain[at].Used)
	require.Equal(t, usm.ClockRunning, clockOf(t, export.Clocks, usm.NormHandling).State, "waiting for a child is the provider's time")
	told := w.reads(t, "clock", "explain", view.Number)
	require.Contains(t, told, child.Call+", read at", "it explains the child too")
}

func raisedWhilePaused(t *testing.T, p *product.Product) {
	t.Helper()
	critical := usm.Norm{Type: usm.Incident, Priority: usm.PriorityCritical, Reaction: "1h", Handling: "4h"}
	w := apply(t, p, clocked(t, "raising", promises(long, critical)))
	view := w.at(t, rides[3], usm.ClassifyIncident)
	desk := w.As(view.WaitingFor.People[0])
	view, err := desk.Pause(t.Context(), view.Number, "hold", "")
	require.NoError(t, err)
	held := clockOf(t, view.Clocks, usm.NormHandling)
	view, err = desk.FinishWith(t.Context(), view.Number, usm.ClassifyIncident, fields(object{"impact": "high", "urgency": "high"}))
	require.NoError(t, err)
	require.Equal(t, usm.PriorityCritical, view.Priority)
	now := clockOf(t, view.Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockPaused, now.State)
	require.Equal(t, usm.Span(4*time.Hour), now.Target)
	require.Equal(t, held.Used, now.Used, "used time carries over, and none is lost in the pause")
	require.Equal(t, usm.ClockStopped, clockOf(t, view.Clocks, usm.NormReaction).State)
	rows := rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling)
	require.Equal(t, []usm.ClockChange{usm.ClockStarts, usm.ClockPauses, usm.ClockRetargets}, changes(rows))
	require.Contains(t, rows[2].Cause, "40h → 4h")
	require.Equal(t, usm.ClockCancelled, clockOf(t, view.Clocks, usm.NormUpdate).State, "it is not promised for this priority")
	view, err = desk.Resume(t.Context(), view.Number, "hold", "")
	require.NoError(t, err)
	now = clockOf(t, view.Clocks, usm.NormHandling)
	sameInstant(t, now.Since.Add(4*time.Hour-time.Duration(held.Used)), *now.Due, "due")
	require.Contains(t, w.reads(t, "clock", "explain", view.Number), "recomputed: equal")
}

func pausedTwice(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "waiting", promises(long)))
	view := w.at(t, rides[3], "")
	desk := w.As(view.WaitingFor.People[0])
	_, err := desk.Ask(t.Context(), view.Number, "Which printer?")
	require.NoError(t, err)
	_, err = desk.Pause(t.Context(), view.Number, "hold", "")
	require.EqualError(t, err, "who coordinates the domain waiting pauses the clocks and lets them go on", "it is nobody else's turn")
	_, err = w.As("olga").Pause(t.Context(), view.Number, "hold", "")
	require.NoError(t, err)
	view, err = w.As("anna").Answer(t.Context(), view.Number, "The one upstairs", nil)
	require.NoError(t, err)
	require.Equal(t, usm.ClockPaused, clockOf(t, view.Clocks, usm.NormHandling).State, "one of the two still holds")
	_, err = desk.Resume(t.Context(), view.Number, "hold", "")
	require.NoError(t, err)
	var reasons [][]string
	for _, row := range rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling) {
		reasons = append(reasons, row.Reasons)
	}
	require.Equal(t, [][]string{nil, {"answer"}, {"answer", "hold"}, {"hold"}, nil}, reasons)
}
