package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// The servers are named, so that these tests start none: devstack's own tests do.
func TestMain(m *testing.M) {
	_ = os.Setenv(envDatabase, "postgres://named")
	_ = os.Setenv(envTemporal, "named:1")
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	t.Parallel()
	t.Run("GivesTheExitCodeOfTheCommand", func(t *testing.T) {
		t.Parallel()
		code, err := run([]string{"sh", "-c", "exit 7"}, io.Discard)
		require.NoError(t, err)
		require.Equal(t, 7, code)
	})
	t.Run("GivesTheSignalThatEndedTheCommand", func(t *testing.T) {
		t.Parallel()
		code, err := run([]string{"sh", "-c", "kill -TERM $$"}, io.Discard)
		require.NoError(t, err)
		require.Equal(t, 128+int(syscall.SIGTERM), code)
	})
	t.Run("PassesTheServersOn", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "env")
		code, err := run([]string{"sh", "-c", "echo $USM_TEST_DATABASE_URL $USM_TEST_TEMPORAL_ADDRESS >" + file}, io.Discard)
		require.NoError(t, err)
		require.Zero(t, code)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "postgres://named named:1\n", string(content))
	})
	t.Run("FailsForACommandThatDoesNotExist", func(t *testing.T) {
		t.Parallel()
		_, err := run([]string{"no-such-command"}, io.Discard)
		require.Error(t, err)
	})
}

func TestRunCommandPassesSignalsOn(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	code, err := runCommand([]string{"sleep", "60"}, nil, signals)
	require.NoError(t, err)
	require.Equal(t, 128+int(syscall.SIGTERM), code)
}
