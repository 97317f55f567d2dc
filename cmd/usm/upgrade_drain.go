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
		Short: "Have what is open on a version go on with the current version now",
		Long: "Have the calls that are open on a version which is not current any more go on, each in a new run on the current version. The\n" +
			"workers of both versions are needed. Without this each does so when somebody acts on it next. Several times are safe.\n" +
			unversioned + " stands for calls that no version has taken yet: the current version takes them.",
		Args: arguments(1, 1),
	}, true, func(ctx context.Context, e *engine, args []string) error {
		of := &deploymentpb.WorkerDeploymentVersion{DeploymentName: a.settings.get("deployment"), BuildId: args[0]}
		open := pinnedTo(of)
		if args[0] == unversioned {
			of, open = nil, untaken()
		}
		asked, silent, err := a.drain(ctx, e, versioned(of), open)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%d were asked to go on; usm upgrade status tells when none is open on %s\n", asked, args[0])
		if len(silent) > 0 {
			return usm.Errorf(usm.CodeConflict, "%d did not answer within %s: %s", len(silent), wakeWithin, some(silent))
		}
		return nil
	})
}

// drain sends every open run that a query finds on a version, "" for none, the update that changes nothing: one that wakes on a
// version which is not its target goes on in a new run. It returns how many it asked, and those that did not answer.
func (a *app) drain(ctx context.Context, e *engine, version, open string) (asked int, silent []string, err error) {
	total, err := e.count(ctx, open)
	if err != nil {
		return 0, nil, err
	}
	progress := a.bar("drain", "runs")
	defer progress.finish()
	var mu sync.Mutex
	c := &check{engine: e, served: map[string]bool{}}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(wokenAtOnce)
	err = e.eachOpen(ctx, open, func(run *workflowpb.WorkflowExecutionInfo) {
		group.Go(func() error {
			if version != "" {
				served, err := c.hasWorkers(ctx, run.GetTaskQueue(), version)
				if err == nil && !served {
					err = usm.Errorf(usm.CodeConflict, "%s has no workers: start one again", version)
				}
				if err != nil {
					return err
				}
			}
			answered, err := e.wake(ctx, run.GetExecution().GetWorkflowId())
			mu.Lock()
			defer mu.Unlock()
			if asked++; !answered {
				silent = append(silent, run.GetExecution().GetWorkflowId())
			}
			progress.step(replay.Progress{Done: asked, Total: max(int(total), asked)})
			return err
		})
	})
	if failed := group.Wait(); failed != nil {
		err = failed
	}
	return asked, silent, err
}

// wake sends a run the update that changes nothing, and reports whether it answered. One that has ended need not.
func (e *engine) wake(ctx context.Context, id string) (answered bool, err error) {
	limited, cancel := context.WithTimeout(ctx, wakeWithin)
	defer cancel()
	handle, err := e.client.UpdateWorkflow(limited, temporal.UpdateWorkflowOptions{
		WorkflowID: id, UpdateID: "drain-" + rand.Text(), UpdateName: string(usm.ActionSettle),
		Args: []any{usm.Action{Name: usm.ActionSettle}}, WaitForStage: temporal.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(limited, nil)
	}
	switch {
	case err == nil, hasEnded(err):
		return true, nil
	case limited.Err() != nil && ctx.Err() == nil:
		return false, nil
	}
	return false, err
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
		if request.NextPageToken = page.GetNextPageToken(); len(page.GetNextPageToken()) == 0 {
			return nil
		}
	}
}
