package storetest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
)

// EnvURL names the server of the tests: the address of its database postgres, as a superuser.
const EnvURL = "USM_TEST_DATABASE_URL"

// Main runs the tests of a package and then ends the server that they started, if they did. A package without
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
//
// leaves the server to end with the process, and its folder behind.
func Main(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

var started struct {
	sync.Mutex
	server *devstack.Postgres
	dir    string
}

// server is the address of the server's database postgres: the one that EnvURL names, or one started for this process.
func server(tb testing.TB) string {
	tb.Helper()
	if url := os.Getenv(EnvURL); url != "" {
		return url
	}
	started.Lock()
	defer started.Unlock()
	if started.server == nil {
		dir, err := os.MkdirTemp("", "usm-storetest-") //nolint:usetesting // it outlives the test that comes first
		require.NoError(tb, err)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		started.dir = dir
		started.server, err = devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir})
		require.NoError(tb, err, "name a server with %s, or install Postgres", EnvURL)
	}
	return started.server.URL("postgres")
}

func stop() {
	started.Lock()
	defer started.Unlock()
	if started.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = started.server.Stop(ctx)
	_ = os.RemoveAll(started.dir)
}
