// Package product starts the whole product for a test, as the processes it consists of, and drives it from outside:
// through its commands, its HTTP API and a bare Temporal client.
package product

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
)

// readyTimeout is how long the product may take until it says that it is ready.
const readyTimeout = time.Minute

// patience is how long a request is repeated while a part is away: as long as a machine with much else to do takes to bring it back.
const patience = 5 * time.Minute

// TemporalUI is the address that links to Temporal's pages begin with.
const TemporalUI = "http://temporal.test"

// Options change what is started. The zero value is the product on the servers of the run, with the five domains.
type Options struct {
	Database  string            // address of an empty database; "" makes one that is dropped with the test
	Temporal  string            // address of Temporal; "" is that of the run
	Namespace string            // of Temporal; "" is one of the test's own
	Domains   []string          // ids of built-in domains to apply; nil applies all
	Env       map[string]string // further variables of gateway and worker
}

// Product is the product as it runs for one test.
type Product struct {
	URL             string // of the gateway
	Database        string
	TemporalAddress string
	Namespace       string
	Admin           *client.Client // may apply domains and sees everything
	AdminToken      string

	t       testing.TB
	program string
	env     []string
	address string
	store   *store.Store

	mu      sync.Mutex
	people  map[string]string // bearer token by person
	parts   map[string]*Process
	logs    map[string]*tail
	options client.Options
}

// Start brings the product up and returns when it is ready; it is stopped with the test.
func Start(tb testing.TB, o Options) *Product {
	tb.Helper()
	if o.Database == "" || o.Temporal == "" {
		servers(tb)
	}
	p := &Product{
		t: tb, Database: o.Database, TemporalAddress: o.Temporal, Namespace: o.Namespace, address: FreeAddress(tb),
		people: map[string]string{}, parts: map[string]*Process{}, logs: map[string]*tail{},
		options: client.Options{Patience: patience, Reconnect: true},
	}
	if p.Database == "" {
		p.Database = storetest.EmptyURL(tb)
	}
	if p.TemporalAddress == "" {
		p.TemporalAddress = os.Getenv(EnvTemporal)
	}
	if p.Namespace == "" {
		p.Namespace = "usm-test-" + strings.ToLower(rand.Text()[:12])
	}
	p.URL = "http://" + p.address
	p.program = Program(tb)
	p.env = p.environment(o.Env)
	tb.Cleanup(p.close)
	p.Run("migrate")
	p.Gateway()
	p.Worker()
	p.AwaitReady()
	p.store = storetest.Open(tb, store.Options{URL: p.Database})
	p.AdminToken = strings.TrimSpace(p.Run("token", "issue", "--name", "test", "--admin"))
	p.Admin = client.NewWith(p.URL, p.AdminToken, p.options)
	p.applyBuiltin(o.Domains)
	return p
}

// environment is that of this process without what would lead the product elsewhere.
func (p *Product) environment(more map[string]string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "USM_") || strings.HasPrefix(v, "TEMPORAL_")
	})
	env = append(env,
		"USM_DATABASE_URL="+p.Database, "USM_TEMPORAL_ADDRESS="+p.TemporalAddress, "USM_TEMPORAL_NAMESPACE="+p.Namespace,
		"USM_ADDRESS="+p.address, "USM_TEMPORAL_UI_URL="+TemporalUI, "USM_RATE_LIMIT=100000", "USM_LOG_FORMAT=json")
	for name, value := range more {
		env = append(env, name+"="+value)
	}
	return env
}

// command is a command of the product in this product's environment.
func (p *Product) command(args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := exec.Command(p.program, args...) //nolint:noctx // ended by signal
	cmd.Env, cmd.Dir = p.env, p.t.TempDir()
	return cmd
}

// Run runs a command of the product to its end, which must be a success, and returns what it printed.
func (p *Product) Run(args ...string) string {
	p.t.Helper()
	out, err := p.Try(nil, args...)
	require.NoError(p.t, err, "usm %s: %s", strings.Join(args, " "), out)
	return out
}

// Try is Run of a command that may fail; env is added to its environment.
func (p *Product) Try(env []string, args ...string) (string, error) {
	p.t.Helper()
	cmd := p.command(args...)
	cmd.Env = append(slices.Clone(cmd.Env), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Background starts a command of the product that is killed with the test; env is added to its environment.
func (p *Product) Background(env []string, args ...string) *Process {
	p.t.Helper()
	cmd := p.command(args...)
	cmd.Env = append(slices.Clone(cmd.Env), env...)
	started := start(p.t, strings.Join(args, " "), cmd, &tail{})
	p.t.Cleanup(started.Kill)
	return started
}

// Use has whatever is started from now on be another version of the product.
func (p *Product) Use(program string) { p.program = program }

// Gateway starts the gateway, at the same address as before.
func (p *Product) Gateway() *Process { p.t.Helper(); return p.part("gateway") }

// Worker starts the worker.
func (p *Product) Worker() *Process {
	p.t.Helper()
	return p.part("worker", "--outbound-allow", "127.0.0.0/8", "--public-url", p.URL)
}

// Part returns a part that runs: "gateway" or "worker".
func (p *Product) Part(name string) *Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.parts[name]
}

func (p *Product) part(name string, args ...string) *Process {
	p.t.Helper()
	cmd := p.command(append([]string{name}, args...)...)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.logs[name] == nil {
		p.logs[name] = &tail{}
	}
	p.parts[name] = start(p.t, name, cmd, p.logs[name])
	return p.parts[name]
}

// close stops the parts; the logs of a test that failed are shown.
func (p *Product) close() {
	for _, name := range []string{"gateway", "worker"} {
		if part := p.Part(name); part != nil {
			part.Stop()
		}
		if p.t.Failed() && p.logs[name] != nil {
			p.t.Logf("the end of the log of the %s:\n%s", name, p.logs[name].grave(15))
		}
	}
}

// applyBuiltin applies domains that come with the product.
func (p *Product) applyBuiltin(ids []string) {
	p.t.Helper()
	var group errgroup.Group
	for id, file := range domains.Builtin() {
		if len(ids) > 0 && !slices.Contains(ids, id) {
			continue
		}
		group.Go(func() error {
			_, err := p.Admin.ApplyDomain(context.Background(), id, file)
			return err
		})
	}
	require.NoError(p.t, group.Wait())
}

// AwaitReady returns when the product says that it is ready.
func (p *Product) AwaitReady() {
	p.t.Helper()
	Eventually(p.t, readyTimeout, "the product is ready", func() error {
		for _, name := range []string{"gateway", "worker"} {
			if p.Part(name).Ended() {
				p.t.Fatalf("the %s has ended: %s", name, p.logs[name].grave(10))
			}
		}
		response, err := http.Get(p.URL + "/readyz") //nolint:noctx // our own gateway, on this machine
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // nothing was written
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz: %s", response.Status)
		}
		return nil
	})
}

// SQL opens the product's database, to see what no API shows.
func (p *Product) SQL() *sql.DB {
	p.t.Helper()
	db, err := sql.Open("postgres", p.Database)
	require.NoError(p.t, err)
	p.t.Cleanup(func() { _ = db.Close() })
	return db
}

// FreeAddress is an address of this machine that nobody listens at.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer l.Close() //nolint:errcheck // it is only its number that is wanted
	return l.Addr().String()
}
