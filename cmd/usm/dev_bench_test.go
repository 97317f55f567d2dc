package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkSecondStart is how long `usm dev` takes until it is ready when it has been ready before.
func BenchmarkSecondStart(b *testing.B) {
	const most = 10 * time.Second
	x, _ := devTerminal(b)
	require.Zero(b, startDev(b, x)())
	for b.Loop() {
		begin := time.Now()
		stop := startDev(b, x)
		took := time.Since(begin)
		require.Zero(b, stop())
		require.LessOrEqual(b, took, most)
		b.ReportMetric(took.Seconds(), "s-to-ready")
	}
}
