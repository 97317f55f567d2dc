package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	"github.com/jackc/pgx/v5/pgxpool"
)

// decided is the topic of decisions.
const decided = "decided"

// durable is DBOS, with its tables beside ours, so that a step and the record of it are one transaction.
type durable struct {
	context dbos.Context
	source  *dbos.DataSource
	written *written
}

// asked is a case as its workflow gets it.
type asked struct{ ID, Plan string }

func newDBOS(ctx context.Context, pool *pgxpool.Pool, w *written) (small, error) {
	d := &durable{written: w}
	var err error
	d.context, err = dbos.NewContext(context.WithoutCancel(ctx), dbos.Config{
		AppName: "bench", SystemDBPool: pool, ApplicationVersion: "bench", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	if d.source, err = dbos.NewDataSource(d.context, pool); err != nil {
		return nil, err
	}
	dbos.RegisterWorkflow(d.context, d.run, dbos.WithWorkflowName(cases))
	return d, dbos.Launch(d.context)
}

func (d *durable) open(_ context.Context, id, name string) error {
	_, err := dbos.RunWorkflow(d.context, d.run, asked{id, name}, dbos.WithWorkflowID(id))
	return err
}

// run is the workflow.
func (d *durable) run(ctx dbos.Context, in asked) (string, error) {
	p := plans[in.Plan]
	for step := 1; step <= p.last(); step++ {
		switch {
		case step == p.fork:
			child, err := dbos.RunWorkflow(ctx, d.run, asked{childID(in.ID), p.child}, dbos.WithWorkflowID(childID(in.ID)))
			if err == nil {
				_, err = child.GetResult()
			}
			if err != nil {
				return "", err
			}
		case step > p.steps:
			if _, err := dbos.Recv[string](ctx, decided, 365*24*time.Hour); err != nil {
				return "", err
			}
		}
		_, err := dbos.RunAsTransaction(ctx, d.source, func(ctx context.Context, tx dbos.Tx) (string, error) {
			_, err := tx.Exec(ctx, `INSERT INTO writes (case_id, step, line) VALUES ($1, $2, $3)`, in.ID, step, line)
			return "", err
		})
		if err != nil {
			return "", err
		}
	}
	d.written.done(in.ID)
	return "", nil
}

func (d *durable) decide(_ context.Context, id string) error {
	return dbos.Send(d.context, id, "approve", decided)
}

func (d *durable) close() { _ = dbos.Shutdown(d.context, 5*time.Second) }
