package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// jobs is River, which has no signals: a case is a row, and a job up to where it waits; the decision is another job, and so is what
// comes after a case that was forked.
type jobs struct {
	client  *river.Client[pgx.Tx]
	pool    *pgxpool.Pool
	written *written
}

// performing is the job: the steps of a case from this one on.
type performing struct {
	ID   string `json:"id"`
	From int    `json:"from"`
}

// Kind names the job.
func (performing) Kind() string { return cases }

// waking is how often a job is looked for that nobody has told of; the default is a second, in which somebody who decides would wait.
const waking = 50 * time.Millisecond

func newRiver(ctx context.Context, pool *pgxpool.Pool, w *written) (small, error) {
	driver := riverpgxv5.New(pool)
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, err
	}
	if _, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	j := &jobs{pool: pool, written: w}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(j.work))
	j.client, err = river.NewClient(driver, &river.Config{
		Logger: quiet, Workers: workers, FetchCooldown: river.FetchCooldownMin, FetchPollInterval: waking,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 200}},
	})
	if err != nil {
		return nil, err
	}
	return j, j.client.Start(context.WithoutCancel(ctx))
}

func (j *jobs) open(ctx context.Context, id, name string) error { return j.insert(ctx, id, name, "") }

// insert inserts a case and its job.
func (j *jobs) insert(ctx context.Context, id, name, parent string) error {
	return pgx.BeginFunc(ctx, j.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO cases (id, plan, parent, step, state) VALUES ($1, $2, $3, 0, '')
			ON CONFLICT DO NOTHING`, id, name, parent)
		if err == nil && tag.RowsAffected() == 1 {
			_, err = j.client.InsertTx(ctx, tx, performing{id, 1}, nil)
		}
		return err
	})
}

// read reads a case.
func (j *jobs) read(ctx context.Context, id string) (p plan, parent string, err error) {
	var name string
	err = j.pool.QueryRow(ctx, `SELECT plan, parent FROM cases WHERE id = $1`, id).Scan(&name, &parent)
	return plans[name], parent, err
}

// work performs steps as long as there are any and nobody has to decide. A job that is worked again writes no row twice.
func (j *jobs) work(ctx context.Context, job *river.Job[performing]) error {
	id, step := job.Args.ID, job.Args.From
	p, parent, err := j.read(ctx, id)
	if err != nil {
		return err
	}
	for ; step <= p.steps || step == job.Args.From; step++ {
		if step == p.fork && job.Args.From != p.fork {
			return j.insert(ctx, childID(id), p.child, id)
		}
		next := ""
		if step == p.last() {
			next = parent
		}
		if err = j.step(ctx, id, step, next); err != nil {
			return err
		}
	}
	j.written.done(id)
	return nil
}

// step writes a row, and in the same transaction the job that goes on with the case that waits for it.
func (j *jobs) step(ctx context.Context, id string, step int, waits string) error {
	return pgx.BeginFunc(ctx, j.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO writes (case_id, step, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, step, line)
		if err == nil && waits != "" && tag.RowsAffected() == 1 {
			var p plan
			if p, _, err = j.read(ctx, waits); err == nil {
				_, err = j.client.InsertTx(ctx, tx, performing{waits, p.fork}, nil)
			}
		}
		return err
	})
}

func (j *jobs) decide(ctx context.Context, id string) error {
	p, _, err := j.read(ctx, id)
	if err == nil {
		_, err = j.client.Insert(ctx, performing{id, p.last()}, nil)
	}
	return err
}

func (j *jobs) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = j.client.Stop(ctx) // what is not done is done at the next start
}
