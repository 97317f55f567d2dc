package test

import (
	"slices"
	"testing"

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
		usm.ClockStarts, usm.ClockPauses, usm.ClockResumes, usm.ClockPauses, usm.ClockStops,
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
	agreed.Under = []string{"ola-workplace"}
	w := apply(t, p, clocked(t, "chained", agreed, usm.Agreement{
		ID: "ola-workplace", Type: usm.OLA, Provider: "workplace-team", Services: []string{"workplace"}, Warnings: []string{},
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
		require.Equal(t, "workplace-team", c.Link)
		require.Equal(t, "ola-workplace@1", c.Agreement)
	}
	at := slices.IndexFunc(export.Chain, func(l usm.ChainLink) bool { return l.Call == child.Call })
	require.GreaterOrEqual(t, at, 0, "%v", export.Chain)
	require.Equal(t, "workplace-team", export.Chain[at].Holder)
	require.Equal(t, "ola-workplace@1", export.Chain[at].Agreement)
	require.Positive(t, export.Chain[at].Used)
	require.Equal(t, usm.ClockRunning, clockOf(t, export.Clocks, usm.NormHandling).State, "waiting for a child is the provider's time")
	told := w.reads(t, "clock", "explain", view.Number)
	require.Contains(t, told, child.Call+", read at", "it explains the child too")
}
