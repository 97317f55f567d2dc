package store

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"
)

const (
	// askAfter is how often a listener asks whether the connection still works, and wakes all the same: a process that has
	// recorded something may have died before it told.
	askAfter = 10 * time.Second
	// wakeAgain is when a listener wakes once more after it was woken: what it came for may have been recorded by a
	// transaction that another one, still running, kept out of the feed.
	wakeAgain = time.Second
)

// Listen calls wake whenever something was recorded, and now and then, until ctx ends; it returns what ended it. wake is called in turn,
// possibly more often than needed, also after the connection was lost and made again. It uses a connection of its own.
func (s *Store) Listen(ctx context.Context, wake func()) (err error) {
	defer wrapf(&err, "Listen")
	// The connection is silent by nature, so its patience is that of two questions.
	listener := pq.NewDialListener(dialer{silence: 2*askAfter + silence}, s.options.URL, time.Second, 30*time.Second, nil)
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer func() {
		if stop() {
			_ = listener.Close()
		}
	}()
	if err := listener.Listen("usm"); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	ask, again := time.NewTicker(askAfter), time.NewTimer(wakeAgain)
	defer ask.Stop()
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, open := <-listener.Notify: // nil after a new connection: something may have been missed
			if !open {
				return errors.Join(ctx.Err(), errors.New("the listener was closed"))
			}
			again.Reset(wakeAgain)
		case <-again.C:
		case <-ask.C:
			go func() { _ = listener.Ping() }() // an answer keeps the connection, silence ends it
		}
		wake()
	}
}
