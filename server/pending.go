package server

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/usm"
)

const (
	pendingBatch   = 50 // calls taken at a time
	pendingWorkers = 8  // of which so many are started at once
	pendingPause   = time.Second
	longestPause   = 4 * time.Second
)

// StartPending starts the calls that were registered while the engine was away, until ctx ends; then it returns nil.
// It needs Desk and Intake of the options. Several gateways may run it: each call is given to one of them, and the
// engine refuses a second workflow of the same number. While nothing can be started it tries ever more slowly, up to
// every 4 s.
func StartPending(ctx context.Context, o Options) error {
	o = o.orDefaults()
	pause := pendingPause
	for {
		found, failed := startBatch(ctx, o)
		if failed {
			pause = min(2*pause, longestPause)
		} else {
			pause = pendingPause
		}
		if found == pendingBatch && !failed {
			continue // there are more
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// startBatch starts what is pending now. It reports how many calls it found and whether any could not be started.
func startBatch(ctx context.Context, o Options) (found int, failed bool) {
	calls, err := o.Intake.Pending(ctx, pendingBatch)
	if err != nil {
		if ctx.Err() == nil {
			o.Logger.WarnContext(ctx, "pending calls cannot be read", "error", err)
		}
		return 0, true
	}
	var group errgroup.Group
	group.SetLimit(pendingWorkers)
	for _, call := range calls {
		group.Go(func() error { return startCall(ctx, o, call) })
	}
	return len(calls), group.Wait() != nil
}

func startCall(ctx context.Context, o Options, call usm.Call) error {
	err := o.Desk.Start(ctx, call)
	if err == nil {
		err = o.Intake.Started(ctx, call.Number)
	}
	if err != nil {
		o.Logger.WarnContext(ctx, "a pending call cannot be started yet", "call", call.Number, "error", err)
		return err
	}
	o.Metrics.started.Inc()
	return nil
}
