package store_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// mostOfAList is how long a list may take at the 95th percentile, in milliseconds.
const mostOfAList = 50

// BenchmarkLists reads the first page and one in the middle of each list among a million calls, as each of those who list.
// Others use the machine too, so what Postgres waits for a processor does not count.
func BenchmarkLists(b *testing.B) {
	w := seeded(b, 1_000_000, store.Options{StatementTimeout: time.Minute, Connections: 1})
	waited := waitOf(w)
	lists := allLists(w)
	var took []float64
	var worst float64
	var table strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		var of []float64
		for range 4 {
			for _, f := range lists[name] {
				begin, before := time.Now(), waited()
				_, _, err := w.Calls(b.Context(), f)
				of = append(of, (time.Since(begin)-(waited()-before)).Seconds()*1000)
				require.NoError(b, err)
			}
		}
		slices.Sort(of)
		p50, p95 := of[len(of)/2], of[len(of)*95/100]
		fmt.Fprintf(&table, "%6.1f %6.1f  %s\n", p50, p95, name)
		if p95 > mostOfAList {
			b.Errorf("%s: p95 %.1f ms", name, p95)
		}
		took, worst = append(took, of...), max(worst, p95)
	}
	slices.Sort(took)
	b.Logf("milliseconds among a million calls\n   p50    p95  list\n%s", table.String())
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(took[len(took)*95/100], "p95-ms")
	b.ReportMetric(worst, "worst-p95-ms")
}

// allLists are those of calls and of work, by name, each as all those see it who list.
func allLists(w world) map[string][]usm.CallFilter {
	w.t.Helper()
	middle, lists := deep(w), map[string][]usm.CallFilter{}
	for _, l := range slices.Concat(filters(), pairs()) {
		lists[l.name] = everyWay(l, middle)
	}
	for _, who := range []string{"olga", "carl", "mia", "p0", "nobody"} {
		f := usm.CallFilter{MayAct: who, Visible: &usm.Sight{Person: who, Domains: storetest.SeedDomains}}
		for _, narrow := range []usm.CallFilter{{}, {Domain: "healthcare"}, {Priority: usm.PriorityNone}, {Q: "mail"}, {Step: usm.PlanChange}} {
			lists["work of "+who] = append(lists["work of "+who], both(f, narrow))
		}
	}
	return lists
}

// waitOf tells how long the connection of the store has waited for a processor so far: nothing where the system does not say.
func waitOf(w world) func() time.Duration {
	w.t.Helper()
	_, _, err := w.Calls(w.t.Context(), usm.CallFilter{}) // a connection that had nothing to do for long has been closed
	require.NoError(w.t, err)
	pid := read[int](w, `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
		AND application_name = 'usm'`)
	return func() time.Duration {
		var ran, waits int64 // nanoseconds
		said, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		if err == nil {
			_, err = fmt.Sscan(string(said), &ran, &waits)
		}
		if err != nil {
			return 0
		}
		return time.Duration(waits)
	}
}
