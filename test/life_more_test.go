package test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// eventual is how long something may take that the engine does by itself.
const eventual = 2 * time.Minute

// statuses gives an error unless all the calls have the status.
func statuses(t *testing.T, w *world, want usm.Status, numbers ...string) error {
	t.Helper()
	for _, number := range numbers {
		view, err := w.Admin.Call(t.Context(), number)
		if err != nil || view.Status != want {
			return fmt.Errorf("%s is %s: %w", number, view.Status, err)
		}
	}
	return nil
}

func redo(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], usm.PrepareRecovery)
	view, err := w.As("olga").Redo(t.Context(), view.Number, usm.ClassifyIncident, "The wrong category")
	require.NoError(t, err)
	require.Equal(t, usm.ClassifyIncident, view.Step)
	require.Equal(t, 2, view.Attempt)
	path, err := w.Admin.Path(t.Context(), view.Number)
	require.NoError(t, err)
	require.Equal(t, usm.StepDone, path[0].State)
	require.Equal(t, usm.StepOpen, path[1].State)
	require.Equal(t, usm.StepPending, path[2].State)
	trail := w.Trail(t, view.Number)
	require.Equal(t, usm.EventSentBack, trail[len(trail)-1].Kind)
	require.Equal(t, "The wrong category", trail[len(trail)-1].Text)
	view, err = w.Drive(t.Context(), view.Number, rides[3].plan())
	require.NoError(t, err)
	require.Equal(t, usm.StatusClosed, view.Status)
}

func notApplicable(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], usm.AnalyseIncident)
	view, err := w.As(view.WaitingFor.People[0]).Finish(t.Context(), view.Number, usm.AnalyseIncident,
		usm.FinishRequest{NotApplicable: &usm.Reason{Reason: "Known for years"}})
	require.NoError(t, err)
	require.Equal(t, usm.PrepareRecovery, view.Step)
	path, err := w.Admin.Path(t.Context(), view.Number)
	require.NoError(t, err)
	require.Len(t, path, rides[3].rows, "recorded, never removed")
	require.Equal(t, usm.StepNotApplicable, path[2].State)
	require.Equal(t, "Known for years", path[2].Reason)
}

func unauthorised(t *testing.T, w *world) {
	t.Helper()
	i := slices.IndexFunc(w.domain.People, func(p usm.Person) bool { return p.Customer == "" && len(p.Profiles) == 0 && !p.Inactive })
	require.GreaterOrEqual(t, i, 0)
	asks := w.domain.People[i].ID
	view, err := w.As(asks).Open(t.Context(), usm.NewCall{Domain: "it", Type: usm.Incident, Subject: "Let me in", Requester: asks})
	require.NoError(t, err)
	desk := w.actor(t, view)
	path := "/calls/" + view.Number + "/steps/accept_incident"
	a := w.Send(t, product.Request{Path: path, Token: desk, Body: object{"outcome": "accepted"}})
	requireRefused(t, a, path, invalid("/outcome"))
	view, err = w.Drive(t.Context(), view.Number, product.Plan{})
	require.NoError(t, err)
	require.Equal(t, usm.StatusRejected, view.Status)
	require.Equal(t, usm.Rejected, view.Outcome)
}

func typing(t *testing.T, w *world) {
	t.Helper()
	for _, c := range []struct {
		rule   int
		want   usm.CallType
		asks   string
		fields map[string]any
	}{
		{1, usm.Wish, "anna", map[string]any{"dissatisfied": true}},
		{2, usm.Incident, "anna", map[string]any{"broken": true, "dissatisfied": true}},
		{3, usm.Wish, "outsider", nil},
		{4, usm.ChangeRequest, "anna", map[string]any{"lasting": true}},
		{5, usm.ServiceRequest, "anna", nil},
		{6, usm.Risk, "ivan", map[string]any{"internal": true}},
	} {
		if c.asks == "outsider" {
			i := slices.IndexFunc(w.domain.People, func(p usm.Person) bool { return p.Customer == "" && len(p.Profiles) == 0 && !p.Inactive })
			c.asks = w.domain.People[i].ID
		}
		view, err := w.As(c.asks).Open(t.Context(), usm.NewCall{
			Domain: "it", Subject: fmt.Sprintf("Rule %d", c.rule), Requester: c.asks, Service: "mail", Fields: c.fields,
		})
		require.NoError(t, err)
		require.Equal(t, c.want, view.Type, "rule %d", c.rule)
		require.Equal(t, c.rule, view.Typing.Rule)
		require.NotEmpty(t, view.Typing.Reason)
	}
}

func raised(t *testing.T, w *world) {
	t.Helper()
	from := w.at(t, rides[4], usm.ExecuteOperation)
	seen, err := w.As("ivan").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.Risk, Subject: "The racks are warm", Requester: "ivan", Parent: from.Number,
	})
	require.NoError(t, err)
	require.Equal(t, from.Number, seen.Parent)
	require.False(t, seen.Forked, "nobody waits for it")
	view, err := w.As(from.WaitingFor.People[0]).FinishWith(t.Context(), from.Number, usm.ExecuteOperation, object{"fields": object{
		"log":       []any{object{"text": "Replaced the fan"}},
		"incidents": []any{object{"subject": "The second fan has stopped"}},
		"risks":     []any{object{"subject": "All fans are of the same age"}},
	}})
	require.NoError(t, err)
	require.Equal(t, usm.ReviewOperation, view.Step, "the request goes on")
	found, _, err := w.Admin.Calls(t.Context(), usm.CallFilter{Parent: from.Number})
	require.NoError(t, err)
	require.Len(t, found, 3)
	for _, other := range found {
		require.True(t, linked(other, "raised_from", from.Number), "%s: %v", other.Number, other.Links)
		require.True(t, linked(view, "raised", other.Number), "%v", view.Links)
		product.Eventually(t, eventual, "the engine has it", func() error { return statuses(t, w, usm.StatusOpen, other.Number) })
	}
}
