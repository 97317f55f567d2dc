package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	openers   = 50              // cases in flight while they are opened
	wakings   = 50              // cases that are woken, one after the other
	idling    = 5 * time.Second // for how long nothing happens
	oneBefore = "asleep"
)

// sleep opens cases that wait, looks at the engine, and wakes some.
func (d *driver) sleep(ctx context.Context, a *Asleep) (err error) {
	if _, err = d.closed(ctx, oneBefore, 4, 0); err != nil {
		return err
	}
	roots := append(d.stack.roots(), d.engine.roots()...)
	if a.Memory.Before, err = memory(roots); err != nil {
		return err
	}
	if a.Data.Before, err = d.stack.size(ctx); err != nil {
		return err
	}
	begun := time.Now()
	asleep, err := d.openAll(ctx, a.Cases)
	if err != nil {
		return err
	}
	a.Opening = time.Since(begun).Seconds()
	if a.Memory.After, err = memory(roots); err != nil {
		return err
	}
	if a.Data.After, err = d.stack.size(ctx); err != nil {
		return err
	}
	if a.Idle, err = d.idle(ctx); err != nil {
		return err
	}
	// The youngest are in the memory of whoever keeps some there.
	if a.Warm, err = d.wake(ctx, asleep[len(asleep)-min(wakings, len(asleep)/2):]); err != nil {
		return err
	}
	if err = d.engine.restart(ctx); err != nil {
		return err
	}
	if a.Cold, err = d.wake(ctx, asleep[:min(wakings, len(asleep)/2)]); err != nil {
		return err
	}
	a.Restarted, err = memory(append(d.stack.roots(), d.engine.roots()...))
	return err
}

// openAll opens so many cases and returns when all of them wait.
func (d *driver) openAll(ctx context.Context, cases int) ([]waits, error) {
	asleep := make([]waits, cases)
	var next atomic.Int64
	group, opening := errgroup.WithContext(ctx)
	for range openers {
		group.Go(func() error {
			for i := next.Add(1) - 1; int(i) < cases; i = next.Add(1) - 1 {
				body, _, err := d.send(opening, d.engine.open(oneBefore))
				if err != nil {
					return err
				}
				number, err := numberOf(body)
				if err == nil {
					asleep[i], err = d.await(opening, number, plans[oneBefore].steps, false)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return asleep, group.Wait()
}

// idle is the share of a core that the engine uses while nothing happens.
func (d *driver) idle(ctx context.Context) (float64, error) {
	before, err := d.used(ctx)
	if err != nil {
		return 0, err
	}
	select {
	case <-time.After(idling):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	after, err := d.used(ctx)
	return float64(after.cpu-before.cpu) / float64(idling.Milliseconds()), err
}

// wake decides cases, one after the other.
func (d *driver) wake(ctx context.Context, asleep []waits) (Times, error) {
	var took []time.Duration
	for _, w := range asleep {
		_, decision, err := d.send(ctx, d.engine.decide(w))
		if err != nil {
			return Times{}, fmt.Errorf("wake %s: %w", w.number, err)
		}
		took = append(took, decision)
	}
	return times(took), nil
}
