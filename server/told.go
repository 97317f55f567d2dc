package server

import (
	"context"
	"time"
)

// whenTold does a batch of work whenever something was recorded, at most once a second, until ctx ends; then it returns nil.
// batch says how much it found, a full one has more behind it; after what time it is to be asked again although nothing
// was recorded, a negative one never; and whether it failed, when it is tried again ever more slowly, up to every 4 s.
func whenTold(ctx context.Context, o Options, batch func() (found int, wait time.Duration, failed bool)) error {
	wake, leave := o.Hub.Join()
	defer leave()
	pause := pendingPause
	for {
		found, wait, failed := batch()
		rest := time.After(pause)
		switch {
		case failed:
			pause = min(2*pause, longestPause)
		case found == pendingBatch:
			continue
		default:
			pause = pendingPause
			if !sleep(ctx, wake, wait) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-rest:
		}
	}
}

// sleep returns when something was recorded or the time is over, a negative one never; false says that ctx ended.
func sleep(ctx context.Context, wake <-chan struct{}, wait time.Duration) bool {
	var due <-chan time.Time
	if wait >= 0 {
		due = time.After(wait)
	}
	select {
	case <-ctx.Done():
		return false
	case <-wake:
	case <-due:
	}
	return true
}
