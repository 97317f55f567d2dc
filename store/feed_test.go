package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// follow reads the feed from a position until it has brought n events, and returns those and where it ended.
func (w world) follow(position int64, sight *usm.Sight, n int) (events []usm.Event, end int64) {
	w.t.Helper()
	// Other databases of the server have transactions too, which hold the end of the feed back while they run.
	require.Eventually(w.t, func() bool {
		more, next, err := w.Feed(w.ctx(), position, sight, 2)
		require.NoError(w.t, err)
		events, position = append(events, more...), next
		return len(events) >= n
	}, 2*time.Minute, 5*time.Millisecond)
	return events, position
}

func TestFeed(t *testing.T) {
	t.Parallel()

	t.Run("BringsEveryEventOnceInOrder", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var want []string
		for range 5 {
			want = append(want, w.open(asked(usm.Incident)).Number)
		}
		events, end := w.follow(0, nil, 10)
		require.Len(t, events, 10)
		for i, number := range want {
			require.Equal(t, number, events[2*i].Call)
			require.Equal(t, 2, events[2*i+1].Sequence)
		}
		w.note(usm.Call{Number: want[0]}, "later")
		events, _ = w.follow(end, nil, 1)
		require.Equal(t, []usm.EventKind{usm.EventNoted}, kinds(events))
	})

	t.Run("BringsOnlyWhatMayBeSeenAndPassesTheRest", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.open(asked(usm.Incident))
		mine := w.open(asked(usm.Incident, by("ed"))).Number
		w.open(asked(usm.Incident))
		events, end := w.follow(0, &usm.Sight{Person: "ed"}, 2)
		require.Len(t, events, 2)
		require.Equal(t, mine, events[0].Call)
		last := read[int64](w, `SELECT max(position) FROM trail`)
		require.Eventually(t, func() bool { // transactions of other tests may still run
			more, at, err := w.Feed(w.ctx(), end, &usm.Sight{Person: "ed"}, 10)
			return err == nil && len(more) == 0 && at >= last
		}, 20*time.Second, 20*time.Millisecond)
	})

	t.Run("NeverPassesATransactionThatStillRuns", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		_, end := w.follow(0, nil, 2)
		db := sqlx.MustConnect("postgres", w.url)
		defer func() { _ = db.Close() }()
		slow, err := db.Begin()
		require.NoError(t, err)
		_, err = slow.Exec(`SELECT pg_current_xact_id()`)
		require.NoError(t, err)
		w.note(call, "after the slow one began")
		events, end, err := w.Feed(w.ctx(), end, nil, 10)
		require.NoError(t, err)
		require.Empty(t, events)
		require.NoError(t, slow.Rollback())
		events, _ = w.follow(end, nil, 1)
		require.Len(t, events, 1)
	})

	t.Run("SaysWhereItEndsNow", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.follow(0, nil, 2)
		events, end, err := w.Feed(w.ctx(), -1, nil, 10)
		require.NoError(t, err)
		require.Empty(t, events)
		w.note(call, "new")
		events, _ = w.follow(end, nil, 1)
		require.Equal(t, []usm.EventKind{usm.EventNoted}, kinds(events))
	})
}

func TestListen(t *testing.T) {
	t.Parallel()

	t.Run("WakesWhenSomethingWasRecordedAlsoAfterTheConnectionWasLost", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		woken := make(chan struct{}, 100)
		ctx, cancel := context.WithCancel(w.ctx())
		ended := make(chan error)
		go func() { ended <- w.Listen(ctx, func() { woken <- struct{}{} }) }()
		w.awaitListener()
		call := w.open(asked(usm.Incident))
		<-woken

		require.NoError(t, w.exec(`SELECT pg_terminate_backend(pid) `+listeners))
		w.awaitListener()
		for len(woken) > 0 {
			<-woken
		}
		w.note(call, "one")
		<-woken
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})

	t.Run("EndsWithItsContextBeforeItIsConnected", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		ctx, cancel := context.WithCancel(w.ctx())
		cancel()
		require.ErrorIs(t, w.Listen(ctx, func() {}), context.Canceled)
	})
}

const listeners = `FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND state = 'idle' AND datname = current_database()`

// awaitListener returns when somebody listens.
func (w world) awaitListener() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		return read[int](w, `SELECT count(*) `+listeners) > 0
	}, 20*time.Second, 20*time.Millisecond)
}
