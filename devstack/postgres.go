package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// EnvDatabaseURL names a Postgres that runs already; with it none is started.
const EnvDatabaseURL = "USM_DATABASE_URL"

// Database is the one that a new cluster starts with, beside Postgres's own maintenance database.
const Database = "usm"

// superuser owns a cluster of ours. Only who may enter the socket's folder can be it, so it has no password.
const superuser = "postgres"

// PostgresOptions say where a private Postgres lives. The zero value of each field but Dir is usable.
type PostgresOptions struct {
	// Dir keeps the cluster; it is created when absent. It must be absolute. One process at a time uses it.
	Dir string
	// Durable keeps fsync on: for data that should survive a power cut. Without it the cluster is fast and for tests.
	Durable bool
	// Address is where it listens beside its socket, which has this port in its name; empty for the socket alone.
	Address string
	// Log gets what Postgres prints; nil drops it.
	Log io.Writer
	// URL is a Postgres that runs already; then nothing is started and Dir is not touched. Empty means what EnvDatabaseURL
	// says.
	URL string
}

// Postgres is a running server, a private one or one that was there.
type Postgres struct {
	external *url.URL // of a server that is not ours
	process  *process
	socket   string // folder of the socket
	port     string
	lock     *os.File
	done     chan struct{}
}

// StartPostgres starts a private Postgres (15 or newer) on a Unix socket and returns when it takes connections, at the
// latest when ctx ends; ctx plays no part after that. A new cluster is made when Dir has none, with UTF-8, C.UTF-8 and the
// database usm. As root it runs as the user postgres, else nobody; if that user cannot reach Dir, the cluster is kept
// under FallbackRoot and Dir/elsewhere says where. Binaries come from USM_PG_BIN, PATH, and the usual places, in that order.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	if o.URL == "" {
		o.URL = os.Getenv(EnvDatabaseURL)
	}
	if o.URL != "" {
		return externalPostgres(o.URL)
	}
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("devstack: Postgres folder %q is not absolute", o.Dir)
	}
	lock, err := lockFolder(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devstack: Postgres: %w", err)
	}
	cluster, err := openCluster(ctx, o)
	if err == nil {
		var p *process
		if p, err = cluster.start(ctx); err == nil {
			return &Postgres{process: p, socket: cluster.socket, port: cluster.port, lock: lock, done: p.done}, nil
		}
	}
	if cluster != nil {
		_ = os.Remove(cluster.socket) // goes only when empty
	}
	return nil, errors.Join(fmt.Errorf("devstack: Postgres: %w", err), lock.Close())
}

func externalPostgres(address string) (*Postgres, error) {
	parsed, err := url.Parse(address)
	if err != nil || (parsed.Scheme != "postgres" && parsed.Scheme != "postgresql") {
		// The address may hold a password, so it is not repeated.
		return nil, fmt.Errorf("devstack: %s is not of the form postgres://user@host/database", EnvDatabaseURL)
	}
	return &Postgres{external: parsed, done: make(chan struct{})}, nil
}

// URL gives the address of a database on this server, as lib/pq reads it. The empty name is the product's database: usm on
// a private server, the one named by the given URL on another.
func (p *Postgres) URL(database string) string {
	if p.external != nil {
		u := *p.external
		if database != "" {
			u.Path = "/" + database
		}
		return u.String()
	}
	if database == "" {
		database = Database
	}
	query := url.Values{"host": {p.socket}, "sslmode": {"disable"}}
	if p.port != usualPort {
		query.Set("port", p.port)
	}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// External reports whether the server was there before us; then Stop and Kill do nothing.
func (p *Postgres) External() bool { return p.external != nil }

// PID is the server's process, 0 for an external one.
func (p *Postgres) PID() int {
	if p.process == nil {
		return 0
	}
	return p.process.cmd.Process.Pid
}

// Done is closed when the server has ended, whatever the reason; never for an external one.
func (p *Postgres) Done() <-chan struct{} { return p.done }

// Stop ends the server cleanly: running transactions are rolled back, everything committed is on disk. When ctx ends
// first the server is killed, which loses nothing committed either, and an error says so. Stopping twice is fine.
func (p *Postgres) Stop(ctx context.Context) error {
	if p.process == nil {
		return nil
	}
	err := p.process.stop(ctx, syscall.SIGINT)
	_ = os.Remove(p.socket) // goes only when empty, which it is after a clean end
	_ = p.lock.Close()      // closing again is an error that means nothing
	return err
}

// Kill ends the server with SIGKILL, as a crash would, and returns when it is gone.
func (p *Postgres) Kill() {
	if p.process == nil {
		return
	}
	p.process.kill()
	_ = p.lock.Close()
}

// start starts the server on the cluster, again while leftovers of a killed one keep it from starting.
func (c *cluster) start(ctx context.Context) (*process, error) {
	if err := c.stopLeftover(ctx); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(takeoverTimeout)
	for {
		p, err := startProcess("postgres", c.command(), c.log, syscall.SIGINT, c.as)
		if err != nil {
			return nil, err
		}
		if err = c.waitReady(ctx, p); err == nil {
			return p, nil
		}
		p.kill()
		if !p.out.has("is still in use") || time.Now().After(deadline) {
			return nil, err
		}
	}
}

func (c *cluster) command() *exec.Cmd {
	settings := []string{ // its memory is that of docker-compose.yml, which a test in deploy holds it to
		"listen_addresses=" + c.host, "port=" + c.port, "unix_socket_directories=" + c.socket, "unix_socket_permissions=0700",
		"max_connections=300", "shared_buffers=512MB", "effective_cache_size=1GB", "jit=off", "timezone=UTC", "log_timezone=UTC",
		"log_checkpoints=off", "log_min_messages=warning", "lc_messages=C",
	}
	if !c.durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "autovacuum=off", "max_wal_size=4GB")
	}
	args := []string{"-D", c.data}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return c.tool("postgres", args...)
}

// tool is a command of Postgres's own; our PG… variables are for clients and would confuse it.
func (c *cluster) tool(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...) //nolint:noctx // it ends by signal, not by context
	cmd.Dir = "/"
	cmd.Env = append(clearEnvironment("PG", "LC_", "LANG"), "LC_ALL=C")
	return cmd
}

// waitReady returns when the server has written "ready" into its pid file, which is what pg_ctl waits for too.
func (c *cluster) waitReady(ctx context.Context, p *process) error {
	return until(ctx, func() (bool, error) {
		select {
		case <-p.done:
			return false, p.ended()
		default:
		}
		pid, lines := c.pidFile()
		return pid == p.cmd.Process.Pid && len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready", nil
	})
}
