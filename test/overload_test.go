package test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

const (
	closedLoop  = 8               // clients that find out the peak
	measured    = 3 * time.Second // of each loop, at least
	doublings   = 6               // of the rate, until something is refused: the peak of a machine that has much else to do is not its last
	refusedSoon = 100 * time.Millisecond
	// goodput is the least part of the peak that is left at twice of it, somewhat that of a machine on which other tests run and
	// whose processors the clients use too.
	goodput, somewhat = 0.8, 0.2
)

// load is what came of many requests.
type load struct {
	mu      sync.Mutex
	served  int
	refused []time.Duration
	other   []int
}

func (l *load) count(status int, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch status {
	case http.StatusOK, http.StatusCreated:
		l.served++
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		l.refused = append(l.refused, took)
	default:
		l.other = append(l.other, status)
	}
}

// TestOverload asks for more than the gateway can do: what is too much is refused at once, the rest is served as before.
func TestOverload(t *testing.T) { //nolint:paralleltest // it measures
	all := overloads(t, newWorld(t, "it").Product)
	for _, name := range slices.Sorted(maps.Keys(all)) { //nolint:paralleltest // see above
		t.Run(name, func(t *testing.T) {
			o := overloaded(t, all[name])
			require.Less(t, o.refused[0], refusedSoon)
			require.Greater(t, o.good, somewhat)
		})
	}
}

// BenchmarkOverload asks for twice of what the product can do, or more where nothing is refused then. All of the product has one
// processor and the clients another, where they read; what opens calls is little work for clients and gateway, and they share theirs.
func BenchmarkOverload(b *testing.B) {
	b.Setenv("GOMAXPROCS", "1") // of what is started: the limits follow it
	f := launch(b, "it")
	for _, pid := range []int{f.postgres.PID(), f.temporal.PID(), f.Part("worker").PID()} {
		onProcessors(b, "0", pid)
	}
	onProcessors(b, "1", os.Getpid())
	b.Cleanup(func() { onProcessors(b, fmt.Sprintf("0-%d", runtime.NumCPU()-1), os.Getpid()) })
	b.Log(machine())
	gateway, all := map[string]string{"GET /work": "0", "POST /calls": "1"}, overloads(b, f.Product)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.Run(name, func(b *testing.B) {
			onProcessors(b, gateway[name], f.Part("gateway").PID())
			o := overloaded(b, all[name])
			b.Logf("%s and %.1f are meant", refusedSoon, goodput)
			b.ReportMetric(o.good, "goodput")
			b.ReportMetric(float64(o.refused[len(o.refused)*99/100].Milliseconds()), "ms-refused-p99")
		})
	}
}

// onProcessors keeps a process, and what it starts from now on, to some processors.
func onProcessors(tb testing.TB, processors string, pid int) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // at the end too
	out, err := exec.CommandContext(ctx, "taskset", "-a", "-p", "-c", processors, strconv.Itoa(pid)).CombinedOutput()
	require.NoError(tb, err, "%s", out)
}

// overloads are the requests that too many are made of, by name: first those that leave nothing behind to be done.
func overloads(tb testing.TB, p *product.Product) map[string]func(*load) {
	tb.Helper()
	p.Tokens("it")
	open := newIncident("anna", 0)
	open.Token = p.Token("anna")
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}}
	tb.Cleanup(client.CloseIdleConnections)
	all := map[string]func(*load){}
	for name, asked := range map[string]product.Request{
		"GET /work":   {Path: "/work", Token: p.Token("rosa")},
		"POST /calls": {Path: "/calls", Token: open.Token, Body: open.Body},
	} {
		all[name] = func(l *load) {
			request, err := p.Request(asked)
			if err != nil {
				return
			}
			began := time.Now()
			response, err := client.Do(request)
			if err != nil {
				l.count(0, 0)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			l.count(response.StatusCode, time.Since(began))
		}
	}
	return all
}

// overload is what came of asking for too much.
type overload struct {
	good    float64         // served, as a part of the peak
	refused []time.Duration // after what time, the least first
}

// overloaded asks for twice of the peak or, when all of that is still served in the time, for so many times as is not.
func overloaded(tb testing.TB, ask func(*load)) (o overload) {
	tb.Helper()
	var calm load
	peak := inClosedLoop(&calm, ask)
	require.Empty(tb, calm.refused)
	for rate := 2 * peak; len(o.refused) == 0 && rate <= peak*(1<<doublings); rate *= 2 {
		var l load
		offered, took := inOpenLoop(&l, ask, rate)
		require.Empty(tb, l.other)
		slices.Sort(l.refused)
		served := float64(l.served) / took.Seconds()
		o = overload{served / peak, l.refused}
		tb.Logf("peak %.0f/s; at %.0f/s %.0f/s served (%.0f %%), %d refused", peak, offered, served, 100*o.good, len(o.refused))
	}
	n := len(o.refused)
	require.NotZero(tb, n, "nothing was refused at many times the peak")
	tb.Logf("refused after %s at the median, %s at 99 %%, %s at most", o.refused[n/2], o.refused[n*99/100], o.refused[n-1])
	return o
}

// inClosedLoop has each client ask again when it is answered, and returns how many a second are served.
func inClosedLoop(l *load, ask func(*load)) (peak float64) {
	began := time.Now()
	var clients sync.WaitGroup
	for range closedLoop {
		clients.Go(func() {
			for time.Since(began) < measured {
				ask(l)
			}
		})
	}
	clients.Wait()
	return float64(l.served) / time.Since(began).Seconds()
}

// inOpenLoop asks at a rate, whatever is answered, and returns what rate it was and how long it took.
func inOpenLoop(l *load, ask func(*load), rate float64) (offered float64, took time.Duration) {
	began := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var all sync.WaitGroup
	asked := 0
	for now := began; now.Sub(began) < measured; now = <-tick.C {
		for ; float64(asked) < rate*now.Sub(began).Seconds(); asked++ {
			all.Go(func() { ask(l) })
		}
	}
	offered = float64(asked) / time.Since(began).Seconds()
	all.Wait()
	return offered, time.Since(began)
}
