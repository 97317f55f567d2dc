package store_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

// BenchmarkCallInALargeRegister is what a call costs among a million calls beside what it costs among a thousand: the
// transactions of one from its registration to its end, in turn.
func BenchmarkCallInALargeRegister(b *testing.B) {
	one := store.Options{Connections: 1}
	small, large := seeded(b, 1_000, one), seeded(b, 1_000_000, one)
	waited := []func() time.Duration{waitOf(small), waitOf(large)}
	var took [2][]time.Duration
	for n := range 420 {
		for i := range took {
			i = (i + n) % len(took) // none is always the first
			begin, before := time.Now(), waited[i]()
			[]world{small, large}[i].incident()
			if n >= 20 { // before that each connection prepares its statements
				took[i] = append(took[i], time.Since(begin)-(waited[i]()-before))
			}
		}
	}
	middle := func(took []time.Duration) float64 {
		slices.Sort(took)
		return float64(took[len(took)/2].Microseconds()) / 1000
	}
	ratio := middle(took[1]) / middle(took[0])
	b.ReportMetric(middle(took[0]), "ms-of-1000")
	b.ReportMetric(middle(took[1]), "ms-of-1000000")
	b.ReportMetric(ratio, "ratio")
	require.LessOrEqual(b, math.Abs(ratio-1), 0.1, "the cost of a call follows from how many there are")
}

// incident takes an incident from its registration to its end.
func (w world) incident() {
	w.t.Helper()
	call := w.open(asked(usm.Incident))
	w.through(call, usm.Recover.Steps()...)
}
