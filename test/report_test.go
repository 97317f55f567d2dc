package test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// normReport closes a call in time and lets another one be late, and opens the numbers of the report.
func normReport(t *testing.T, p *product.Product) {
	t.Helper()
	late := usm.Norm{Type: usm.ServiceRequest, Handling: "100ms"}
	w := apply(t, p, clocked(t, "reporting", promises(long, late)))
	inTime, err := w.Drive(t.Context(), w.at(t, rides[3], "").Number, rides[3].plan())
	require.NoError(t, err)
	overdue := w.at(t, rides[4], "")
	product.Eventually(t, eventual, "it is late", func() error {
		if rows := norms(t, w, "by=agreement,norm,type&type=service_request"); len(rows) != 1 || rows[0].Breached != 1 {
			return fmt.Errorf("%v", rows)
		}
		return nil
	})
	rows := norms(t, w, "by=agreement,norm,type&norm=handling")
	require.Len(t, rows, 2)
	kept, missed := rows[0], rows[1]
	require.Equal(t, map[string]string{"agreement": "sa-sales", "norm": "handling", "type": "incident"}, kept.Of)
	require.Equal(t, []int{1, 0, 0, 0}, []int{kept.Met, kept.Breached, kept.Running, kept.Cancelled})
	require.Equal(t, []int{0, 1, 0, 0}, []int{missed.Met, missed.Breached, missed.Running, missed.Cancelled})
	require.Equal(t, "100.00", kept.Attainment)
	require.Equal(t, "0.00", missed.Attainment)
	require.Len(t, kept.Phases, 4, "detection, diagnosis, repair, recovery")
	require.Equal(t, []string{inTime.Number}, behind(t, w, kept.Calls.Met))
	require.Equal(t, []string{overdue.Number}, behind(t, w, missed.Calls.Breached))
	require.Empty(t, behind(t, w, kept.Calls.Breached))
	requireSameTable(t, w, rows)
	require.Contains(t, w.reads(t, "report", "norms", "--domain", "reporting"), "100.00")
	a := w.Send(t, product.Request{Path: "/reports/norms?domain=reporting", Token: w.Token("anna")})
	requireRefused(t, a, "/reports/norms", forbidden("profile"))
	a = w.Send(t, product.Request{Path: "/reports/norms?from=yesterday", Token: w.AdminToken})
	require.Equal(t, http.StatusUnprocessableEntity, a.Status)
}

func norms(t *testing.T, w *world, query string) []usm.NormRow {
	t.Helper()
	return get[[]usm.NormRow](t, w, "/reports/norms?domain="+w.domain.ID+"&"+query)
}

// behind are the calls at the address that a number of the report has.
func behind(t *testing.T, w *world, address string) (numbers []string) {
	t.Helper()
	path, ours := strings.CutPrefix(address, "/api/v1")
	require.True(t, ours, address)
	for _, c := range get[[]usm.CallClock](t, w, path) {
		require.NotEmpty(t, c.Subject)
		numbers = append(numbers, c.Call)
	}
	return numbers
}

// requireSameTable holds the CSV file against the rows, asked for in both ways.
func requireSameTable(t *testing.T, w *world, rows []usm.NormRow) {
	t.Helper()
	const path = "/reports/norms?domain=reporting&by=agreement,norm,type&norm=handling"
	a := w.Send(t, product.Request{Path: path, Token: w.AdminToken, Header: map[string]string{"Accept": "text/csv"}})
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	require.Contains(t, a.Header.Get("Content-Type"), "text/csv")
	require.Equal(t, a.Body, w.Send(t, product.Request{Path: path + "&format=csv", Token: w.AdminToken}).Body)
	lines, err := csv.NewReader(strings.NewReader(string(a.Body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1+len(rows))
	require.Equal(t, []string{"agreement", "norm", "type", "met", "breached", "running", "cancelled", "attainment", "used"}, lines[0][:9])
	for i, row := range rows {
		require.Equal(t, []string{row.Of["agreement"], row.Of["norm"], row.Of["type"]}, lines[i+1][:3])
		require.Equal(t, row.Attainment, lines[i+1][7])
	}
}

func availability(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "available", promises(long)))
	small := w.at(t, rides[3], "")
	down, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "available", Type: usm.Incident, Subject: "Nothing works", Requester: "anna", Service: "workplace",
		Impact: usm.High, Urgency: usm.High,
	})
	require.NoError(t, err)
	var rows []usm.AvailabilityRow
	product.Eventually(t, eventual, "it is not available", func() error {
		rows = get[[]usm.AvailabilityRow](t, w, "/reports/availability?domain=available")
		if i := slices.IndexFunc(rows, func(r usm.AvailabilityRow) bool { return r.Down > 0 }); i < 0 {
			return errors.New("nothing is down")
		}
		return nil
	})
	require.Len(t, rows, len(w.domain.Services))
	for _, row := range rows {
		require.Positive(t, row.Agreed)
		if row.Service != "workplace" {
			require.Equal(t, "100.000", row.Availability)
			continue
		}
		require.Equal(t, []string{down.Number}, row.Calls, "%s has no high impact", small.Number)
		require.Equal(t, 1, row.Incidents)
		require.Less(t, row.Down, row.Agreed)
	}
	require.Contains(t, w.reads(t, "report", "availability", "--domain", "available", "--csv"), "available,workplace,")
}
