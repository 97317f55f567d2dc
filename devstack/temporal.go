package devstack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// The environment variables that choose a Temporal.
const (
	// EnvTemporalAddress names a Temporal that runs already; with it none is started. TEMPORAL_ADDRESS, which Temporal's own
	// tools read, does the same when this one is not set.
	EnvTemporalAddress = "USM_TEMPORAL_ADDRESS"
	// EnvDevTemporalAddress chooses where one that we start listens.
	EnvDevTemporalAddress = "USM_DEV_TEMPORAL_ADDRESS"
	// EnvDevTemporalUIAddress chooses where its UI listens.
	EnvDevTemporalUIAddress = "USM_DEV_TEMPORAL_UI_ADDRESS"
)

// Where Temporal and its UI listen when nobody says otherwise.
const (
	DefaultTemporalAddress   = "127.0.0.1:7233"
	DefaultTemporalUIAddress = "127.0.0.1:8233"
)

// NoUI as a UI address starts Temporal without its UI.
const NoUI = "none"

// externalTimeout is how long a Temporal that is said to run already may take to answer.
const externalTimeout = 10 * time.Second

// TemporalOptions say how to start Temporal. The zero value of each field but Dir is usable.
type TemporalOptions struct {
	// Dir keeps the server's file; it is created when absent. It must be absolute. One process at a time uses it.
	Dir string
	// Address is where it listens; port 0 chooses a free one. Empty means EnvDevTemporalAddress, else DefaultTemporalAddress.
	Address string
	// UIAddress is where the UI listens, in the same way with EnvDevTemporalUIAddress; NoUI for none.
	UIAddress string
	// Namespaces are created when absent and usable when StartTemporal returns; none means usm.
	Namespaces []string
	// Log gets what the server prints; nil drops it.
	Log io.Writer
}

// Temporal is a running server, one of ours or one that was there.
type Temporal struct {
	address, ui string
	process     *process // nil for one that is not ours
	lock        *os.File
	done        chan struct{}
}

// StartTemporal starts Temporal and returns when its namespaces are usable, at the latest when ctx ends; ctx plays no part
// after that. It uses, in order: a server named by EnvTemporalAddress or TEMPORAL_ADDRESS, starting nothing; usm-temporal
// beside the running program, in .usm/bin at or above the working directory, or in PATH; the temporal CLI in PATH. A taken address is an
// *AddressTakenError, a folder in use is ErrInUse, and ErrNoTemporal says that there is nothing to start.
func StartTemporal(ctx context.Context, o TemporalOptions) (*Temporal, error) {
	if address := cmp.Or(os.Getenv(EnvTemporalAddress), os.Getenv("TEMPORAL_ADDRESS")); address != "" {
		return externalTemporal(ctx, address)
	}
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("devstack: Temporal folder %q is not absolute", o.Dir)
	}
	server, err := findTemporal()
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	lock, err := lockFolder(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devstack: Temporal: %w", err)
	}
	t, err := startTemporal(ctx, server, o.withDefaults())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("devstack: %w", err), lock.Close())
	}
	t.lock = lock
	return t, nil
}

func (o TemporalOptions) withDefaults() TemporalOptions {
	o.Address = cmp.Or(o.Address, os.Getenv(EnvDevTemporalAddress), DefaultTemporalAddress)
	o.UIAddress = cmp.Or(o.UIAddress, os.Getenv(EnvDevTemporalUIAddress), DefaultTemporalUIAddress)
	if len(o.Namespaces) == 0 {
		o.Namespaces = []string{"usm"}
	}
	return o
}

// startTemporal chooses the addresses and starts the server on them. A free port that was chosen for the caller may be
// taken by somebody else before the server has it; then another is tried.
func startTemporal(ctx context.Context, server temporalBinary, o TemporalOptions) (*Temporal, error) {
	chosen := strings.HasSuffix(o.Address, ":0") || strings.HasSuffix(o.UIAddress, ":0")
	for attempt := 1; ; attempt++ {
		t, err := startTemporalOnce(ctx, server, o)
		if err == nil || !chosen || attempt == 3 || ctx.Err() != nil {
			return t, err
		}
	}
}

func startTemporalOnce(ctx context.Context, server temporalBinary, o TemporalOptions) (*Temporal, error) {
	var err error
	if o.Address, err = freeAddress(ctx, "Temporal", o.Address, EnvDevTemporalAddress); err != nil {
		return nil, err
	}
	if o.UIAddress != NoUI {
		if o.UIAddress, err = freeAddress(ctx, "Temporal UI", o.UIAddress, EnvDevTemporalUIAddress); err != nil {
			return nil, err
		}
	}
	p, err := startProcess("temporal", server.command(o), o.Log, syscall.SIGKILL, nil)
	if err != nil {
		return nil, err
	}
	t := &Temporal{address: o.Address, process: p, done: p.done}
	if o.UIAddress != NoUI {
		t.ui = o.UIAddress
	}
	if err = server.waitReady(ctx, p, o); err != nil {
		p.kill()
		return nil, err
	}
	return t, nil
}

// externalTemporal checks that something listens where a server is said to run, so that the reason is told here and not by
// a worker's retries. It does not speak to it: only the caller knows its certificates and keys.
func externalTemporal(ctx context.Context, address string) (*Temporal, error) {
	ctx, cancel := context.WithTimeout(ctx, externalTimeout)
	defer cancel()
	err := until(ctx, func() (bool, error) {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
		if err != nil {
			return false, nil //nolint:nilerr // asked again until ctx ends
		}
		return true, conn.Close()
	})
	if err != nil {
		return nil, fmt.Errorf("devstack: no Temporal answers at %s (%s): unset it to have one started, and choose its address with %s",
			address, EnvTemporalAddress, EnvDevTemporalAddress)
	}
	return &Temporal{address: address, done: make(chan struct{})}, nil
}

// healthy asks a server of ours for its health and for the namespaces.
func healthy(ctx context.Context, address string, namespaces ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	// The client would log each failed attempt to the terminal.
	c, err := client.NewLazyClient(client.Options{HostPort: address, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err = c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return err
	}
	for _, name := range namespaces {
		if _, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name}); err != nil {
			return err
		}
	}
	return nil
}

// Address is the host:port of the frontend.
func (t *Temporal) Address() string { return t.address }

// UIAddress is the host:port of the UI, empty when there is none or the server is external.
func (t *Temporal) UIAddress() string { return t.ui }

// External reports whether the server was there before us; then Stop and Kill do nothing.
func (t *Temporal) External() bool { return t.process == nil }

// PID is the server's process, 0 for an external one.
func (t *Temporal) PID() int {
	if t.process == nil {
		return 0
	}
	return t.process.cmd.Process.Pid
}

// Done is closed when the server has ended, whatever the reason; never for an external one.
func (t *Temporal) Done() <-chan struct{} { return t.done }

// Stop ends the server cleanly. When ctx ends first it is killed, which loses nothing acknowledged either, and an error
// says so. Stopping twice is fine.
func (t *Temporal) Stop(ctx context.Context) error {
	if t.process == nil {
		return nil
	}
	err := t.process.stop(ctx, syscall.SIGTERM)
	_ = t.lock.Close() // closing again is an error that means nothing
	return err
}

// Kill ends the server with SIGKILL, as a crash would, and returns when it is gone.
func (t *Temporal) Kill() {
	if t.process == nil {
		return
	}
	t.process.kill()
	_ = t.lock.Close()
}

// splitAddress is net.SplitHostPort for an address that freeAddress has returned, which is well formed.
func splitAddress(address string) (host, port string) {
	host, port, _ = net.SplitHostPort(address)
	return host, port
}
