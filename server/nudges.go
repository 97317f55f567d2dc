package server

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/server/api"
)

// Recheck has runs look again at their approvals after the directory changed (somebody left, holds another profile, has
// another manager), and when the engine may have lost what ended one, until ctx ends; then it returns nil. It needs Desk,
// Reader and Intake of the options. It asks when something was recorded, at most once a second, and when an answer has been on
// its way to the engine for too long, and not otherwise; what the engine cannot take is tried again, ever more slowly, up to
// every 4 s. Several gateways may run it: each run is given to one of them.
func Recheck(ctx context.Context, o Options) error {
	o = o.orDefaults()
	return whenTold(ctx, o, func() (int, time.Duration, bool) { return recheckBatch(ctx, o) })
}

// recheckBatch nudges the runs that have to look again now. It reports how many there are, when the next is due, and whether
// any could not be reached.
func recheckBatch(ctx context.Context, o Options) (found int, wait time.Duration, failed bool) {
	runs, wait, err := o.Intake.Nudges(ctx, pendingBatch)
	if err != nil {
		if ctx.Err() == nil {
			o.Logger.WarnContext(ctx, "approvals to look at again cannot be read", "error", err)
		}
		return 0, wait, true
	}
	var group errgroup.Group
	group.SetLimit(pendingWorkers)
	for _, run := range runs {
		group.Go(func() error { return recheck(ctx, o, run) })
	}
	return len(runs), wait, group.Wait() != nil
}

// recheck nudges one run.
func recheck(ctx context.Context, o Options, run string) error {
	err := api.Recheck(ctx, o.Desk, run)
	if err == nil {
		err = o.Intake.Nudged(ctx, run)
	}
	if err != nil {
		o.Logger.WarnContext(ctx, "an approval cannot be looked at again yet", "run", run, "error", err)
	}
	return err
}
