package test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// alarmed is what another system hears of an alarm.
type alarmed struct {
	key   string
	event struct {
		Type string `json:"type"`
		Data struct {
			Call  usm.Call `json:"call"`
			Alarm string   `json:"alarm"`
		} `json:"data"`
	}
}

// pager is a system that is called by an escalation.
func pager(t *testing.T) (url string, heard <-chan alarmed) {
	t.Helper()
	calls := make(chan alarmed, 10)
	system := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := alarmed{key: r.Header.Get("Idempotency-Key")}
		if json.NewDecoder(r.Body).Decode(&call.event) == nil {
			calls <- call
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(system.Close)
	return system.URL, calls
}

func ladder(t *testing.T, p *product.Product) {
	t.Helper()
	url, heard := pager(t)
	w := apply(t, p, clocked(t, "climbing", promises(usm.Norm{Type: usm.Incident, Handling: "1s", Escalation: []usm.Escalation{
		{At: "50%", Notify: []string{usm.NotifyAccountable, usm.NotifyRequester}},
		{At: "due", Priority: usm.PriorityCritical, Reassign: []string{"operations"}},
		{At: "+100ms", Open: &usm.Raised{Subject: "It takes too long", Impact: usm.High, Urgency: usm.Medium}},
		{At: "+200ms", AnyTime: true, Request: &usm.OutboundRequest{URL: url + "/page"}},
	}})))
	opened := w.at(t, rides[3], "")
	rings(t, w, opened.Number, "escalation/4")
	product.Eventually(t, eventual, "the system is called", func() error {
		if len(heard) == 0 {
			return errors.New("it has heard nothing")
		}
		return nil
	})
	call := <-heard

	view, err := w.Admin.Call(t.Context(), opened.Number)
	require.NoError(t, err)
	require.Equal(t, usm.PriorityCritical, view.Priority)
	require.Equal(t, []string{"operations"}, view.WaitingFor.Profiles)
	require.NotContains(t, view.WaitingFor.People, opened.WaitingFor.People[0])
	requireLinkedRisk(t, w, view)
	require.Equal(t, "usm.call.alarm", call.event.Type)
	require.Equal(t, view.Number, call.event.Data.Call.Number)
	require.Equal(t, "sa-sales/handling/1/escalation/4", call.event.Data.Alarm)
	require.Equal(t, view.Number+"/alarm/sa-sales/handling/1/escalation/4", call.key)

	rung := alarms(w.Trail(t, view.Number))
	for after, name := range map[time.Duration]string{
		500 * time.Millisecond: "escalation/1", time.Second: "escalation/2",
		1100 * time.Millisecond: "escalation/3", 1200 * time.Millisecond: "escalation/4",
	} {
		require.Len(t, rung[name], 1, name)
		require.Equal(t, view.OpenedAt.Add(after).UTC().Format(time.RFC3339Nano), rung[name][0].Fields["at"])
		require.False(t, rung[name][0].At.Before(view.OpenedAt.Add(after)), "%s rang early", name)
	}
	told := toldBy(t, w, view.Number, "escalation/1")
	require.Equal(t, []string{"anna", "support-coordinator"}, told)
	_, err = w.Drive(t.Context(), view.Number, rides[3].plan())
	require.NoError(t, err)
	require.Empty(t, heard, "the system is called once")
	for name, rung := range alarms(w.Trail(t, view.Number)) {
		require.Len(t, rung, 1, name)
	}
}

// requireLinkedRisk asks for the risk that the ladder opened.
func requireLinkedRisk(t *testing.T, w *world, view usm.CallView) {
	t.Helper()
	i := slices.IndexFunc(view.Links, func(l usm.Link) bool { return l.Kind == "raised" })
	require.GreaterOrEqual(t, i, 0, "%v", view.Links)
	number := view.Links[i].To
	product.Eventually(t, eventual, "the risk is open", func() error { return statuses(t, w, usm.StatusOpen, number) })
	risk, err := w.Admin.Call(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, usm.Risk, risk.Type)
	require.Equal(t, "It takes too long", risk.Subject)
	require.True(t, linked(risk, "raised_from", view.Number), "%v", risk.Links)
}

// toldBy are those whom an alarm notifies, sorted.
func toldBy(t *testing.T, w *world, number, alarm string) (to []string) {
	t.Helper()
	rows, err := w.SQL().QueryContext(t.Context(), `
		SELECT payload #>> '{data,to}' FROM outbox
		WHERE call = $1 AND topic = 'usm.call.notice' AND payload #>> '{data,fields,alarm}' = $2 ORDER BY 1`, number, alarm)
	require.NoError(t, err)
	defer rows.Close() //nolint:errcheck // it is read to its end
	for rows.Next() {
		var one string
		require.NoError(t, rows.Scan(&one))
		to = append(to, one)
	}
	require.NoError(t, rows.Err())
	return to
}

// ringAfterBinding lets an alarm come due in the run that a decision bound, not in the one that armed it.
func ringAfterBinding(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "binding", promises(usm.Norm{Type: usm.Incident, Handling: "5s", Warnings: []string{"99%"}})))
	view := w.at(t, rides[2], usm.RecoverService)
	require.Equal(t, usm.IncidentWithChange.Name, view.Workflow.Name)
	require.Empty(t, alarms(w.Trail(t, view.Number)), "the sibling has them to ring")
	rings(t, w, view.Number, "breach")
	rung := alarms(w.Trail(t, view.Number))
	require.Len(t, rung["warning/99%"], 1)
	require.Len(t, rung["breach"], 1)
	rows := rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling)
	i := slices.IndexFunc(rows, func(r usm.LedgerRow) bool { return r.Change == usm.ClockBreaches })
	sameInstant(t, view.OpenedAt.Add(5*time.Second), rows[i].At, "breached")
	require.Less(t, rows[i].Recorded.Sub(rows[i].At), soon, "a timer rang, nobody looked")
}
