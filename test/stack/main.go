// Command stack runs another command with a Postgres and a Temporal to test against:
//
//	go run ./test/stack -- go test ./...
//
// One private Postgres, fast and not durable, and one Temporal serve the whole command and are thrown away after it.
// USM_TEST_DATABASE_URL names the maintenance database of the first, as its superuser, and USM_TEST_TEMPORAL_ADDRESS the
// second. A server that one of these variables names already is used instead. Without a Temporal to start, the tests that
// need one fail. The exit code is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/usm-works/usm/devstack"
)

const (
	envDatabase = "USM_TEST_DATABASE_URL"
	envTemporal = "USM_TEST_TEMPORAL_ADDRESS"
)

const (
	startTimeout = 2 * time.Minute
	stopTimeout  = 20 * time.Second
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: go run ./test/stack -- COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	code, err := run(args, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "stack:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run starts the servers, runs the command, stops the servers, and gives the command's exit code.
func run(args []string, log io.Writer) (code int, err error) {
	dir, err := os.MkdirTemp("", "usm-stack-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err = os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Postgres runs as another user when we are root
		return 0, err
	}
	// A terminal sends Ctrl-C to the command as well. It ends by itself, and we must stay to stop the servers.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	env, stop, err := startServers(ctx, dir, log)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return 0, err
	}
	return runCommand(args, env, interrupted)
}

// startServers starts what the environment does not name yet. The returned stop is never nil.
func startServers(ctx context.Context, dir string, log io.Writer) (env []string, stop func() error, err error) {
	var stops []func(context.Context) error
	stop = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		var errs []error
		for _, s := range stops {
			errs = append(errs, s(ctx))
		}
		return errors.Join(errs...)
	}
	began := time.Now()
	if os.Getenv(envDatabase) == "" {
		// Its log is the statements that tests provoke errors with, so it is dropped; a failed start brings its last lines.
		postgres, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: filepath.Join(dir, "postgres")})
		if err != nil {
			return nil, stop, err
		}
		stops = append(stops, postgres.Stop)
		env = append(env, envDatabase+"="+postgres.URL("postgres"))
	}
	if os.Getenv(envTemporal) == "" {
		temporal, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{
			Dir: filepath.Join(dir, "temporal"), Address: "127.0.0.1:0", UIAddress: devstack.NoUI,
		})
		switch {
		case errors.Is(err, devstack.ErrNoTemporal):
			fmt.Fprintln(log, "stack: tests that need Temporal will fail:", err)
		case err != nil:
			return nil, stop, err
		default:
			stops = append(stops, temporal.Stop)
			env = append(env, envTemporal+"="+temporal.Address())
		}
	}
	fmt.Fprintf(log, "stack: servers ready in %s\n", time.Since(began).Round(10*time.Millisecond))
	return env, stop, nil
}

// runCommand runs the command with env added and gives its exit code; a command ended by a signal is reported as a shell
// does, with 128 and the signal's number.
func runCommand(args, env []string, interrupted <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // the caller's own command; signals end it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-interrupted:
			_ = cmd.Process.Signal(s) // it may have had the signal from the terminal, or have ended: both are fine
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				return 0, err
			}
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return exit.ExitCode(), nil
		}
	}
}
