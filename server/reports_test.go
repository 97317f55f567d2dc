package server_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestNormReport(t *testing.T) {
	t.Parallel()

	t.Run("PassesTheQuestionOnWithWhatTheCallerMaySee", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var rows []usm.NormRow
		w.get("omar", "/reports/norms?domain=it&agreement=sa-1&norm=handling&link=l&service=mail&workflow=4&type=incident&priority=high"+
			"&team=t&from=2026-07-01&until=2026-08-01T00:00:00%2B02:00&by=agreement,month").status(http.StatusOK).into(&rows)
		require.Equal(t, "75.00", rows[0].Attainment)
		got := w.store.norms
		require.Equal(t, "2026-07-31T22:00:00Z", got.Until.UTC().Format(time.RFC3339))
		got.Until = time.Time{}
		require.Equal(t, usm.NormFilter{
			From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Domain: "it", Agreement: "sa-1", Norm: "handling", Link: "l", Service: "mail",
			Workflow: "4", Type: usm.Incident, Priority: usm.PriorityHigh, Team: "t", By: []string{"agreement", "month"},
			Visible: &usm.Sight{Domains: []string{"it"}},
		}, got)
	})

	t.Run("KnowsEveryDimension", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("omar", "/reports/norms?by="+strings.Join(usm.NormDimensions(), ",")).status(http.StatusOK)
		require.Equal(t, usm.NormDimensions(), w.store.norms.By)
		w.get("omar", "/reports/norms").status(http.StatusOK)
		require.Equal(t, []string{"domain", "agreement", "norm"}, w.store.norms.By)
	})

	t.Run("OpensEachNumberIntoTheClocksBehindIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var rows []usm.NormRow
		w.get("omar", "/reports/norms?domain=it&from=2026-07-01&by=agreement,norm,month&format=json").status(http.StatusOK).into(&rows)
		for result, address := range map[string]string{
			"met": rows[0].Calls.Met, "breached": rows[0].Calls.Breached, "running": rows[0].Calls.Running, "cancelled": rows[0].Calls.Cancelled,
		} {
			var clocks []usm.CallClock
			got := w.send("omar", http.MethodGet, address, nil).status(http.StatusOK).into(&clocks)
			require.Equal(t, "INC-000001", clocks[0].Call)
			require.Equal(t, result, w.store.norms.Result)
			require.Equal(t, rows[0].Of, w.store.norms.Of, "the row, values that are empty included")
			require.Equal(t, "it", w.store.norms.Domain)
			require.Equal(t, 2026, w.store.norms.From.Year())
			w.send("omar", http.MethodGet, nextOf(got), nil).status(http.StatusOK).into(&clocks)
			require.Equal(t, "2", w.store.norms.Cursor)
			require.Empty(t, clocks)
		}
	})
}

func TestReportsAsCSV(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const norms = "/reports/norms?by=agreement,norm"

	t.Run("FollowRFC4180", func(t *testing.T) {
		t.Parallel()
		got := w.get("omar", norms, "Accept", "text/csv").status(http.StatusOK)
		require.Equal(t, "text/csv; charset=utf-8; header=present", got.Header.Get("Content-Type"))
		require.Equal(t, 2, strings.Count(string(got.body), "\r\n"))
		lines, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{
			"agreement", "norm", "met", "breached", "running", "cancelled", "attainment", "used", "detection", "diagnosis", "repair",
			"recovery", "met_calls", "breached_calls", "running_calls", "cancelled_calls",
		}, lines[0])
		require.Equal(t, []string{"first, answer", "3", "1", "2", "0", "75.00", "1h30m", "", "", "1h", ""}, lines[1][1:12])
		address, err := url.Parse(lines[1][12])
		require.NoError(t, err)
		require.Equal(t, "met", address.Query().Get("result"))
	})

	t.Run("HoldNoFormula", func(t *testing.T) {
		t.Parallel()
		got := w.get("omar", norms+"&format=csv").status(http.StatusOK)
		lines, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, `'=HYPERLINK("x","y")`, lines[1][0])
		require.Contains(t, string(w.get("omar", "/reports/availability?format=csv").status(http.StatusOK).body), "\r\nit,'-laptop,")
	})

	t.Run("AreAskedForByFormatBeforeAccept", func(t *testing.T) {
		t.Parallel()
		for _, headers := range [][]string{nil, {"Accept", "*/*"}, {"Accept", "text/csv;q=0.1, application/json"}} {
			got := w.get("omar", norms, headers...).status(http.StatusOK)
			require.Equal(t, "application/json", got.Header.Get("Content-Type"))
			require.Equal(t, "Accept", got.Header.Get("Vary"))
		}
		got := w.get("omar", norms+"&format=json", "Accept", "text/csv").status(http.StatusOK)
		require.Equal(t, "application/json", got.Header.Get("Content-Type"))
	})

	t.Run("AreRefusedAsProblems", func(t *testing.T) {
		t.Parallel()
		w.get("rita", norms, "Accept", "text/csv").problem(http.StatusForbidden, usm.CodeForbidden)
		w.get("omar", norms+"&from=x", "Accept", "text/csv").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
	})
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var rows []usm.AvailabilityRow
	w.get("mona", "/reports/availability?from=2026-07-01&until=2026-08-01&service=mail").status(http.StatusOK).into(&rows)
	require.Equal(t, []string{"INC-000001", "INC-000002"}, rows[0].Calls)
	require.NotNil(t, rows[1].Calls)
	require.Equal(t, "mail", w.store.norms.Service)
	require.Equal(t, 31*24*time.Hour, w.store.norms.Until.Sub(w.store.norms.From))
}

func TestWhoReadsReports(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, path := range []string{"/reports/norms", "/reports/norms/calls", "/reports/availability"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			w.get("omar", path).status(http.StatusOK)
			w.get("heidi", path).status(http.StatusOK)
			w.get("rita", path).problem(http.StatusForbidden, usm.CodeForbidden)
			w.get("rita", path+"?domain=it").problem(http.StatusForbidden, usm.CodeForbidden)
			w.get("sensor", path).problem(http.StatusForbidden, usm.CodeForbidden)
			w.get("heidi", path+"?domain=it").problem(http.StatusNotFound, usm.CodeNotFound)
			w.get("admin", path+"?domain=mars").problem(http.StatusNotFound, usm.CodeNotFound)
		})
	}

	t.Run("EachSeesHisDomainsAndAdministratorsAll", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("heidi", "/reports/norms").status(http.StatusOK)
		require.Equal(t, &usm.Sight{Domains: []string{"hr"}}, w.store.norms.Visible)
		w.get("admin", "/reports/norms").status(http.StatusOK)
		require.Nil(t, w.store.norms.Visible)
	})
}

func TestReportsRefuse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, says := range map[string]string{
		"/reports/norms?by=colour":                                    "query parameter by",
		"/reports/norms?by=norm,norm":                                 "query parameter by",
		"/reports/norms?from=yesterday":                               "query parameter from: is neither",
		"/reports/norms?until=2026-02-30":                             "query parameter until: is neither",
		"/reports/norms?from=2026-08-01&until=2026-07-01":             "query parameter until: is before from",
		"/reports/norms?type=ticket":                                  "query parameter type: ",
		"/reports/norms?priority=p1":                                  "query parameter priority: ",
		"/reports/norms?format=pdf":                                   "query parameter format: ",
		"/reports/norms?colour=red":                                   "query parameter colour: ",
		"/reports/norms/calls?result=late":                            "query parameter result: ",
		"/reports/norms/calls?of=colour:red":                          "query parameter of: ",
		"/reports/norms/calls?of=month":                               "query parameter of: ",
		"/reports/norms/calls?limit=0":                                "query parameter limit: ",
		"/reports/norms/calls?from=2026-08-01&until=2026-07-01":       "query parameter until: ",
		"/reports/availability?from=2026-08-01&until=2026-07-31":      "query parameter until: ",
		"/reports/availability?from=2026-07-01T08:00:00":              "query parameter from: ",
		"/reports/availability?until=2026-07-01T08%3A00%3A00%2B99:00": "query parameter until: ",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := w.get("omar", path).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
			require.Len(t, p.Errors, 1)
			require.Contains(t, p.Errors[0].Detail, says)
		})
	}
}
