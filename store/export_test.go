package store

import (
	"context"
	"errors"
	"time"
)

// Rung waits until the listeners have been told of all that was recorded.
func (s *Store) Rung() { s.bell.rings.Wait() }

// Overdue has the deadline of what was done last on a connection pass.
func (s *Store) Overdue(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(made any) error {
		made.(punctualConn).net.deadline.Store(new(time.Now().Add(-time.Hour))) //nolint:errcheck,forcetypeassert // Connect makes no other
		return nil
	})
	return errors.Join(err, conn.Close())
}
