package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The names of the design on bare Temporal.
const (
	queue      = "bench"
	cached     = 2000       // runs kept in memory, as many as a worker of the product keeps
	doneSignal = "done"     // with the step that is done
	cases      = "Case"     // the workflow
	openTask   = "OpenTask" // the activities
	writeRow   = "WriteRow"
)

// bare is a design on Temporal with what its first page of documentation shows: a workflow for each case, and ordinary activities.
// With tasks each step is a task that somebody or something is asked to do: an activity that opens it, a wait for one signal, an
// activity that writes its row. Without, only the step that people do is one, and the others are the activity that writes.
type bare struct {
	client  client.Client
	worker  worker.Worker
	pool    *pgxpool.Pool
	written *written
	tasks   bool
}

func newTemporal(tasks bool) func(context.Context, *pgxpool.Pool, *written) (small, error) {
	return func(_ context.Context, pool *pgxpool.Pool, w *written) (small, error) {
		c, err := client.Dial(client.Options{
			HostPort: os.Getenv(envTemporal), Namespace: namespace,
			Logger: log.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))),
		})
		if err != nil {
			return nil, err
		}
		worker.SetStickyWorkflowCacheSize(cached)
		b := &bare{client: c, pool: pool, written: w, tasks: tasks}
		// Its pollers are those of the product, so that a difference is one of design.
		b.worker = worker.New(c, queue, worker.Options{
			WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
			ActivityTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		})
		b.worker.RegisterWorkflowWithOptions(b.run, workflow.RegisterOptions{Name: cases})
		b.worker.RegisterActivity(b)
		return b, b.worker.Start()
	}
}

func (b *bare) open(ctx context.Context, id, name string) error {
	_, err := b.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: queue}, cases, name)
	return err
}

// run is the workflow.
func (b *bare) run(ctx workflow.Context, name string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	p, id := plans[name], workflow.GetInfo(ctx).WorkflowExecution.ID
	for step := 1; step <= p.last(); step++ {
		if step == p.fork {
			child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: childID(id)})
			if err := workflow.ExecuteChildWorkflow(child, cases, p.child).Get(ctx, nil); err != nil {
				return err
			}
		}
		people := step > p.steps
		if (b.tasks && step != p.fork) || people {
			if err := workflow.ExecuteActivity(ctx, openTask, id, step, people).Get(ctx, nil); err != nil {
				return err
			}
			for done := 0; done != step; {
				workflow.GetSignalChannel(ctx, doneSignal).Receive(ctx, &done)
			}
		}
		if err := workflow.ExecuteActivity(ctx, writeRow, id, step).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// OpenTask opens the task of a step. What does the steps that people do not do does them at once.
func (b *bare) OpenTask(ctx context.Context, id string, step int, people bool) error {
	_, err := b.pool.Exec(ctx, `INSERT INTO tasks (case_id, step) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, step)
	if err != nil || people {
		return err
	}
	return b.client.SignalWorkflow(ctx, id, "", doneSignal, step)
}

// WriteRow writes what a step has come to, once.
func (b *bare) WriteRow(ctx context.Context, id string, step int) error {
	_, err := b.pool.Exec(ctx, `INSERT INTO writes (case_id, step, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, step, line)
	if err == nil {
		b.written.done(id) // only who decides waits, and he has nothing to wait for before the last row
	}
	return err
}

func (b *bare) decide(ctx context.Context, id string) error {
	var step int
	err := b.pool.QueryRow(ctx, `SELECT max(step) FROM tasks WHERE case_id = $1`, id).Scan(&step) // who decides names the task
	if err != nil {
		return fmt.Errorf("%s does not wait for a decision: %w", id, err)
	}
	return b.client.SignalWorkflow(ctx, id, "", doneSignal, step)
}

func (b *bare) close() {
	b.worker.Stop()
	b.client.Close()
}
