package test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/test/product"
)

// The updates of a bare run.
const (
	bareAnswers = "answers" // answers, and does nothing
	bareWrites  = "writes"  // answers when a local activity has written a row
	bareEnds    = "end"     // a signal: the run ends
)

// bareRuns are runs of a workflow that does nothing but answer, with a worker of their own.
type bareRuns struct{ engine temporal.Client }

// startBare starts so many of them.
func startBare(b *testing.B, p *product.Product, runs int) bareRuns {
	b.Helper()
	db := p.SQL()
	_, err := db.ExecContext(b.Context(), `CREATE TABLE bare (id bigserial PRIMARY KEY, line text NOT NULL)`)
	require.NoError(b, err)
	bare := bareRuns{p.Temporal()}
	w := worker.New(bare.engine, "bare", worker.Options{})
	w.RegisterWorkflowWithOptions(bareWorkflow(db), workflow.RegisterOptions{Name: "Bare"})
	require.NoError(b, w.Start())
	b.Cleanup(w.Stop)
	for n := range runs {
		_, err := bare.engine.ExecuteWorkflow(b.Context(), temporal.StartWorkflowOptions{ID: bareID(n), TaskQueue: "bare"}, "Bare")
		require.NoError(b, err)
	}
	return bare
}

func bareID(n int) string { return fmt.Sprintf("bare-%d", n) }

// bareWorkflow waits for its end.
func bareWorkflow(db *sql.DB) func(workflow.Context) error {
	write := func(ctx context.Context) error {
		_, err := db.ExecContext(ctx, `INSERT INTO bare (line) VALUES ('written')`)
		return err
	}
	return func(ctx workflow.Context) error {
		err := workflow.SetUpdateHandler(ctx, bareAnswers, func(workflow.Context) (string, error) { return "yes", nil })
		if err != nil {
			return err
		}
		err = workflow.SetUpdateHandler(ctx, bareWrites, func(ctx workflow.Context) error {
			ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
			return workflow.ExecuteLocalActivity(ctx, write).Get(ctx, nil)
		})
		if err != nil {
			return err
		}
		workflow.GetSignalChannel(ctx, bareEnds).Receive(ctx, nil)
		return nil
	}
}

// update sends an update to the n-th run and waits for its answer.
func (bare bareRuns) update(b *testing.B, n int, name string) {
	b.Helper()
	handle, err := bare.engine.UpdateWorkflow(b.Context(), temporal.UpdateWorkflowOptions{
		WorkflowID: bareID(n), UpdateName: name, WaitForStage: temporal.WorkflowUpdateStageCompleted,
	})
	require.NoError(b, err)
	require.NoError(b, handle.Get(b.Context(), nil))
}
