package server

import (
	"context"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// Recheck has runs look again at their approvals after the directory changed (somebody left, holds another profile, has
// another manager), until ctx ends; then it returns nil. It needs Desk, Reader and Intake of the options. It asks when
// something was recorded, at most once a second, and not otherwise; what the engine cannot take is tried again, ever more
// slowly, up to every 30 s. Several gateways may run it: each run is given to one of them.
func Recheck(ctx context.Context, o Options) error {
	o = o.orDefaults()
	wake, leave := api.NewHub(o.Reader.Listen, o.Logger).Join()
	defer leave()
	pause := pendingPause
	for {
		found, failed := recheckBatch(ctx, o)
		rest := time.After(pause)
		switch {
		case failed:
			pause = min(2*pause, longestPause)
		case found == pendingBatch:
			continue // there are more
		default:
			pause = pendingPause
			select {
			case <-ctx.Done():
				return nil
			case <-wake:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-rest:
		}
	}
}

// recheckBatch nudges the runs that have to look again now. It reports how many there are and whether any could not be
// reached.
func recheckBatch(ctx context.Context, o Options) (found int, failed bool) {
	runs, err := o.Intake.Nudges(ctx, pendingBatch)
	if err != nil {
		if ctx.Err() == nil {
			o.Logger.WarnContext(ctx, "approvals to look at again cannot be read", "error", err)
		}
		return 0, true
	}
	var group errgroup.Group
	group.SetLimit(pendingWorkers)
	for _, run := range runs {
		group.Go(func() error { return recheck(ctx, o, run) })
	}
	return len(runs), group.Wait() != nil
}

// recheck nudges one run. One that waits for no approval any more has nothing to look at.
func recheck(ctx context.Context, o Options, run string) error {
	_, err := o.Desk.Act(ctx, run, usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic, ID: uuid.NewString()})
	if code := usm.CodeOf(err); code == usm.CodeOutOfTurn || code == usm.CodeNotFound {
		err = nil
	}
	if err == nil {
		err = o.Intake.Nudged(ctx, run)
	}
	if err != nil {
		o.Logger.WarnContext(ctx, "an approval cannot be looked at again yet", "run", run, "error", err)
	}
	return err
}
