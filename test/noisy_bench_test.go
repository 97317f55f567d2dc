package test

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// What the benchmark of a noisy domain does.
const (
	noisyTimes  = 50 // as many steps of the noisy domain for one of the quiet one
	noisyRounds = 4  // alone and beside it, in turn; the first of them to warm up
	noisyMost   = 1.5
	quietSteps  = 20 // in a round
)

// quietEvery is how often a step of the quiet domain is finished. USM_BENCH_QUIET_SECONDS changes it, and the load of the other
// domain with it.
func quietEvery(b *testing.B) time.Duration {
	b.Helper()
	text := os.Getenv("USM_BENCH_QUIET_SECONDS")
	if text == "" {
		return 4 * time.Second
	}
	seconds, err := strconv.ParseFloat(text, 64)
	require.NoError(b, err)
	return time.Duration(seconds * float64(time.Second))
}

// BenchmarkNoisyDomain is the time that people of a quiet domain take for a step, from asking what it needs to its answer, alone
// and beside a domain that does fifty times as much on the same queue, gateway and worker.
func BenchmarkNoisyDomain(b *testing.B) {
	p := launch(b, "hr", "it").Product
	every := quietEvery(b)
	var took [2][noisyRounds][]time.Duration // alone, beside the other
	for round := range noisyRounds {
		for beside := range took {
			ctx, stop := context.WithCancel(b.Context())
			noise, ctx := errgroup.WithContext(ctx)
			for i := range beside * noisyTimes {
				noise.Go(func() error {
					select {
					case <-time.After(every * time.Duration(i) / noisyTimes): // not all at the same moment
						return steady(ctx, b, p, "it", every, func(time.Duration) bool { return true })
					case <-ctx.Done():
						return nil
					}
				})
			}
			require.NoError(b, steady(ctx, b, p, "hr", every, func(step time.Duration) bool {
				took[beside][round] = append(took[beside][round], step)
				return len(took[beside][round]) < quietSteps
			}))
			stop()
			require.NoError(b, noise.Wait())
		}
	}
	alone, beside := slices.Concat(took[0][1:]...), slices.Concat(took[1][1:]...)
	least, most := math.Inf(1), 0.0
	for round := 1; round < noisyRounds; round++ {
		of := percentile(took[1][round], 95) / percentile(took[0][round], 95)
		least, most = min(least, of), max(most, of)
	}
	ratio := percentile(beside, 95) / percentile(alone, 95)
	b.Logf("%s\na step of the quiet domain every %s, %d times as many of the noisy one; %d rounds of %d, milliseconds\n"+
		"alone  p50 %.1f p95 %.1f\nbeside p50 %.1f p95 %.1f\nratio of p95 %.2f, by round %.2f to %.2f; %.1f is meant",
		machine(), every, noisyTimes, noisyRounds-1, quietSteps, percentile(alone, 50), percentile(alone, 95),
		percentile(beside, 50), percentile(beside, 95), ratio, least, most, noisyMost)
	b.ReportMetric(ratio, "beside/alone-p95")
}

// steady finishes a step of a domain at each tick, one call after the other, and tells how long each took until it is told to end.
func steady(
	ctx context.Context, b *testing.B, p *product.Product, domain string, every time.Duration, goOn func(time.Duration) bool,
) error {
	b.Helper()
	file, err := p.Admin.Domain(ctx, domain)
	if err != nil {
		return err
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	running, enough := context.WithCancel(ctx)
	defer enough()
	for running.Err() == nil {
		asks := requester(b, file)
		view, err := p.As(asks).Open(running, usm.NewCall{
			Domain: domain, Type: usm.ServiceRequest, Subject: "Steady", Requester: asks, Service: file.Services[0].ID,
		})
		var begun time.Time
		if err == nil {
			_, err = p.Drive(running, view.Number, product.Plan{Each: func(usm.CallView) {
				if !begun.IsZero() && !goOn(time.Since(begun)) {
					enough()
				}
				select {
				case <-tick.C:
				case <-running.Done():
				}
				begun = time.Now()
			}})
		}
		if err != nil && running.Err() == nil {
			return fmt.Errorf("%s: %w (%s)", domain, err, client.CodeOf(err))
		}
	}
	return nil
}
