package devstack

import (
	"context"
	"database/sql"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the tests only: the package itself needs no client
	"github.com/stretchr/testify/require"
)

// asParent makes the test binary a process that starts servers in the named folder and waits to be killed.
const asParent = "USM_DEVSTACK_TEST_AS_PARENT"

func TestMain(m *testing.M) {
	for _, name := range []string{EnvDatabaseURL, EnvTemporalAddress, "TEMPORAL_ADDRESS", EnvDevTemporalAddress, EnvDevTemporalUIAddress} {
		_ = os.Unsetenv(name) // the tests start servers of their own, whatever the developer's shell says
	}
	if dir := os.Getenv(asParent); dir != "" {
		beParent(dir)
	}
	os.Exit(m.Run())
}

// beParent starts Postgres, says so on standard output, and never returns.
func beParent(dir string) {
	if _, err := StartPostgres(context.Background(), PostgresOptions{Dir: dir, Log: os.Stderr}); err != nil {
		os.Exit(3)
	}
	_, _ = io.WriteString(os.Stdout, "started\n")
	select {}
}

// deadline is room for a loaded machine; a cold start takes under two seconds.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// openDir is a temporary folder that another user can reach, which testing's own is not.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	return dir
}

// startPostgres starts a server that is stopped with the test, unless the test has done so itself.
func startPostgres(t *testing.T, dir string) *Postgres {
	t.Helper()
	p, err := StartPostgres(deadline(t), PostgresOptions{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := p.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return p
}

// do runs one statement on the server's product database.
func do(t *testing.T, p *Postgres, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", p.URL(""))
	require.NoError(t, err)
	_, err = db.ExecContext(deadline(t), statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// one reads one text.
func one(t *testing.T, p *Postgres, query string) string {
	t.Helper()
	db, err := sql.Open("postgres", p.URL(""))
	require.NoError(t, err)
	var value string
	require.NoError(t, db.QueryRowContext(deadline(t), query).Scan(&value))
	require.NoError(t, db.Close())
	return value
}

func TestPostgresKeepsDataThroughKillAndStop(t *testing.T) {
	t.Parallel()
	dir := openDir(t)

	p, err := StartPostgres(deadline(t), PostgresOptions{Dir: dir, Durable: true})
	require.NoError(t, err)
	require.Equal(t, "UTF8", one(t, p, "SHOW server_encoding"))
	require.Equal(t, "on", one(t, p, "SHOW fsync"))
	require.Equal(t, "C.UTF-8", one(t, p, "SELECT datcollate FROM pg_database WHERE datname = current_database()"))
	do(t, p, "CREATE TABLE kept (word text)")
	do(t, p, "INSERT INTO kept VALUES ('grüße')")
	p.Kill()
	require.False(t, running(p.PID()), "it is gone when Kill returns")

	again := startPostgres(t, dir)
	require.Equal(t, "grüße", one(t, again, "SELECT word FROM kept"))
	require.Equal(t, "off", one(t, again, "SHOW fsync"), "durability is chosen at each start")
	require.NoError(t, again.Stop(deadline(t)))
	<-again.Done()
	require.NoError(t, again.Stop(deadline(t)), "stopping twice is fine")

	require.Equal(t, "grüße", one(t, startPostgres(t, dir), "SELECT word FROM kept"))
}

func TestPostgresFollowsAKilledParent(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), asParent+"="+dir)
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	_, err = io.ReadFull(out, make([]byte, len("started\n")))
	require.NoError(t, err)
	before, _ := (&cluster{data: filepath.Join(dir, "data")}).pidFile()
	require.NotZero(t, before)

	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()
	after := startPostgres(t, dir) // at once: it waits for the one before by itself
	require.NotEqual(t, before, after.PID())
	require.False(t, running(before), "the orphan is gone")
}

func TestPostgresTakesNoNoticeOfAStalePidFile(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	startPostgres(t, dir).Kill()
	file := filepath.Join(dir, "data", "postmaster.pid")
	content, err := os.ReadFile(file)
	require.NoError(t, err, "a killed server leaves its pid file")
	lines := strings.SplitN(string(content), "\n", 2)
	require.Len(t, lines, 2)
	// The number now belongs to a program that has nothing to do with Postgres: the parent of this test.
	require.NoError(t, os.WriteFile(file, []byte(itoa(os.Getppid())+"\n"+lines[1]), 0o600))
	require.NotEmpty(t, one(t, startPostgres(t, dir), "SHOW server_version"))
}

func TestPostgresTakesNoNoticeOfAKilledServerThatNobodyCollected(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	p := startPostgres(t, dir)
	lock := filepath.Join(p.socket, ".s.PGSQL.5432.lock")
	content, err := os.ReadFile(lock)
	require.NoError(t, err)
	p.Kill()
	// A process that has ended and is not waited for keeps its number, as an orphan does in a container that collects none.
	ended := exec.Command("true")
	as, err := postgresUser() // Postgres takes no notice of other people's processes
	require.NoError(t, err)
	ended.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	require.NoError(t, ended.Start())
	t.Cleanup(func() { _ = ended.Wait() })
	for _, file := range []string{lock, filepath.Join(dir, "data", "postmaster.pid")} {
		lines := strings.SplitN(string(content), "\n", 2)
		require.NoError(t, os.WriteFile(file, []byte(itoa(ended.Process.Pid)+"\n"+lines[1]), 0o600))
	}
	require.NotEmpty(t, one(t, startPostgres(t, dir), "SHOW server_version"))
}

func TestPostgresFolderHasOneUser(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	startPostgres(t, dir)
	_, err := StartPostgres(deadline(t), PostgresOptions{Dir: dir})
	require.ErrorIs(t, err, ErrInUse)
}

func TestPostgresWhereItsUserCannotGo(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	dir := filepath.Join(closed, "postgres")
	p := startPostgres(t, dir)
	require.NotEmpty(t, one(t, p, "SHOW server_version"))
	if os.Geteuid() != 0 { // it runs as ourselves, who can go there
		require.DirExists(t, filepath.Join(dir, "data"))
		require.NoFileExists(t, filepath.Join(dir, "elsewhere"))
		return
	}
	elsewhere, err := os.ReadFile(filepath.Join(dir, "elsewhere"))
	require.NoError(t, err, "the folder says where the data is")
	place := strings.TrimSpace(string(elsewhere))
	require.Equal(t, FallbackRoot, filepath.Dir(place))
	require.DirExists(t, filepath.Join(place, "data"))
	require.NoError(t, p.Stop(deadline(t)))
	require.NoError(t, os.RemoveAll(place))
}

func TestPostgresOptions(t *testing.T) {
	t.Parallel()
	t.Run("RefusesARelativeFolder", func(t *testing.T) {
		t.Parallel()
		_, err := StartPostgres(t.Context(), PostgresOptions{Dir: "data"})
		require.ErrorContains(t, err, "not absolute")
	})
	t.Run("UsesAnExternalServer", func(t *testing.T) {
		t.Parallel()
		p, err := StartPostgres(t.Context(), PostgresOptions{URL: "postgres://me@db.example/mine?sslmode=require"})
		require.NoError(t, err)
		require.True(t, p.External())
		require.Equal(t, "postgres://me@db.example/mine?sslmode=require", p.URL(""))
		require.Equal(t, "postgres://me@db.example/other?sslmode=require", p.URL("other"))
		require.NoError(t, p.Stop(t.Context()))
	})
	t.Run("DoesNotRepeatAPassword", func(t *testing.T) {
		t.Parallel()
		_, err := StartPostgres(t.Context(), PostgresOptions{URL: "mysql://me:secret@db.example/mine"})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret")
	})
	t.Run("StopsStartingWithItsContext", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := StartPostgres(ctx, PostgresOptions{Dir: openDir(t)})
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestFindPostgresNamesTheVersionsInTheWay(t *testing.T) {
	t.Parallel()
	_, err := findPostgres("9")
	require.ErrorContains(t, err, "the data was made by PostgreSQL 9")
}
