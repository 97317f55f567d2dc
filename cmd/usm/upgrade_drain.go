package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"
	deploymentpb "go.temporal.io/api/deployment/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

const (
	wokenAtOnce = 4                // each is replayed, and begun again, by the workers
	wakeWithin  = 30 * time.Second // a run answers
)

func (a *app) upgradeDrainCommand() *cobra.Command {
	return a.upgrading(&cobra.Command{
		Use:   "drain BUILD-ID",
		Short: "Have what is open on a version go on, on the current version, now",
		Long: "Have the calls that are open on a version that is not current any more go on, each in a new run on the current version. The\n" +
			"workers of both versions are needed. Without this each does so when somebody acts on it next. Several times are safe.",
		Args: arguments(1, 1),
	}, true, func(ctx context.Context, e *engine, args []string) error {
		of := &deploymentpb.WorkerDeploymentVersion{DeploymentName: a.settings.get("deployment"), BuildId: args[0]}
		asked, err := a.drain(ctx, e, of)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%d were asked to go on; usm upgrade status tells when none is open on %s\n", asked, args[0])
		return nil
	})
}

// drain sends every run of a version the update that changes nothing: a run that wakes on a version which is not its target
// goes on in a new run.
func (a *app) drain(ctx context.Context, e *engine, of *deploymentpb.WorkerDeploymentVersion) (int, error) {
	total, err := e.count(ctx, pinnedTo(of))
	if err != nil {
		return 0, err
	}
	progress := a.bar("drain", "runs")
	defer progress.finish()
	var mu sync.Mutex
	asked := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(wokenAtOnce)
	err = e.eachOpen(ctx, pinnedTo(of), func(run *workflowpb.WorkflowExecutionInfo) {
		group.Go(func() error {
			err := e.wake(ctx, run.GetExecution().GetWorkflowId())
			mu.Lock()
			defer mu.Unlock()
			asked++
			progress.step(replay.Progress{Done: asked, Total: max(int(total), asked)})
			return err
		})
	})
	if failed := group.Wait(); failed != nil {
		err = failed
	}
	return asked, err
}

// wake sends a run the update that changes nothing. One that has ended needs none.
func (e *engine) wake(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, wakeWithin)
	defer cancel()
	handle, err := e.client.UpdateWorkflow(ctx, temporal.UpdateWorkflowOptions{
		WorkflowID: id, UpdateID: "drain-" + rand.Text(), UpdateName: string(usm.ActionSettle),
		Args: []any{usm.Action{Name: usm.ActionSettle}}, WaitForStage: temporal.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	switch {
	case hasEnded(err):
		return nil
	case ctx.Err() != nil:
		return usm.Errorf(usm.CodeConflict, "%s did not answer within %s: the workers of its version are needed", id, wakeWithin)
	}
	return err
}

// hasEnded reports whether an error says that no such run is open.
func hasEnded(err error) bool {
	_, ended := errors.AsType[*serviceerror.NotFound](err)
	return ended
}

// eachOpen tells of each run that a query finds, page by page, until ctx ends.
func (e *engine) eachOpen(ctx context.Context, query string, tell func(*workflowpb.WorkflowExecutionInfo)) error {
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: e.namespace, Query: query}
	for {
		page, err := e.client.ListWorkflow(ctx, request)
		if err != nil {
			return err
		}
		for _, run := range page.GetExecutions() {
			tell(run)
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return nil
		}
	}
}
