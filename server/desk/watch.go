package desk

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"
)

// lookAfter is when a wait for Temporal becomes long enough to ask whether it is there at all.
const lookAfter = time.Second

// watched is context.WithTimeout for a wait that is given up early when Temporal is away: the SDK repeats what cannot be
// sent until its context ends, and nobody should wait that long to be told to try again. A Temporal that is there and
// waits for a worker gets the whole limit.
func (d *Desk) watched(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	look := time.AfterFunc(lookAfter, func() {
		asking, done := context.WithTimeout(ctx, lookWithin)
		defer done()
		if _, err := d.temporal.CheckHealth(asking, &client.CheckHealthRequest{}); err != nil {
			cancel()
		}
	})
	return ctx, func() {
		look.Stop()
		cancel()
	}
}
