package console

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
)

const (
	mostOfAPage = 60 // milliseconds that a page may take at the 95th percentile
	looks       = 40 // at each page, after a few to warm up
)

// BenchmarkPages asks for pages among a million calls, as somebody who works for all domains, and says how long the server takes.
// USM_BENCH_CALLS is another number of calls.
func BenchmarkPages(b *testing.B) {
	calls := 1_000_000
	if given, err := strconv.Atoi(os.Getenv("USM_BENCH_CALLS")); err == nil {
		calls = given
	}
	w := world{Product: product.Start(b, product.Options{Domains: []string{"none"}})}
	storetest.Seed(b, storetest.Open(b, store.Options{URL: w.Database, StatementTimeout: 10 * time.Minute}), w.Database, calls)
	var table strings.Builder
	for _, path := range []string{
		"/work", "/work?priority=high", "/asked", "/approvals", "/find?q=mail", "/registers/incidents", "/registers/incidents?open=true",
		"/registers/requests?status=closed", "/registers/changes?q=mail", "/risks", "/agreements", "/services", "/components", "/domains/it",
		"/insight?domain=it", "/system",
	} {
		took := w.timed(b, "olga", path)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		fmt.Fprintf(&table, "%7.1f %7.1f  %s\n", p50, p95, path)
		if p95 > mostOfAPage {
			b.Errorf("%s: p95 %.1f ms, at most %d", path, p95, mostOfAPage)
		}
	}
	b.Logf("milliseconds among %d calls, %d cores\n    p50     p95  page\n%s", calls, runtime.NumCPU(), table.String())
}

// timed returns how long a page took, sorted, in milliseconds.
func (w world) timed(b *testing.B, person, path string) []float64 {
	b.Helper()
	var took []float64
	for i := range looks + looks/4 {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, w.URL+path, nil)
		require.NoError(b, err)
		request.Header.Set("Authorization", "Bearer "+w.Token(person))
		begun := time.Now()
		answer, err := once.Do(request)
		require.NoError(b, err)
		size, err := io.Copy(io.Discard, answer.Body)
		require.NoError(b, err)
		require.NotZero(b, size)
		require.NoError(b, answer.Body.Close())
		require.Equal(b, http.StatusOK, answer.StatusCode, path)
		if i >= looks/4 {
			took = append(took, time.Since(begun).Seconds()*1000)
		}
	}
	slices.Sort(took)
	return took
}
