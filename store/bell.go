package store

import (
	"context"
	"sync"
	"time"
)

const (
	ringPause  = 20 * time.Millisecond // between two rings
	ringWithin = 2 * time.Second       // Postgres takes one
)

// bell wakes those who Listen, after a transaction has recorded something. It is no part of the transaction: of those that notify
// Postgres commits one after another, each with its own wait for the disk, and each would wake every listener. One ring tells of
// all that was recorded before it. What is lost with this process, or with Postgres, listeners see when they next look by themselves.
type bell struct {
	mu      sync.Mutex
	ringing bool // somebody is at it
	again   bool // and something was recorded since
	rings   sync.WaitGroup
}

// ring wakes the listeners, now or in a moment, without a wait for them.
func (s *Store) ring() {
	s.bell.mu.Lock()
	defer s.bell.mu.Unlock()
	s.bell.again = true
	if !s.bell.ringing {
		s.bell.ringing = true
		s.bell.rings.Go(s.ringOn)
	}
}

// ringOn rings until nothing was recorded since.
func (s *Store) ringOn() {
	for s.bell.due() {
		ctx, cancel := context.WithTimeout(context.Background(), ringWithin)
		_, _ = s.db.ExecContext(ctx, `
			WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true)) SELECT pg_notify('usm', '') FROM lazily`)
		cancel()
		<-time.After(ringPause)
	}
}

// due reports whether to ring once more; else nobody is at it.
func (b *bell) due() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ringing, b.again = b.again, false
	return b.ringing
}
