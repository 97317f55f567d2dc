package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// longSource: what other systems call themselves has no length, and Temporal's summaries have.
func longSource(t *testing.T, w *world) {
	t.Helper()
	view, source := waiting(t, w), strings.Repeat("é", 500)
	signal := event("long", analysis)
	signal["source"] = source
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, signal))
	signalled(t, w, view.Number, source)
}

// longSubject: the longest subject the API takes is longer than a summary, and the children of a fork inherit it.
func longSubject(t *testing.T, w *world) {
	t.Helper()
	like := w.at(t, rides[3], "")
	view, err := w.As(like.Requester).Open(t.Context(), usm.NewCall{
		Domain: like.Domain, Type: usm.Incident, Subject: strings.Repeat("🔥", 200), Description: "long", Requester: like.Requester,
	})
	require.NoError(t, err)
	plan := product.Plan{Outcomes: map[usm.Step]usm.Outcome{usm.PrepareRecovery: usm.RouteOperate}}
	view, err = w.Drive(t.Context(), view.Number, plan)
	require.NoError(t, err)
	require.Equal(t, usm.StatusClosed, view.Status)
	require.Len(t, view.Children, 1)
}
