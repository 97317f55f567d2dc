package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/devstack"
)

// A child that dies this often within devDeaths is not started again.
const (
	deathsAllowed = 5
	deathsWithin  = time.Minute
)

// child is a server that devstack has started.
type child interface {
	Done() <-chan struct{}
	Stop(ctx context.Context) error
}

// kept is a child that is started again when it dies.
type kept[C child] struct {
	name  string
	start func(context.Context) (C, error)
	watch func() // ends the watch

	mu  sync.Mutex
	now C
}

// current is the child that runs now.
func (k *kept[C]) current() C {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// keep starts a child and watches over it until running ends or the child is stopped.
func keep[C child](ctx, running context.Context, d *dev, name string, start func(context.Context) (C, error)) (*kept[C], error) {
	ctx, cancel := context.WithTimeout(ctx, devStart)
	defer cancel()
	now, err := start(ctx)
	if err != nil {
		return nil, err
	}
	k := &kept[C]{name: name, now: now, start: start}
	k.watch = d.background(running, name, func(ctx context.Context) error { return k.revive(ctx, d) })
	return k, nil
}

// revive starts the child again each time it dies.
func (k *kept[C]) revive(ctx context.Context, d *dev) error {
	var deaths []time.Time
	for {
		select {
		case <-ctx.Done():
		case <-k.current().Done():
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to stop
		}
		deaths = append(deaths, time.Now())
		if len(deaths) > deathsAllowed && time.Since(deaths[len(deaths)-1-deathsAllowed]) < deathsWithin {
			return fmt.Errorf("it died %d times within %s; its log is in %s", deathsAllowed+1, deathsWithin, d.dir)
		}
		d.progress.line(k.name + " has died and is started again")
		_ = k.current().Stop(ctx) // it is dead; this gives its folder free
		start, cancel := context.WithTimeout(ctx, devStart)
		now, err := k.start(start)
		cancel()
		if err != nil {
			return err
		}
		k.mu.Lock()
		k.now = now
		k.mu.Unlock()
		d.progress.line(k.name + " is back")
	}
}

func (k *kept[C]) stop(ctx context.Context) error {
	k.watch()
	return k.current().Stop(ctx)
}

// servers starts Postgres, Temporal and the neighbours side by side, and brings the registers to what this version needs.
func (d *dev) servers(ctx, running context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		d.postgres, err = d.startPostgres(ctx, running)
		if err != nil {
			return err
		}
		return d.progress.run("registers", func() (string, error) { return "migrated", d.openRegisters(ctx) })
	})
	group.Go(func() (err error) {
		d.temporal, err = d.startTemporal(ctx, running)
		return err
	})
	group.Go(func() error { return d.startNeighbours(ctx, running) })
	return group.Wait()
}

func (d *dev) startPostgres(ctx, running context.Context) (p *kept[*devstack.Postgres], err error) {
	log, err := d.childLog("postgres")
	if err != nil {
		return nil, err
	}
	err = d.progress.run("Postgres", func() (string, error) {
		p, err = keep(ctx, running, d, "Postgres", func(ctx context.Context) (*devstack.Postgres, error) {
			return devstack.StartPostgres(ctx, devstack.PostgresOptions{
				Dir: filepath.Join(d.dir, "postgres"), Durable: true, Log: log, URL: d.settings.get("database-url"),
			})
		})
		if err != nil || p.current().External() {
			return "as configured", err
		}
		return fmt.Sprintf("process %d", p.current().PID()), nil
	})
	return p, err
}

func (d *dev) startTemporal(ctx, running context.Context) (t *kept[*devstack.Temporal], err error) {
	log, err := d.childLog("temporal")
	if err != nil {
		return nil, err
	}
	err = d.progress.run("Temporal", func() (string, error) {
		t, err = keep(ctx, running, d, "Temporal", func(ctx context.Context) (*devstack.Temporal, error) {
			return devstack.StartTemporal(ctx, devstack.TemporalOptions{
				Dir: filepath.Join(d.dir, "temporal"), Address: d.settings.get("dev-temporal-address"),
				UIAddress:  d.settings.get("dev-temporal-ui-address"),
				Namespaces: []string{d.settings.get("temporal-namespace")}, Log: log,
			})
		})
		if err != nil || t.current().External() {
			return "as configured", err
		}
		return fmt.Sprintf("%s, process %d", t.current().Address(), t.current().PID()), nil
	})
	return t, err
}

// openRegisters connects to the registers, migrates them and leaves their address for `usm token`.
func (d *dev) openRegisters(ctx context.Context) (err error) {
	address := d.postgres.current().URL("")
	if d.store, err = d.openStore(ctx, address, d.observed.tracer); err != nil {
		return err
	}
	d.observed.registry.MustRegister(d.store.Collector())
	if err = d.store.Migrate(ctx); err != nil {
		return err
	}
	return writePrivate(filepath.Join(d.dir, databaseFile), []byte(address+"\n"))
}

// childLog is where a child's output goes.
func (d *dev) childLog(name string) (io.Writer, error) {
	return os.OpenFile(filepath.Join(d.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// lockData makes one process at a time the user of a data folder. The lock goes with the process, kill -9 included.
func lockData(dir string) (unlock func(), err error) {
	if err = os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the Postgres user must be able to pass through
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "dev.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close() // the other error says more
		return nil, fmt.Errorf("another `usm dev` runs on %s: stop it, or choose another folder with USM_DATA", dir)
	}
	return func() { _ = lock.Close() }, nil
}

// writePrivate writes a file that only its owner may read, whole or not at all.
func writePrivate(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
