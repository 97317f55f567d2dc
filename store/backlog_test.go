package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestBacklog(t *testing.T) {
	t.Parallel()

	t.Run("CountsWhatWaits", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		empty, err := w.Backlog(w.ctx())
		require.NoError(t, err)
		require.Equal(t, usm.Backlog{Open: []usm.OpenCalls{}}, empty)

		w.register(asked(usm.Incident)) // and the engine does not get it
		w.open(asked(usm.Incident))
		old := w.open(asked(usm.Incident))
		closed := w.open(asked(usm.ServiceRequest))
		require.NoError(t, w.exec(`UPDATE calls SET opened_at = now() - interval '2 days' WHERE number = $1`, old.Number))
		require.NoError(t, w.exec(`UPDATE calls SET status = 'closed', closed_at = now() WHERE number = $1`, closed.Number))
		require.NoError(t, w.exec(`UPDATE starts SET created_at = now() - interval '1 hour'`))
		for _, id := range []string{"one", "two"} {
			require.NoError(t, w.DeadLetter(w.ctx(), "INC-999999", usm.Signal{ID: id, Name: "x", Source: "test"}, "no such call"))
		}
		require.NoError(t, w.DeadLetterReplayed(w.ctx(), 1))

		_, err = w.Amend(w.ctx(), usm.Amendment{Call: old, Kind: usm.EventNoted, Key: "act/a", Text: "A note", ActionID: "noted"})
		require.NoError(t, err)
		for _, id := range []string{"noted", "of nothing that is recorded"} {
			action := usm.Action{Name: usm.ActionNote, ID: id}
			require.NoError(t, w.Unanswered(w.ctx(), old.Number, action))
		}

		backlog, err := w.Backlog(w.ctx())
		require.NoError(t, err)
		require.Equal(t, 1, backlog.Unheard.Waiting)
		require.ElementsMatch(t, []usm.OpenCalls{
			{Step: "", Age: 0, Count: 1}, {Step: usm.AcceptIncident, Age: 0, Count: 1}, {Step: usm.AcceptIncident, Age: 2, Count: 1},
		}, backlog.Open)
		require.Equal(t, 1, backlog.Pending.Waiting)
		require.InDelta(t, 3600, backlog.Pending.Oldest, 60)
		require.Equal(t, 1, backlog.DeadLetters)
	})

	t.Run("ReadsIndexesOnly", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.many(t, 50_000, 100)
		db := sqlx.MustConnect("postgres", w.url)
		defer func() { _ = db.Close() }()
		var plan []string
		require.NoError(t, db.Select(&plan, `EXPLAIN `+store.BacklogQuery, pq.Float64Array{3600}, 10_000))
		require.Contains(t, strings.Join(plan, "\n"), "Index Only Scan using calls_") // of those that are open, one of two
		require.NotContains(t, strings.Join(plan, "\n"), "Seq Scan on calls")
		backlog, err := w.Backlog(w.ctx())
		require.NoError(t, err)
		total := 0
		for _, open := range backlog.Open {
			total += open.Count
		}
		require.Equal(t, 500, total)
	})

	t.Run("EndsWithItsContext", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		_, err := w.Backlog(ctx)
		require.Error(t, err)
	})
}

// many registers calls, one of so many open.
func (w world) many(tb testing.TB, calls, each int) {
	tb.Helper()
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	_, err := db.ExecContext(tb.Context(), `
		INSERT INTO calls (number, type, domain, domain_version, agreement, unauthorised, subject, description, requester, opened_by, service,
			components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome, route, waiting, waiting_since,
			forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at, closed_at)
		SELECT 'INC-' || n, 'incident', 'it', 1, '', '', 's', '', 'eve', 'eve', '', '{}', '', '', '', '',
			CASE WHEN n % $2 = 0 THEN 'open' ELSE 'closed' END, 'IncidentWithoutChange', 'recover',
			CASE WHEN n % $2 = 0 THEN 'accept_incident' ELSE '' END, 1, '', '', '{}', now(), '', 0, '{}', '{}', '{}', '{}', 1,
			now() - n * interval '1 minute', CASE WHEN n % $2 = 0 THEN NULL ELSE now() END
		FROM generate_series(1, $1::int) n`, calls, each)
	require.NoError(tb, err)
	_, err = db.ExecContext(tb.Context(), `VACUUM ANALYZE calls`)
	require.NoError(tb, err)
}

// BenchmarkBacklog counts what waits among 1,000,000 calls: one of a hundred open, and all of them.
func BenchmarkBacklog(b *testing.B) {
	for name, each := range map[string]int{"1PercentOpen": 100, "AllOpen": 1} {
		b.Run(name, func(b *testing.B) {
			url := storetest.URL(b)
			w := world{storetest.Open(b, store.Options{URL: url}), nil, url}
			_, err := w.ApplyDomain(b.Context(), storetest.Domain(), "test")
			require.NoError(b, err)
			w.many(b, 1_000_000, each)
			for b.Loop() {
				_, err := w.Backlog(b.Context())
				require.NoError(b, err)
			}
		})
	}
}
