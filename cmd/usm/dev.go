package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/store"
)

// How long `usm dev` takes at most to start one part, and to stop everything.
const (
	devStart = 2 * time.Minute
	devStop  = 30 * time.Second
)

// dev is the whole product in one process, with Postgres and Temporal as its children.
type dev struct {
	*app
	dir      string // data folder, absolute
	observed *observed
	log      *os.File // of everything but Temporal and Postgres
	progress *steps

	postgres   *kept[*devstack.Postgres]
	temporal   *kept[*devstack.Temporal]
	neighbours *kept[*devstack.Neighbours] // nil where they are not built
	people     sync.Mutex                  // of peopleFile
	store      *store.Store
	engine     *engine
	group      *errgroup.Group // gateway, worker and the watch over the children
	stops      []func()        // in the order in which the parts are stopped
}

func (a *app) devCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run everything on this machine: Postgres, Temporal, gateway, worker, example domains",
		Args:  arguments(0, 0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.dev(cmd.Context()) },
	}
	useSettings(cmd, "data", "database-url", "temporal-namespace", "task-queue", "dev-temporal-address", "dev-temporal-ui-address",
		"dev-smtp-address", "dev-mail-address", "dev-oidc-address")
	useSettings(cmd, gatewaySettings...)
	useSettings(cmd, "outbound-allow", "log-level", "log-format", "pg-bin")
	return cmd
}

// dev runs until ctx ends, then stops everything in order. All state is on disk, so that a kill -9 loses nothing either.
func (a *app) dev(ctx context.Context) error {
	dir, err := filepath.Abs(filepath.Join(a.dir, a.settings.get("data")))
	if filepath.IsAbs(a.settings.get("data")) {
		dir, err = a.settings.get("data"), nil
	}
	if err != nil {
		return err
	}
	unlock, err := lockData(dir)
	if err != nil {
		return err
	}
	defer unlock()
	d := &dev{app: a, dir: dir, progress: newSteps(a.out)}
	if err = d.openLog(); err != nil {
		return err
	}
	defer d.log.Close() //nolint:errcheck // the process ends
	defer d.observed.stop()
	running, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	d.group, running = errgroup.WithContext(running)
	err = d.start(ctx, running)
	if err == nil {
		d.welcome()
		select {
		case <-ctx.Done():
		case <-running.Done(): // a part has failed
		}
	}
	stopErr := d.stop()
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return stopErr
	}
	return errors.Join(err, stopErr)
}

// openLog opens the log of gateway and worker, which on a terminal would bury everything else.
func (d *dev) openLog() (err error) {
	d.log, err = os.OpenFile(filepath.Join(d.dir, "usm.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	quiet := *d.app
	quiet.err = d.log
	logger, err := quiet.logger("text")
	if err != nil {
		return err
	}
	d.observed, err = d.observe(context.Background(), "usm-dev", logger)
	return err
}

// start starts part after part; what it started is stopped by stop, also when a later part fails. ctx ends the starting,
// running the parts.
func (d *dev) start(ctx, running context.Context) error {
	listener, err := d.listen(ctx) // first, for a taken port should be told at once
	if err != nil {
		return err
	}
	d.stops = append(d.stops, func() { _ = listener.Close() })
	if err = d.servers(ctx, running); err != nil {
		return err
	}
	d.engine, err = d.app.engine(d.temporal.current().Address(), d.observed)
	if err != nil {
		return err
	}
	err = d.progress.run("schema", func() (string, error) {
		return "Temporal namespace and search attributes", prepareTemporal(ctx, d.engine.client, d.engine.namespace)
	})
	if err != nil {
		return err
	}
	d.stops = []func(){
		d.background(running, "gateway", func(ctx context.Context) error {
			return d.serveGateway(ctx, listener, d.store, d.engine, d.uiURL(), d.observed)
		}),
		d.background(running, "worker", func(ctx context.Context) error { return d.runWorker(ctx, d.store, d.engine, d.observed.logger) }),
	}
	if err = d.progress.run("domains", func() (string, error) { return d.applyDomains(ctx) }); err != nil {
		return err
	}
	return d.progress.run("people", func() (string, error) { return d.issueTokens(ctx) })
}

// background runs a part until it is stopped. Its end before that ends everything.
func (d *dev) background(running context.Context, name string, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(running)
	ended := make(chan struct{})
	d.group.Go(func() error {
		defer close(ended)
		err := run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("the %s ended: %w", name, err)
	})
	return func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(devStop / 3): // a part that does not end is left to the end of the process
		}
	}
}

// stop stops gateway, worker, neighbours, Temporal and Postgres, in this order.
func (d *dev) stop() error {
	d.progress.line("stopping")
	for _, stop := range d.stops {
		stop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), devStop)
	defer cancel()
	if d.engine != nil {
		d.engine.client.Close()
	}
	var errs []error
	if d.neighbours != nil {
		errs = append(errs, d.neighbours.stop(ctx))
	}
	if d.temporal != nil {
		errs = append(errs, d.temporal.stop(ctx))
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.postgres != nil {
		errs = append(errs, d.postgres.stop(ctx))
	}
	errs = append(errs, d.wait(ctx))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	d.progress.line("stopped")
	return nil
}

// wait returns why a part ended by itself, nil when none did. A part that has not ended by now is left to the end of the
// process.
func (d *dev) wait(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- d.group.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *dev) uiURL() string {
	if ui := d.temporal.current().UIAddress(); ui != "" {
		return d.settings.or("temporal-ui-url", "http://"+ui)
	}
	return d.settings.get("temporal-ui-url")
}

// welcome says where everything is and what to do next.
func (d *dev) welcome() {
	w := d.columns()
	d.welcomeSignIn(w)
	w.AppendRow(table.Row{"API", d.publicURL() + "/api/docs"})
	if ui := d.uiURL(); ui != "" {
		w.AppendRow(table.Row{"Temporal", ui + "/namespaces/" + d.engine.namespace + "/workflows"})
	}
	d.welcomeNeighbours(w)
	w.AppendRow(table.Row{"Tokens", filepath.Join(d.dir, tokensFile)})
	w.AppendRow(table.Row{"Log", d.log.Name()})
	fmt.Fprintf(d.out, "\nready in %s\n\n", time.Since(d.progress.began).Round(100*time.Millisecond))
	d.write(w)
	fmt.Fprint(d.out, "\nNext, in another terminal:\n\n"+
		"  usm call open --domain it --type incident --subject \"The printer is on fire\"\n"+
		"  usm call finish INC-000001 --example\n"+
		"  usm call watch INC-000001\n"+
		"  usm replay testdata/uci_incident_200.csv.gz\n\nCtrl-C stops everything; nothing is lost.\n")
}
