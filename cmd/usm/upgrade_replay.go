package main

import (
	"context"
	"log/slog"
	"sync"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/usm-works/usm/workflows"
)

// check is one check of everything that is open. It is safe for concurrent use.
type check struct {
	*engine

	this string // version of this binary; "" is unversioned

	mu     sync.Mutex
	served map[string]bool // versions that have workers, by queue
}

func (c *check) run(ctx context.Context, run *workflowpb.WorkflowExecutionInfo) (f fate, err error) {
	id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
	d, err := c.client.DescribeWorkflowExecution(ctx, id, runID)
	if hasEnded(err) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	info := d.GetWorkflowExecutionInfo()
	if info.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return f, nil
	}
	on := pinnedOn(info.GetVersioningInfo())
	elsewhere := on != "" && on != c.this
	if elsewhere {
		served, err := c.hasWorkers(ctx, info.GetTaskQueue(), on)
		if err != nil {
			return f, err
		}
		if !served {
			f.stuck = "it is pinned to " + on + ", which has no workers: start one again"
			return f, nil
		}
	}
	h, err := c.history(ctx, id, runID)
	if hasEnded(err) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	err = replays(h, id, runID)
	switch {
	case elsewhere:
		f.pinned, f.onlyThere = true, err != nil
	case err != nil:
		f.stuck = cut(err.Error(), 160)
	default:
		f.moved = true
	}
	return f, nil
}

func (c *check) history(ctx context.Context, id, runID string) (*history.History, error) {
	h := &history.History{}
	events := c.client.GetWorkflowHistory(ctx, id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, err
		}
		h.Events = append(h.Events, event)
	}
	return h, nil
}

// replays runs a history on this binary.
func replays(h *history.History, id, runID string) error {
	if len(h.GetEvents()) < 3 {
		return nil // no workflow task has begun, so anything may follow
	}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableDeadlockDetection: true})
	if err != nil {
		return err
	}
	workflows.Register(replayer)
	var o worker.ReplayWorkflowHistoryOptions
	o.OriginalExecution.ID, o.OriginalExecution.RunID = id, runID
	return replayer.ReplayWorkflowHistoryWithOptions(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h, o)
}

// hasWorkers reports whether anybody asked for work of a version lately.
func (c *check) hasWorkers(ctx context.Context, queue, version string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := queue + " " + version
	if served, known := c.served[key]; known {
		return served, nil
	}
	pollers, err := c.pollers(ctx, queue)
	c.served[key] = len(pollers[version]) > 0
	return c.served[key], err
}

// pinnedOn is the version that a run is pinned to; "" when it goes to the current version, or has none.
func pinnedOn(v *workflowpb.WorkflowExecutionVersioningInfo) string {
	switch o := v.GetVersioningOverride(); { // set with Temporal's own tools
	case o.GetPinned() != nil:
		return versioned(o.GetPinned().GetVersion())
	case o.GetOneTime() != nil:
		return versioned(o.GetOneTime().GetTargetDeploymentVersion())
	case o.GetAutoUpgrade(), v.GetBehavior() != enums.VERSIONING_BEHAVIOR_PINNED:
		return ""
	}
	return versioned(v.GetDeploymentVersion())
}
