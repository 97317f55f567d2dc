package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

// twoCalendars is a world in which mail is agreed for the domain's own hours, Mondays from 8 to 17, and web for always.
func twoCalendars(t *testing.T) world {
	t.Helper()
	w, _ := with(t, func(d *usm.Domain) {
		d.Agreements[0].Services = []string{"mail"}
		d.Agreements = append(d.Agreements, usm.Agreement{
			ID: "sa-web", Type: usm.SA, Customer: "lab", Provider: "it", Services: []string{"web"}, Calendar: usm.AroundTheClock,
		})
	})
	return w
}

func agreedAt(service string, at time.Time) bool {
	at = at.In(time.FixedZone("CET", 3600)) // the tests look at winter
	return service == "web" || at.Weekday() == time.Monday && at.Hour() >= 8 && at.Hour() < 17
}

// outages are incidents of January, on the minute; some are no outages.
func outages(c chance, n int) []madeCall {
	first := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	var calls []madeCall
	for i := range n {
		call := madeCall{
			Number: fmt.Sprintf("INC-%06d", i+1), Type: one(c, usm.Incident, usm.Incident, usm.Incident, usm.Risk), Domain: "it", Subject: "Down",
			Requester: "eve", Service: one(c, "mail", "web"), Impact: one(c, usm.High, usm.High, usm.Medium),
			Status:   one(c, usm.StatusOpen, usm.StatusFulfilled, usm.StatusClosed, usm.StatusAborted, usm.StatusRejected, usm.StatusRetyped),
			OpenedAt: first.Add(time.Duration(c.IntN(31*24*60)) * time.Minute),
		}
		end := call.OpenedAt.Add(time.Duration(c.IntN(3*24*60)) * time.Minute)
		later := end.Add(48 * time.Hour)
		switch call.Status {
		case usm.StatusFulfilled:
			call.FulfilledAt = &end
		case usm.StatusClosed:
			call.FulfilledAt, call.ClosedAt = &end, &later
		case usm.StatusAborted, usm.StatusRejected, usm.StatusRetyped:
			call.ClosedAt = &end
		default:
			if i%7 > 0 { // few stay open
				call.Status, call.FulfilledAt = usm.StatusFulfilled, &end
			}
		}
		calls = append(calls, call)
	}
	return calls
}

// slowAvailability goes through the period minute by minute.
func slowAvailability(service string, calls []madeCall, from, until time.Time) usm.AvailabilityRow {
	row := usm.AvailabilityRow{Domain: "it", Service: service, Calls: []string{}}
	numbers := map[string]bool{}
	for at := from; at.Before(until); at = at.Add(time.Minute) {
		down := false
		for _, call := range calls {
			if call.Service == service && call.isDownAt(at) {
				down, numbers[call.OpenedAt.Format(time.RFC3339)+" "+call.Number] = true, true
			}
		}
		if agreedAt(service, at) {
			row.Agreed += usm.Span(time.Minute)
			if down {
				row.Down += usm.Span(time.Minute)
			}
		}
	}
	for _, key := range sorted(numbers) {
		row.Calls = append(row.Calls, strings.Fields(key)[1])
	}
	row.Incidents = len(row.Calls)
	row.Availability = store.Percent(int64(row.Agreed-row.Down), int64(row.Agreed), 3)
	return row
}

func (c madeCall) isDownAt(at time.Time) bool {
	if c.Type != usm.Incident || c.Impact != usm.High || c.Status == usm.StatusRejected || c.Status == usm.StatusRetyped {
		return false
	}
	end := c.ClosedAt
	if c.FulfilledAt != nil {
		end = c.FulfilledAt
	}
	return !at.Before(c.OpenedAt) && (end == nil || at.Before(*end))
}

func TestAvailability(t *testing.T) {
	t.Parallel()

	t.Run("IsWhatGoingThroughTheMinutesGives", func(t *testing.T) {
		t.Parallel()
		for seed, n := range map[uint64]int{1: 3, 2: 10, 3: 40} {
			w := twoCalendars(t)
			calls := outages(chance{rand.New(rand.NewPCG(seed, 0))}, n)
			w.insertCalls(calls)
			for _, days := range [][2]int{{0, 31}, {5, 6}, {10, 20}, {-400, -390}} {
				from := time.Date(2026, time.January, 1+days[0], 7, 30, 0, 0, time.UTC)
				until := time.Date(2026, time.January, 1+days[1], 11, 15, 0, 0, time.UTC)
				got, err := w.Availability(w.ctx(), usm.NormFilter{From: from, Until: until, Domain: "it"})
				require.NoError(t, err)
				require.Equal(t, []usm.AvailabilityRow{
					slowAvailability("mail", calls, from, until), slowAvailability("web", calls, from, until),
				}, got)
			}
		}
	})

	t.Run("SaysNothingAboutTheTimeToCome", func(t *testing.T) {
		t.Parallel()
		w := twoCalendars(t)
		now := time.Now()
		opened := now.Add(-time.Hour)
		w.insertCalls([]madeCall{{
			Number: "INC-000001", Type: usm.Incident, Domain: "it", Subject: "Down", Requester: "eve", Service: "web", Impact: usm.High,
			Status: usm.StatusOpen, OpenedAt: opened,
		}})
		got, err := w.Availability(w.ctx(), usm.NormFilter{From: now.Add(-2 * time.Hour), Until: now.AddDate(1, 0, 0), Service: "web"})
		require.NoError(t, err)
		require.InDelta(t, 2*time.Hour, time.Duration(got[0].Agreed), float64(time.Minute))
		require.InDelta(t, time.Hour, time.Duration(got[0].Down), float64(time.Minute))
		got, err = w.Availability(w.ctx(), usm.NormFilter{From: now.AddDate(1, 0, 0), Service: "web"})
		require.NoError(t, err)
		require.Equal(t, []usm.AvailabilityRow{{Domain: "it", Service: "web", Calls: []string{}}}, got)
		got, err = w.Availability(w.ctx(), usm.NormFilter{}) // since the first load, a moment ago
		require.NoError(t, err)
		require.Len(t, got, 2)
		require.Equal(t, got[1].Agreed, got[1].Down)
	})

	t.Run("IsForWhoSeesTheDomain", func(t *testing.T) {
		t.Parallel()
		w := twoCalendars(t)
		got, err := w.Availability(w.ctx(), usm.NormFilter{Visible: &usm.Sight{Person: "eve", Domains: []string{"hr"}}})
		require.NoError(t, err)
		require.Empty(t, got)
		got, err = w.Availability(w.ctx(), usm.NormFilter{Visible: &usm.Sight{Domains: []string{"it"}}})
		require.NoError(t, err)
		require.Len(t, got, 2)
	})
}

// TestReportsUseIndexes looks at the plans of reports over a month of a year of calls.
func TestReportsUseIndexes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	require.NoError(t, w.exec(`
		INSERT INTO calls (number, type, domain, domain_version, agreement, unauthorised, subject, description, requester,
			opened_by, service, components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome,
			route, waiting, waiting_since, forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at,
			fulfilled_at)
		SELECT 'INC-' || n, 'incident', 'it', 1, '', '', 'Down', '', 'eve', 'eve', 'mail', '{}', '',
			(ARRAY['high', 'low', 'low', 'low'])[1 + n % 4], '', '', 'fulfilled', 'IncidentWithChange', 'recover', '', 1, '', '', '{}',
			now(), '', 0, '{}', '{}', '{}', '{}', 1, now() - make_interval(hours => n), now() - make_interval(hours => n - 1)
		FROM generate_series(1, 8000) n`))
	require.NoError(t, w.exec(`
		INSERT INTO clocks
		SELECT 'INC-' || n, 'a', 'it', 'handling', 'sa-hq', 1, '', 'mail', 'IncidentWithChange', 'incident', '', '',
			CASE WHEN n % 50 = 0 THEN 'running' ELSE 'stopped' END, 1, 1, now() - make_interval(hours => n),
			CASE WHEN n % 50 > 0 THEN now() - make_interval(hours => n - 1) END, NULL, to_timestamp(NULL), 0, '[]', '{}'
		FROM generate_series(1, 8000) n`))
	require.NoError(t, w.exec(`ANALYZE calls, clocks, domains`))
	until := time.Now().AddDate(0, -9, 0)
	month := usm.NormFilter{From: until.AddDate(0, -1, 0), Until: until, By: []string{"agreement", "norm"}}
	for _, visible := range []*usm.Sight{nil, {Domains: []string{"it"}}, {Person: "eve", Domains: []string{"it"}}} {
		month.Visible = visible
		text, args, err := store.NormStatement(month)
		require.NoError(t, err)
		plan := w.plan(text, args...)
		require.Contains(t, plan, "clocks_ended")
		require.Contains(t, plan, "clocks_open")
		require.NotContains(t, plan, "Seq Scan on clocks")
	}
	recent := usm.NormFilter{From: time.Now().AddDate(0, -1, 0)}
	text, args := store.OutageStatement(recent)
	require.Contains(t, w.plan(text, args...), "calls_outages")
}

// plan is how the database answers a statement.
func (w world) plan(text string, args ...any) string {
	w.t.Helper()
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	var lines []string
	require.NoError(w.t, db.SelectContext(w.ctx(), &lines, "EXPLAIN "+text, args...))
	return strings.Join(lines, "\n")
}
