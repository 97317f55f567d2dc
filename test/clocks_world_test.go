package test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// promises is an agreement with sales about the workplace, by these norms. Norms that say nothing have no warnings.
func promises(norms ...usm.Norm) usm.Agreement {
	return usm.Agreement{
		ID: "sa-sales", Type: usm.SA, Customer: "sales", Services: []string{"workplace"}, Norms: norms,
		Warnings: []string{}, ValidFrom: "2026-01-01",
	}
}

// clocked is the domain of IT under another name, which works around the clock and has these agreements only: time passes
// there at any hour at which the tests run.
func clocked(t *testing.T, id string, agreements ...usm.Agreement) usm.Domain {
	t.Helper()
	domain, err := domains.Parse("it.yaml", domains.Builtin()["it"])
	require.NoError(t, err)
	domain.ID, domain.Calendar, domain.Agreements = id, usm.Calendar{Always: true}, agreements
	return domain
}

// apply applies a domain, for the first time or again.
func apply(t *testing.T, p *product.Product, domain usm.Domain) *world {
	t.Helper()
	file, err := json.Marshal(domain)
	require.NoError(t, err)
	_, err = p.Admin.ApplyDomain(t.Context(), domain.ID, file)
	require.NoError(t, err)
	return &world{p, builtin(t, p, domain.ID)}
}

// clocks reads the clocks of a call over the wire.
func (w *world) clocks(t *testing.T, number string) usm.ClockExport {
	t.Helper()
	return get[usm.ClockExport](t, w, "/calls/"+number+"/clocks")
}

// clockOf returns the clock of a norm of the agreement with the customer.
func clockOf(t *testing.T, clocks []usm.Clock, norm string) usm.Clock {
	t.Helper()
	i := slices.IndexFunc(clocks, func(c usm.Clock) bool { return c.Norm == norm && c.Link == "" })
	require.GreaterOrEqual(t, i, 0, "no clock measures %s: %v", norm, clocks)
	return clocks[i]
}

// rowsOf are the rows of a norm of the agreement with the customer.
func rowsOf(rows []usm.LedgerRow, norm string) []usm.LedgerRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r usm.LedgerRow) bool { return r.Norm != norm || r.Link != "" })
}

// changes are what rows do to their clocks, in order.
func changes(rows []usm.LedgerRow) []usm.ClockChange {
	var all []usm.ClockChange
	for _, r := range rows {
		all = append(all, r.Change)
	}
	return all
}

// alarms are the events of a trail that record an alarm, by its name.
func alarms(trail []usm.Event) map[string][]usm.Event {
	rung := map[string][]usm.Event{}
	for _, event := range trail {
		if event.Kind == usm.EventAlarm {
			name, _ := event.Fields["alarm"].(string)
			rung[name] = append(rung[name], event)
		}
	}
	return rung
}

// sameInstant compares instants, whatever zones they are written in.
func sameInstant(t *testing.T, want, got time.Time, what string) {
	t.Helper()
	require.True(t, want.Equal(got), "%s: %s, not %s", what, got, want)
}

// reads is a command that must succeed, given as the administrator of the gateway.
func (w *world) reads(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.Try([]string{"USM_URL=" + w.URL, "USM_TOKEN=" + w.AdminToken}, args...)
	require.NoError(t, err, "%s", out)
	return out
}
