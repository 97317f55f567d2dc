package product

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/store/storetest"
)

// EnvTemporal names the Temporal of the run; without it the tests start one.
const EnvTemporal = "USM_TEST_TEMPORAL_ADDRESS"

// serverTimeout is how long a server may take to start or stop.
const serverTimeout = time.Minute

// shared are the servers that the tests of a package start when the run has none.
var shared struct {
	sync.Mutex
	dir      string
	postgres *devstack.Postgres
	temporal *devstack.Temporal
}

// Main runs the tests of a package and removes what they shared. A package that starts the product has
//
//	func TestMain(m *testing.M) { product.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a package that has to do more itself: it returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if err := stopShared(); err != nil {
		code = max(code, 1)
	}
	return code
}

func stopShared() error {
	shared.Lock()
	defer shared.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	var errs []error
	if shared.temporal != nil {
		errs = append(errs, shared.temporal.Stop(ctx))
	}
	if shared.postgres != nil {
		errs = append(errs, shared.postgres.Stop(ctx))
	}
	for _, dir := range []string{shared.dir, programFolder} {
		if dir != "" {
			errs = append(errs, os.RemoveAll(dir))
		}
	}
	return errors.Join(errs...)
}

// servers makes sure that the run has its two servers: those that the environment names, else own ones.
func servers(tb testing.TB) {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.dir == "" {
		var err error
		shared.dir, err = os.MkdirTemp("", "usm-product-servers-") //nolint:usetesting // for all tests
		require.NoError(tb, err)
		require.NoError(tb, os.Chmod(shared.dir, 0o711)) //nolint:gosec // Postgres runs as another user when we are root
	}
	if os.Getenv(storetest.EnvURL) == "" {
		shared.postgres = StartPostgres(tb, filepath.Join(shared.dir, "postgres"))
		require.NoError(tb, os.Setenv(storetest.EnvURL, shared.postgres.URL("postgres"))) //nolint:usetesting // for all tests
	}
	if os.Getenv(EnvTemporal) == "" {
		shared.temporal = StartTemporal(tb, filepath.Join(shared.dir, "temporal"), "127.0.0.1:0")
		require.NoError(tb, os.Setenv(EnvTemporal, shared.temporal.Address())) //nolint:usetesting // for all tests
	}
}

// RunTemporal is the address of the Temporal that the tests of the run share.
func RunTemporal(tb testing.TB) string {
	tb.Helper()
	servers(tb)
	return os.Getenv(EnvTemporal)
}

// StartTemporal starts a Temporal of the test's own. A machine without one fails the test: these tests are never
// skipped, for without them nothing is known about the product.
func StartTemporal(tb testing.TB, dir, address string) *devstack.Temporal {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir, Address: address, UIAddress: devstack.NoUI})
	require.NoError(tb, err, "the product needs Temporal: `make usm-temporal` builds it, %s names one that runs", EnvTemporal)
	return server
}

// StartPostgres starts a Postgres of the test's own that keeps what it has acknowledged.
func StartPostgres(tb testing.TB, dir string) *devstack.Postgres {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	server, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir, Durable: true})
	require.NoError(tb, err)
	return server
}
