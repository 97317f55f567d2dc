// Package worker runs the workflows and their activities against Temporal.
package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/workflows"
)

// cachedCalls is how many open calls a worker keeps ready in memory unless it is told otherwise.
const cachedCalls = 2000

// Options is what a worker needs.
type Options struct {
	Client    client.Client
	TaskQueue string // "" is "usm"
	Registers activities.Registers
	Logger    *slog.Logger   // nil: the default one
	Allow     []netip.Prefix // private ranges that outbound requests may reach
	PublicURL string         // address of the gateway, for callbacks
	// Version is that of a Worker Deployment, for workers that are upgraded by it; nil: they are unversioned, and take every
	// run that no deployment has.
	Version *worker.WorkerDeploymentVersion
	// Cached is how many open calls the workers of this process keep ready in memory; 0 is 2000. One that was evicted is
	// replayed when it moves.
	Cached int
}

// Run works until ctx ends, then finishes what is under way. A worker that loses Temporal for good returns its error.
func Run(ctx context.Context, o Options) error {
	queue := o.TaskQueue
	if queue == "" {
		queue = "usm"
	}
	worker.SetStickyWorkflowCacheSize(cmp.Or(o.Cached, cachedCalls))
	fatal := make(chan error, 1)
	var deployment worker.DeploymentOptions
	if o.Version != nil {
		deployment = worker.DeploymentOptions{UseVersioning: true, Version: *o.Version}
	}
	w := worker.New(o.Client, queue, worker.Options{
		DeploymentOptions: deployment,

		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		// A workflow that panics must not fail its call: it waits for a worker that is mended.
		WorkflowPanicPolicy: worker.BlockWorkflow,
		OnFatalError:        func(err error) { fatal <- err },
	})
	Register(w, o)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	defer w.Stop()
	select {
	case <-ctx.Done():
		return nil
	case err := <-fatal:
		return errors.Join(errors.New("the worker lost Temporal"), err)
	}
}

// registry is what workflows and activities are registered with: a worker, or the environment of a test.
type registry interface {
	worker.WorkflowRegistry
	worker.ActivityRegistry
}

// Register makes all workflows and activities known.
func Register(r registry, o Options) {
	workflows.Register(r)
	r.RegisterActivity(&activities.Agree{Registers: o.Registers})
	r.RegisterActivity(&activities.Change{Registers: o.Registers})
	r.RegisterActivity(&activities.Recover{Registers: o.Registers})
	r.RegisterActivity(&activities.Operate{Registers: o.Registers})
	r.RegisterActivity(&activities.Improve{Registers: o.Registers})
	r.RegisterActivity(&activities.Calls{Registers: o.Registers})
	r.RegisterActivity(&activities.Domains{Registers: o.Registers})
	r.RegisterActivity(&activities.Agreements{Registers: o.Registers})
	r.RegisterActivity(&activities.Outbound{
		Registers: o.Registers, Client: activities.NewGuardedClient(o.Allow),
		CallbackURL: strings.TrimSuffix(o.PublicURL, "/") + "/api/v1/callbacks",
	})
}
