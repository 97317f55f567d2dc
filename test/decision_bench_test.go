package test

import (
	"crypto/rand"
	"fmt"
	"math"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// What the benchmark of decisions does.
const (
	benchRounds = 6  // the first of them to warm up
	benchEach   = 40 // of each kind in a round
)

// timed is a kind of thing that is measured.
type timed struct {
	what string
	do   func(n int)
	took [benchRounds][]time.Duration
}

// BenchmarkDecision is the time from the request of a decision to its answer, when everything is committed, beside that of a
// bare update of Temporal: on the same servers, in one run, in turn. Postgres keeps what it has acknowledged.
func BenchmarkDecision(b *testing.B) {
	p := launch(b, "it").Product
	domain, file := unattended(b, usm.ExecuteOperation)
	_, err := p.Admin.ApplyDomain(b.Context(), "it", file)
	require.NoError(b, err)
	const each = benchRounds * benchEach
	var counted, ended []usm.ApprovalView
	for _, asked := range openAsking(b, p, domain, 3*each, func(i int, call *usm.NewCall) { call.Fields["amount"] = 1 + i/2/each }) {
		if asked.Policy.ID == "both" {
			counted = append(counted, asked)
		} else {
			ended = append(ended, asked)
		}
	}
	bare := startBare(b, p, each)
	decide := func(asked []usm.ApprovalView, key bool) func(int) {
		return func(n int) { decideOnce(b, p, asked[n], key) }
	}
	kinds := []*timed{
		{what: "bare update", do: func(n int) { bare.update(b, n, bareAnswers) }},
		{what: "update that writes a row", do: func(n int) { bare.update(b, n, bareWrites) }},
		{what: "decision that is counted", do: decide(counted, false)},
		{what: "decision that ends the approval", do: decide(ended[:each], false)},
		{what: "the same under an idempotency key", do: decide(ended[each:], true)},
	}
	for n := range each {
		for i := range kinds {
			kind := kinds[(i+n)%len(kinds)] // each after each other
			begun := time.Now()
			kind.do(n)
			kind.took[n/benchEach] = append(kind.took[n/benchEach], time.Since(begun))
		}
	}
	var durable string
	require.NoError(b, p.SQL().QueryRowContext(b.Context(), `SELECT current_setting('fsync')`).Scan(&durable))
	b.Logf("%s, Postgres with fsync %s, %d rounds of %d, milliseconds\n%s", machine(), durable, benchRounds-1, benchEach, table(b, kinds))
}

// machine says on what was measured, and how busy it is.
func machine() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("unknown") // not on every system
	}
	return fmt.Sprintf("%d cores, %s, load %s", runtime.NumCPU(), runtime.GOARCH, strings.TrimSpace(string(load)))
}

// decideOnce sends a decision and has its answer.
func decideOnce(b *testing.B, p *product.Product, asked usm.ApprovalView, key bool) {
	b.Helper()
	request := product.Request{
		Path: "/approvals/" + asked.ID + "/decisions", Token: p.Token(deciders[0]),
		Body: usm.DecisionRequest{Decision: usm.Approve, Digest: asked.Digest},
	}
	if key {
		request.Header = map[string]string{"Idempotency-Key": rand.Text()}
	}
	answer := p.Send(b, request)
	require.Equal(b, http.StatusOK, answer.Status, "%s", answer.Body)
}

// table is what was measured, in milliseconds, and reports the ratios of the 95th percentiles to that of the first kind.
func table(b *testing.B, kinds []*timed) string {
	b.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "%-36s %7s %7s %7s %7s   %s\n", "", "p50", "p95", "p99", "ratio", "ratio by round")
	for i, kind := range kinds {
		all := slices.Concat(kind.took[1:]...)
		ratio := percentile(all, 95) / percentile(slices.Concat(kinds[0].took[1:]...), 95)
		least, most := math.Inf(1), 0.0
		for round := 1; round < len(kind.took); round++ {
			of := percentile(kind.took[round], 95) / percentile(kinds[0].took[round], 95)
			least, most = min(least, of), max(most, of)
		}
		fmt.Fprintf(&text, "%-36s %7.2f %7.2f %7.2f %7.2f   %.2f to %.2f\n",
			kind.what, percentile(all, 50), percentile(all, 95), percentile(all, 99), ratio, least, most)
		if i > 0 {
			b.ReportMetric(ratio, strings.ReplaceAll(kind.what, " ", "-")+"/bare-p95")
		}
	}
	return text.String()
}

// percentile of times, in milliseconds.
func percentile(took []time.Duration, of int) float64 {
	sorted := slices.Sorted(slices.Values(took))
	return float64(sorted[(len(sorted)-1)*of/100].Microseconds()) / 1000
}
