package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/tsenart/vegeta/v12/lib"
	"golang.org/x/sync/errgroup"
)

// record collects what cases took.
type record struct {
	mu                       sync.Mutex
	opening, decision, whole []time.Duration
	last                     string // number of a case
}

func (r *record) add(number string, name string, t taken) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = number
	r.opening, r.whole = append(r.opening, t.opening), append(r.whole, t.whole)
	if plans[name].people > 0 {
		r.decision = append(r.decision, t.decision)
	}
}

// measured runs a load and says what it came to.
func (d *driver) measured(ctx context.Context, name, load string, run func(*record) error) (c Cell, err error) {
	before, err := d.used(ctx)
	if err != nil {
		return c, err
	}
	var r record
	refused := d.refused.Load()
	begun := time.Now()
	if err = run(&r); err != nil {
		return c, fmt.Errorf("%s, %s in flight: %w", name, load, err)
	}
	took := time.Since(begun)
	after, err := d.used(ctx)
	if err != nil {
		return c, err
	}
	c = Cell{
		Case: name, Load: load, Cases: len(r.whole), Seconds: took.Seconds(), PerSecond: float64(len(r.whole)) / took.Seconds(),
		Refused: int(d.refused.Load() - refused), Opening: times(r.opening), Decision: times(r.decision), Whole: times(r.whole),
		Cost: after.since(before, len(r.whole)),
	}
	c.Trace, err = d.engine.trace(ctx, r.last)
	return c, err
}

// closed has so many cases in flight: each is followed by another, until the time is over, and then those in flight end.
func (d *driver) closed(ctx context.Context, name string, inFlight int, window time.Duration) (Cell, error) {
	return d.measured(ctx, name, strconv.Itoa(inFlight), func(r *record) error {
		until := time.Now().Add(window)
		group, ctx := errgroup.WithContext(ctx)
		for range inFlight {
			group.Go(func() error {
				for first := true; first || time.Now().Before(until); first = false {
					number, took, err := d.whole(ctx, name)
					if err != nil {
						return err
					}
					r.add(number, name, took)
				}
				return nil
			})
		}
		return group.Wait()
	})
}

// open has cases opened at a rate, whatever becomes of those before.
func (d *driver) open(ctx context.Context, name string, perSecond float64, window time.Duration) (Cell, error) {
	return d.measured(ctx, name, openLoad, func(r *record) error {
		group, ctx := errgroup.WithContext(ctx)
		attacker := vegeta.NewAttacker(vegeta.Client(d.http))
		defer attacker.Stop()
		targeter := func(t *vegeta.Target) error { *t = d.engine.open(name); return nil }
		rate := vegeta.Rate{Freq: max(1, int(perSecond*window.Seconds())), Per: window}
		for result := range attacker.Attack(targeter, rate, window, name) {
			if result.Code == http.StatusTooManyRequests || result.Code == http.StatusServiceUnavailable {
				d.refused.Add(1)
				continue
			}
			if result.Code != http.StatusCreated {
				return fmt.Errorf("%d %s: %s", result.Code, result.Error, result.Body)
			}
			group.Go(func() error {
				number, err := numberOf(result.Body)
				if err != nil {
					return err
				}
				decision, err := d.follow(ctx, name, number)
				r.add(number, name, taken{result.Latency, decision, time.Since(result.Timestamp)})
				return err
			})
		}
		return group.Wait()
	})
}
