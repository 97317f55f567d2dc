package server_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestCallReports(t *testing.T) {
	t.Parallel()

	t.Run("CountWhatCameAndWent", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var rows []usm.FlowRow
		w.get("omar", "/reports/flow?domain=it&from=2026-07-01&until=2026-07-10&per=week").status(http.StatusOK).into(&rows)
		require.Equal(t, usm.ReportFilter{
			From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 7, 10, 0, 0, 0, 0, time.UTC), Domain: "it", Per: "week",
			Visible: &usm.Sight{Domains: []string{"it"}},
		}, w.store.report)
		w.send("omar", http.MethodGet, rows[0].Calls.Closed, nil).status(http.StatusOK)
		require.Equal(t, "closed", w.store.report.Of)
		require.Equal(t, []int{1, 6}, []int{w.store.report.From.Day(), w.store.report.Until.Day()}, "the part of the week in the period")
		w.send("omar", http.MethodGet, rows[1].Calls.Opened, nil).status(http.StatusOK)
		require.Equal(t, []int{6, 10}, []int{w.store.report.From.Day(), w.store.report.Until.Day()})
	})

	t.Run("OpenEachNumberIntoItsCalls", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for path, want := range map[string]usm.ReportFilter{
			"/reports/open":    {Of: "open", Process: usm.Recover, Age: "1d"},
			"/reports/waiting": {Of: "waited", Step: usm.ClassifyIncident},
			"/reports/bounces": {Of: "bounced", Step: usm.ReviewRecovery, Bounce: "disputed"},
		} {
			var rows []struct{ Calls string }
			w.get("omar", path+"?domain=it").status(http.StatusOK).into(&rows)
			var calls []usm.ReportCall
			got := w.send("omar", http.MethodGet, rows[0].Calls, nil).status(http.StatusOK).into(&calls)
			require.Equal(t, "INC-000001", calls[0].Call)
			asked := w.store.report
			require.Equal(t, want, usm.ReportFilter{
				Of: asked.Of, Process: asked.Process, Step: asked.Step, Age: asked.Age, Bounce: asked.Bounce,
			})
			require.Equal(t, "it", asked.Domain)
			w.send("omar", http.MethodGet, nextOf(got), nil).status(http.StatusOK)
			require.Equal(t, "2", w.store.report.Cursor)
		}
	})

	t.Run("LookBackThirtyDaysUnlessTheyAreTold", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("admin", "/reports/bounces").status(http.StatusOK)
		require.Equal(t, 30*24*time.Hour, w.store.report.Until.Sub(w.store.report.From))
		require.WithinDuration(t, time.Now(), w.store.report.Until, time.Minute)
		require.Nil(t, w.store.report.Visible)
	})

	t.Run("AreSpreadsheetsToo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for path, want := range map[string][]string{
			"/reports/flow":    {"2026-06-29", "3", "2"},
			"/reports/open":    {"recover", "1d", "4"},
			"/reports/waiting": {"recover", "classify_incident", "5", "1h", "2h"},
			"/reports/bounces": {"recover", "review_recovery", "disputed", "2"},
		} {
			got := w.get("omar", path+"?format=csv").status(http.StatusOK)
			lines, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
			require.NoError(t, err)
			require.Equal(t, want, lines[1][:len(want)])
			require.Len(t, lines[0], len(lines[1]))
		}
	})

	t.Run("RefuseWhatTheyDoNotKnow", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, path := range []string{
			"/reports/flow?per=year", "/reports/flow?from=2026-08-01&until=2026-07-01", "/reports/flow?from=1990-01-01",
			"/reports/open?from=2026-01-01",
			"/reports/calls?of=lost", "/reports/calls?age=2d", "/reports/calls?bounce=x", "/reports/calls?process=x", "/reports/calls?limit=0",
			"/reports/waiting?from=2999-01-01", "/reports/bounces?step=x",
		} {
			w.get("omar", path).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		}
	})
}

func TestSystem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var view usm.System
	w.get("omar", "/system").status(http.StatusOK).into(&view)
	require.Equal(t, "worker@host", view.Workers[0].Identity)
	require.Equal(t, "usm:7", view.Workers[0].Version)
	require.Equal(t, 3, view.Backlog.Pending.Waiting)
	require.Equal(t, map[string]string{"registers": "ready", "engine": "ready"}, view.Parts)
	w.get("rita", "/system").problem(http.StatusForbidden, usm.CodeForbidden)

	w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
	w.get("omar", "/system").status(http.StatusOK).into(&view)
	require.Equal(t, "away", view.Parts["engine"])
	require.Empty(t, view.Workers)
}
