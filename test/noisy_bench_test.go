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
	noisySteps  = 7  // its calls begin within as many: with no divisor of noisyTimes, so that no two finish a step at the same moment
	noisyRounds = 4  // alone and beside each noise; the first of them to warm up
	noisyMost   = 1.5
	quietSteps  = 20 // in a round
)

// noisyEvery is how often a step of each call of the noisy domain is finished. USM_BENCH_NOISY_SECONDS changes it. Those of the quiet
// domain come a little less often, so that in a round they meet the others at each distance.
func noisyEvery(b *testing.B) time.Duration {
	b.Helper()
	text := os.Getenv("USM_BENCH_NOISY_SECONDS")
	if text == "" {
		return 4 * time.Second
	}
	seconds, err := strconv.ParseFloat(text, 64)
	require.NoError(b, err)
	return time.Duration(seconds * float64(time.Second))
}

// The noises, in the order in which they are measured in a round.
const (
	alone  = iota
	spread // the noisy domain's calls are each at another of their steps
	inStep // its calls are all opened, and all ended, within the time between two steps: a crowd
	noises
)

// BenchmarkNoisyDomain is the time that people of a quiet domain take for a step, from asking what it needs to its answer, alone
// and beside a domain that does fifty times as much on the same queue, gateway and worker: evenly, which is what is meant, and in step.
func BenchmarkNoisyDomain(b *testing.B) {
	p := launch(b, "hr", "it").Product
	every := noisyEvery(b)
	var took [noises][noisyRounds][]time.Duration
	for round := range noisyRounds {
		for noise := range took {
			took[noise][round] = beside(b, p, noise, every)
		}
	}
	calm := slices.Concat(took[alone][1:]...)
	b.Logf("%s\na step of each of the %d noisy calls every %s, of the quiet one a little less often; %d rounds of %d, ms\n"+
		"alone p50 %.1f p95 %.1f",
		machine(), noisyTimes, every, noisyRounds-1, quietSteps, percentile(calm, 50), percentile(calm, 95))
	for noise := spread; noise < noises; noise++ {
		least, most := math.Inf(1), 0.0
		for round := 1; round < noisyRounds; round++ {
			of := percentile(took[noise][round], 95) / percentile(took[alone][round], 95)
			least, most = min(least, of), max(most, of)
		}
		all := slices.Concat(took[noise][1:]...)
		ratio := percentile(all, 95) / percentile(calm, 95)
		name := [noises]string{spread: "spread", inStep: "in-step"}[noise]
		b.Logf("beside it, %s: p50 %.1f p95 %.1f; ratio of p95 %.2f, by round %.2f to %.2f; %.1f is meant of what is spread",
			name, percentile(all, 50), percentile(all, 95), ratio, least, most, noisyMost)
		b.ReportMetric(ratio, name+"/alone-p95")
	}
}

// beside takes the times of a round of steps of the quiet domain, beside that noise.
func beside(b *testing.B, p *product.Product, noise int, every time.Duration) (took []time.Duration) {
	b.Helper()
	within := map[int]time.Duration{spread: every * noisySteps, inStep: every}[noise] // all of them begin
	ctx, stop := context.WithCancel(b.Context())
	noisy, ctx := errgroup.WithContext(ctx)
	for i := 0; noise != alone && i < noisyTimes && ctx.Err() == nil; i++ {
		noisy.Go(func() error {
			return steady(ctx, b, p, "it", every, func(time.Duration) bool { return true })
		})
		<-time.After(within / noisyTimes) // they begin one after the other, and the quiet domain when all are at it
	}
	require.NoError(b, steady(ctx, b, p, "hr", every+every/(quietSteps-1), func(step time.Duration) bool {
		took = append(took, step)
		return len(took) < quietSteps
	}))
	stop()
	require.NoError(b, noisy.Wait())
	return took
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
			tell := func() {
				if !begun.IsZero() && !goOn(time.Since(begun)) {
					enough()
				}
			}
			_, err = p.Drive(running, view.Number, product.Plan{Each: func(usm.CallView) {
				tell()
				select {
				case <-tick.C:
				case <-running.Done():
				}
				begun = time.Now()
			}})
			if err == nil {
				tell() // its last step
			}
		}
		if err != nil && running.Err() == nil {
			return fmt.Errorf("%s: %w (%s)", domain, err, client.CodeOf(err))
		}
	}
	return nil
}
