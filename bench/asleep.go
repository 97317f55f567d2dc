package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	openers   = 5        // times the crowd are in flight while many cases are opened
	wakings   = 50       // cases that are woken, one after the other
	oneBefore = "asleep" // the case that waits after one step
	spells    = 12       // that an engine has at most to come to rest
)

// sleep opens cases that wait, looks at the engine, and wakes some.
func (m measurement) sleep(ctx context.Context, d *driver, a *Asleep) (err error) {
	if _, err = d.closed(ctx, oneBefore, openers*m.crowd, 0); err != nil {
		return err
	}
	if a.Commits, err = m.commits(ctx, d); err != nil {
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
	asleep, err := d.openAll(ctx, a.Cases, openers*m.crowd)
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
	if a.Idle, err = d.idle(ctx, 5*m.window); err != nil {
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
func (d *driver) openAll(ctx context.Context, cases, inFlight int) ([]waits, error) {
	asleep := make([]waits, cases)
	var next atomic.Int64
	group, opening := errgroup.WithContext(ctx)
	for range inFlight {
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

// idle is the share of a core that the engine uses while nothing happens, once it has come to rest after what was done before: when
// a spell takes at least nine tenths of the one before, or after the last spell.
func (d *driver) idle(ctx context.Context, spell time.Duration) (share float64, err error) {
	before, err := d.used(ctx)
	if err != nil {
		return 0, err
	}
	for i := range spells {
		select {
		case <-time.After(spell):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		after, err := d.used(ctx)
		if err != nil {
			return 0, err
		}
		last := share
		share, before = float64(after.cpu-before.cpu)/float64(spell.Milliseconds()), after
		if i > 0 && share >= 0.9*last {
			break
		}
	}
	return share, nil
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

// commits is how many transactions of Postgres an approval takes, those that only read included. A backend tells of its own when it
// ends at the latest, so the engine is restarted; what a restart takes is known from one without approvals in between.
func (m measurement) commits(ctx context.Context, d *driver) (each float64, err error) {
	var total, approvals int64
	looks := make([]int64, 0, 3)
	for i := range 3 {
		if i == 2 {
			cell, err := d.closed(ctx, "approval", m.crowd, m.window)
			if err != nil {
				return 0, err
			}
			approvals = int64(cell.Cases)
		}
		if err = d.engine.restart(ctx); err != nil {
			return 0, err
		}
		if _, err = d.stack.db.Exec(ctx, `SELECT pg_stat_force_next_flush()`); err != nil {
			return 0, err
		}
		err = d.stack.db.QueryRow(ctx, `SELECT sum(xact_commit) FROM pg_stat_database`).Scan(&total)
		if err != nil {
			return 0, err
		}
		looks = append(looks, total-d.asked.Add(2))
	}
	return float64((looks[2]-looks[1])-(looks[1]-looks[0])) / float64(approvals), nil
}
