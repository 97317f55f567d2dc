package test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// What the crash test does, and how long it may take.
const (
	crashCalls = 50               // in flight at the same time
	crashEvery = 70               // moves of calls between two crashes
	standstill = 3 * time.Minute  // in which nothing moves
	crashLimit = 15 * time.Minute // for everything, on a machine that has much else to do
)

// fleet is the product on servers of its own, each of which can be killed.
type fleet struct {
	*product.Product
	t        testing.TB
	dir      string
	postgres *devstack.Postgres
	temporal *devstack.Temporal
}

// launch starts a fleet.
func launch(tb testing.TB, domains ...string) *fleet {
	tb.Helper()
	dir, err := os.MkdirTemp("", "usm-fleet-") //nolint:usetesting // Postgres runs as another user, who must be able to enter
	require.NoError(tb, err)
	require.NoError(tb, os.Chmod(dir, 0o711)) // Postgres runs as another user when we are root
	f := &fleet{t: tb, dir: dir}
	tb.Cleanup(func() {
		f.temporal.Kill()
		f.postgres.Kill()
		_ = os.RemoveAll(dir)
	})
	f.postgres = product.StartPostgres(tb, filepath.Join(dir, "postgres"))
	f.temporal = product.StartTemporal(tb, filepath.Join(dir, "temporal"), "127.0.0.1:0")
	f.Product = product.Start(tb, product.Options{
		Database: f.postgres.URL(""), Temporal: f.temporal.Address(), Namespace: "usm", Domains: domains,
	})
	f.Tokens(domains...)
	return f
}

// ours is the fleet, when all of it may be killed.
func (f *fleet) ours() *fleet {
	f.t.Helper()
	require.NotZero(f.t, f.postgres.PID(), "the test kills its own Postgres: unset USM_DATABASE_URL")
	require.NotZero(f.t, f.temporal.PID(), "the test kills its own Temporal: unset USM_TEMPORAL_ADDRESS and TEMPORAL_ADDRESS")
	return f
}

func (f *fleet) startTemporal() {
	f.temporal = product.StartTemporal(f.t, filepath.Join(f.dir, "temporal"), f.temporal.Address())
}

func (f *fleet) startPostgres() {
	f.postgres = product.StartPostgres(f.t, filepath.Join(f.dir, "postgres"))
}

// crashes kill a part and start it again, one after the other.
func (f *fleet) crashes() []crash {
	return []crash{
		{"gateway", func() { f.Part("gateway").Kill(); f.Gateway() }},
		{"worker", func() { f.Part("worker").Kill(); f.Worker() }},
		{"Temporal", func() { f.temporal.Kill(); f.startTemporal() }},
		{"Postgres", func() { f.postgres.Kill(); f.startPostgres() }},
	}
}

type crash struct {
	part string
	do   func()
}

// crash lets each part crash, the next one after so many more moves.
func (f *fleet) crash(ctx context.Context, moves *atomic.Int64, every int64) {
	f.t.Helper()
	for _, c := range f.crashes() {
		next := moves.Load() + every
		product.AsLongAsItMoves(f.t, standstill, "the calls move on", func() error {
			if now := moves.Load(); now < next && ctx.Err() == nil { // when a call has failed, Wait says why
				return fmt.Errorf("%d of %d moves before the next crash", now, next)
			}
			return nil
		})
		before := moves.Load()
		c.do()
		f.t.Logf("%s was killed after %d moves and is back after %d", c.part, before, moves.Load())
	}
}

// requireRunning asks that no part ended but by a crash of the test's.
func (f *fleet) requireRunning() {
	f.t.Helper()
	for _, part := range []string{"gateway", "worker"} {
		require.False(f.t, f.Part(part).Ended(), "the %s ended by itself", part)
	}
}

// mixed is the ride of the i-th call: short ones and long ones, with and without forks.
func mixed(i int) ride {
	return rides[[]int{4, 3, 4, 1, 3, 4, 1, 3, 8, 0}[i%10]]
}

// TestCrash kills every part of the product with SIGKILL while calls are in flight, and asks that each call ends
// as if nothing had happened: nothing lost, nothing done twice.
func TestCrash(t *testing.T) { //nolint:paralleltest // its time limit is meant for a machine of its own
	f := launch(t, "it").ours()
	domain := builtin(t, f.Product, "it")
	ctx, cancel := context.WithTimeout(t.Context(), crashLimit)
	defer cancel()
	var moves atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	ended := make([]usm.CallView, crashCalls)
	for i := range crashCalls {
		group.Go(func() error {
			view, err := f.ride(ctx, domain, i, &moves)
			ended[i] = view
			return err
		})
	}
	f.crash(ctx, &moves, crashEvery)
	require.NoError(t, group.Wait())
	f.requireRunning()
	for i, view := range ended {
		requireClosed(t, mixed(i), view)
		requireExecutedPath(t, f.Product, mixed(i), view)
	}
	product.RequireNothingTwice(t, f.Product, forked(crashCalls))
	require.Positive(t, count(t, f.SQL(), `SELECT count(*) FROM component_history WHERE call IS NOT NULL`))
	require.Positive(t, count(t, f.SQL(), `SELECT count(*) FROM operation_log`))
}

// ride opens the i-th call and drives it to its end, repeating every request with its key until it is answered.
func (f *fleet) ride(ctx context.Context, domain usm.Domain, i int, moves *atomic.Int64) (usm.CallView, error) {
	r := mixed(i)
	plan := r.plan()
	plan.Key = fmt.Sprintf("crash/%d", i)
	plan.Each = func(usm.CallView) { moves.Add(1) }
	asks := requester(f.t, domain)
	view, err := f.As(asks).Open(ctx, usm.NewCall{
		Domain: domain.ID, Type: r.callType, Subject: fmt.Sprintf("Crash %d", i), Requester: asks, Service: domain.Services[0].ID,
	}, client.WithKey(plan.Key+"/open"))
	if err != nil {
		return view, fmt.Errorf("open %d: %w", i, err)
	}
	return f.Drive(ctx, view.Number, plan)
}
