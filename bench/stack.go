package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/usm-works/usm/devstack"
)

// namespace of Temporal.
const namespace = "usm"

// startWithin is how long a part may take until it is well.
const startWithin = 2 * time.Minute

// stack is what one engine runs on during one run: all of it is new, and nobody else's.
type stack struct {
	dir      string
	postgres *devstack.Postgres
	temporal *temporalServer // nil for an engine that needs none
	db       *pgxpool.Pool   // of who looks on; its work is taken off the figures
	own      map[int]bool    // the backends of it
}

// newStack starts the servers.
func newStack(ctx context.Context, temporal string) (_ *stack, err error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	s := &stack{own: map[int]bool{}}
	if s.dir, err = os.MkdirTemp("", "usm-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if err = os.Chmod(s.dir, 0o711); err != nil { //nolint:gosec // Postgres runs as another user when we are root
		return nil, err
	}
	s.postgres, err = devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: filepath.Join(s.dir, "postgres"), Durable: true})
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(s.postgres.URL(""))
	if err != nil {
		return nil, err
	}
	config.MinConns, config.MaxConns, config.MaxConnLifetime = 1, 1, 24*time.Hour
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		s.own[int(c.PgConn().PID())] = true
		return nil
	}
	if s.db, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	if temporal != "" {
		s.temporal, err = startTemporal(ctx, s, temporal)
	}
	return s, err
}

// versions are those of the servers. A Postgres that may lose what it has acknowledged is an error.
func (s *stack) versions(ctx context.Context) (map[string]string, error) {
	var version, fsync string
	err := s.db.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('fsync')`).Scan(&version, &fsync)
	if err == nil && fsync != "on" {
		err = fmt.Errorf("the fsync of Postgres is %s", fsync)
	}
	found := map[string]string{"Postgres": version}
	if s.temporal != nil && err == nil {
		found["Temporal"], err = s.temporal.version(ctx)
	}
	return found, err
}

// roots are the servers.
func (s *stack) roots() []int {
	pids := []int{s.postgres.PID()}
	if s.temporal != nil {
		pids = append(pids, s.temporal.pid())
	}
	return pids
}

// stop ends everything and leaves nothing behind.
func (s *stack) stop() error {
	if s.db != nil {
		s.db.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var errs []error
	if s.temporal != nil {
		errs = append(errs, s.temporal.stop(ctx))
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Stop(ctx))
		if elsewhere, err := os.ReadFile(filepath.Join(s.dir, "postgres", "elsewhere")); err == nil {
			errs = append(errs, fmt.Errorf("the data of Postgres is left in %s", elsewhere))
		}
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
