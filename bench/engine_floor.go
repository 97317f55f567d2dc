package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The states of a case of the floor.
const (
	ready   = "ready"   // somebody should perform its next step
	waiting = "waiting" // for a decision, or for the case that it has forked
	ended   = "ended"
)

// floor is a state machine in Postgres as one writes it by hand: a row for each case, a statement for each step, and a look at
// its start for what was left behind. Whatever a product needs beside that is not there.
type floor struct {
	pool    *pgxpool.Pool
	written *written
	todo    chan string
	working sync.WaitGroup
	stop    context.CancelFunc
}

func newFloor(ctx context.Context, pool *pgxpool.Pool, w *written) (small, error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	f := &floor{pool: pool, written: w, todo: make(chan string, 1<<20), stop: stop}
	for range connections {
		f.working.Go(func() {
			for id := range f.todo {
				if err := f.perform(ctx, id); err != nil && ctx.Err() == nil {
					slog.Error("a case stays as it is until it is found again", "case", id, "error", err)
				}
			}
		})
	}
	rows, err := pool.Query(ctx, `SELECT id FROM cases WHERE state = 'ready'`)
	if err != nil {
		return nil, err
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, id := range left {
		f.todo <- id
	}
	return f, err
}

func (f *floor) open(ctx context.Context, id, name string) error {
	_, err := f.pool.Exec(ctx, `INSERT INTO cases (id, plan, parent, step, state) VALUES ($1, $2, '', 0, 'ready')`, id, name)
	if err == nil {
		f.todo <- id
	}
	return err
}

// moves a case one step on, unless another has done so.
const moves = `WITH moved AS (UPDATE cases SET step = $2, state = $3 WHERE id = $1 AND step = $2 - 1 AND state <> 'ended' RETURNING id)
	INSERT INTO writes (case_id, step, line) SELECT id, $2, $4 FROM moved`

// perform performs steps as long as there are any.
func (f *floor) perform(ctx context.Context, id string) error {
	var name, parent string
	var step int
	row := f.pool.QueryRow(ctx, `SELECT plan, parent, step FROM cases WHERE id = $1 AND state = 'ready'`, id)
	if err := row.Scan(&name, &parent, &step); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // performed by another
		}
		return err
	}
	p := plans[name]
	for step++; step <= p.steps; step++ {
		if step == p.fork {
			return f.fork(ctx, id, p.child)
		}
		var batch pgx.Batch
		batch.Queue(moves, id, step, p.after(step), line)
		if step == p.last() && parent != "" { // its end is a step of the one that has forked it
			batch.Queue(moves, parent, plans[parentPlan(name)].fork, ready, line)
		}
		if err := f.pool.SendBatch(ctx, &batch).Close(); err != nil { // one round trip, one transaction
			return err
		}
	}
	if parent != "" {
		return f.perform(ctx, parent)
	}
	return nil
}

// after is the state of a case after a step.
func (p plan) after(step int) string {
	switch {
	case step == p.last():
		return ended
	case step == p.steps:
		return waiting
	}
	return ready
}

// parentPlan is the plan that forks cases of this one.
func parentPlan(name string) string {
	for parent, p := range plans {
		if p.child == name {
			return parent
		}
	}
	return ""
}

func (f *floor) fork(ctx context.Context, id, child string) error {
	var batch pgx.Batch
	batch.Queue(`UPDATE cases SET state = 'waiting' WHERE id = $1`, id)
	batch.Queue(`INSERT INTO cases (id, plan, parent, step, state) VALUES ($1, $2, $3, 0, 'ready')`, childID(id), child, id)
	if err := f.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	return f.perform(ctx, childID(id))
}

func (f *floor) decide(ctx context.Context, id string) error {
	tag, err := f.pool.Exec(ctx, `WITH moved AS (UPDATE cases SET step = step + 1, state = 'ended' WHERE id = $1 AND state = 'waiting'
		RETURNING id, step) INSERT INTO writes (case_id, step, line) SELECT id, step, $2 FROM moved`, id, line)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("%s does not wait for a decision", id)
	}
	if err == nil {
		f.written.done(id)
	}
	return err
}

func (f *floor) close() {
	f.stop()
	close(f.todo)
	f.working.Wait()
}
