package test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/worker"
)

const (
	benchCached  = 50              // calls that the worker keeps in memory
	benchWindow  = 5 * time.Second // in which nothing should happen
	benchWorker  = 4               // requests of a worker's own within it
	benchGateway = 25              // transactions of a gateway's own within it: it looks for pending starts each second
	benchMostMiB = 30              // that a worker may need for what waits, and is not cached
)

// quiet is how a worker stands while nothing moves.
type quiet struct {
	heap, resident float64 // MiB
	requests       int64   // of the worker to Temporal, within a window
	statements     int     // transactions of Postgres within it
	events         int     // in the histories of what waits, and longer by nothing within it
}

// BenchmarkWaiting is what approvals that wait cost a worker that does not keep their calls in memory: the worker runs in this
// process, the rest of the product beside it.
func BenchmarkWaiting(b *testing.B) {
	for _, approvals := range []int{2000, 10_000} {
		b.Run(strconv.Itoa(approvals), func(b *testing.B) { waitFor(b, approvals) })
	}
}

func waitFor(b *testing.B, approvals int) {
	b.Helper()
	p := product.Start(b, product.Options{Domains: []string{"it"}})
	domain, file := unattended(b, usm.ExecuteOperation)
	_, err := p.Admin.ApplyDomain(b.Context(), "it", file)
	require.NoError(b, err)
	p.Part("worker").Stop()
	of := subject{engine: p.Temporal(), db: p.SQL(), requests: runWorker(b, p)}
	first := func(int, *usm.NewCall) {}
	require.Len(b, openAsking(b, p, domain, 2*benchCached, first), 2*benchCached) // the cache is full, and everything has run once
	before := of.measure(b)
	begun := time.Now()
	require.Len(b, openAsking(b, p, domain, approvals, first), approvals)
	opening := time.Since(begun)
	after := of.measure(b)
	b.Logf("%s\n%d approvals, opened in %s, %d calls cached\nbefore %+v\nafter  %+v",
		machine(), approvals, opening.Round(time.Second), benchCached, before, after)
	b.ReportMetric(after.heap-before.heap, "heap-MiB")
	b.ReportMetric(after.resident-before.resident, "rss-MiB")
	require.Less(b, after.heap-before.heap, float64(benchMostMiB))
	require.Less(b, after.resident-before.resident, float64(benchMostMiB))
}

// runWorker runs a worker in this process, and counts what it asks of Temporal.
func runWorker(b *testing.B, p *product.Product) *atomic.Int64 {
	b.Helper()
	var requests atomic.Int64
	engine, err := temporal.Dial(temporal.Options{
		HostPort: p.TemporalAddress, Namespace: p.Namespace, MetricsHandler: counting{&requests, ""},
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(b, err)
	registers := storetest.Open(b, store.Options{URL: p.Database})
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, worker.Options{Client: engine, Registers: registers, Cached: benchCached})
	}()
	b.Cleanup(func() {
		cancel()
		require.NoError(b, <-ended)
		engine.Close()
	})
	return &requests
}

// counting counts requests, long polls too, when they are answered.
type counting struct {
	requests *atomic.Int64
	name     string
}

// WithTags counts on.
func (c counting) WithTags(map[string]string) temporal.MetricsHandler { return c }

// Counter counts if it is of requests.
func (c counting) Counter(name string) temporal.MetricsCounter { return counting{c.requests, name} }

// Inc counts.
func (c counting) Inc(by int64) {
	if c.name == "temporal_request" || c.name == "temporal_long_request" {
		c.requests.Add(by)
	}
}

// Gauge is none of ours.
func (c counting) Gauge(string) temporal.MetricsGauge { return temporal.MetricsNopHandler.Gauge("") }

// Timer is none of ours.
func (c counting) Timer(string) temporal.MetricsTimer { return temporal.MetricsNopHandler.Timer("") }

// subject is what is measured.
type subject struct {
	engine   temporal.Client // another one than the worker's
	db       *sql.DB
	requests *atomic.Int64
}

// measure waits until nothing moves, and then looks.
func (of subject) measure(b *testing.B) (now quiet) {
	b.Helper()
	product.Eventually(b, 2*time.Minute, "nothing moves", func() error {
		asked, committed, events := of.requests.Load(), of.commits(b), of.events(b)
		<-time.After(benchWindow)
		now.requests, now.statements, now.events = of.requests.Load()-asked, of.commits(b)-committed, of.events(b)
		if now.events != events || now.requests > benchWorker || now.statements > benchGateway {
			return fmt.Errorf("%d more events, %d requests, %d statements", now.events-events, now.requests, now.statements)
		}
		return nil
	})
	runtime.GC()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	now.heap, now.resident = float64(stats.HeapAlloc)/(1<<20), memory(b, os.Getpid(), "VmRSS")
	return now
}

// commits are the transactions of Postgres so far.
func (of subject) commits(b *testing.B) (n int) {
	b.Helper()
	statement := `SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`
	require.NoError(b, of.db.QueryRowContext(b.Context(), statement).Scan(&n))
	return n
}

// events counts those in the histories of some calls that wait.
func (of subject) events(b *testing.B) (n int) {
	b.Helper()
	for i := 1; i <= 2*benchCached; i += 10 {
		run, err := of.engine.DescribeWorkflowExecution(b.Context(), usm.ServiceRequest.Number(int64(i)), "")
		require.NoError(b, err)
		n += int(run.GetWorkflowExecutionInfo().GetHistoryLength())
	}
	return n
}
