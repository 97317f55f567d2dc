package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/server/common/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// startTimeout bounds everything between the start of the process and its ready line. A warm start takes under a
// second; the rest is room for a loaded machine.
const startTimeout = 2 * time.Minute

// releaseTimeout is how long a process of ours that has just been killed may still hold its file and its ports.
const releaseTimeout = 2 * time.Second

// run starts server and UI, says ready on out, and stops both when ctx ends.
func run(ctx context.Context, opts options, out io.Writer) error {
	unlock, err := lockFile(ctx, opts.file)
	if err != nil {
		return err
	}
	defer unlock()
	if err = checkFree(ctx, "--address", opts.address); err != nil {
		return err
	}
	if opts.uiAddress != "" {
		if err = checkFree(ctx, "--ui-address", opts.uiAddress); err != nil {
			return err
		}
	}
	cfg, hosts, err := serverConfig(opts)
	if err != nil {
		return err
	}
	if err = prepareFile(cfg, opts); err != nil {
		return err
	}
	logger, quiet, err := newLogger(opts.logLevel)
	if err != nil {
		return err
	}
	server, err := newServer(cfg, hosts, logger)
	if err != nil {
		return fmt.Errorf("assemble the server: %w", err)
	}
	if err = server.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	err = serve(ctx, opts, out)
	quiet()
	return errors.Join(err, server.Stop())
}

// newLogger gives the server's log on standard error. After quiet only what is fatal is logged: while the services stop one
// after the other, those still running complain about those already gone.
func newLogger(level string) (logger log.Logger, quiet func(), err error) {
	cfg := zap.NewProductionConfig()
	cfg.Level, err = zap.ParseAtomicLevel(level)
	if err != nil {
		return nil, nil, fmt.Errorf("--log-level: %w", err)
	}
	cfg.Encoding, cfg.DisableCaller, cfg.DisableStacktrace = "console", true, true
	cfg.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	built, err := cfg.Build()
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return log.NewZapLogger(built), func() { cfg.Level.SetLevel(zap.FatalLevel) }, nil
}

// serve waits for the server, runs the UI beside it, and returns when ctx ends.
func serve(ctx context.Context, opts options, out io.Writer) error {
	if opts.uiAddress != "" {
		ui := uiserver.NewServer(uioptions.WithConfigProvider(uiConfig(opts)))
		// Start returns only after Stop. A listener that fails ends the process with the reason in the log, which for a
		// port taken between our check and now is what is wanted.
		go func() { _ = ui.Start() }()
		defer ui.Stop()
	}
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := waitReady(starting, opts); err != nil {
		if ctx.Err() != nil {
			return nil // stopped by the user while starting
		}
		return err
	}
	line := "usm-temporal ready address=" + opts.address
	if opts.uiAddress != "" {
		line += " ui=http://" + opts.uiAddress
	}
	if _, err := fmt.Fprintln(out, line); err != nil {
		return fmt.Errorf("say ready: %w", err)
	}
	<-ctx.Done()
	return nil
}

// lockFile makes sure that one process at a time serves the file: two would take the history shards from each other.
// The lock belongs to the process, so kill -9 releases it.
func lockFile(ctx context.Context, file string) (unlock func(), err error) {
	lock, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--db: %w", err)
	}
	err = retry(ctx, func() error {
		return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--db %s is in use by another usm-temporal: %w", file, err), lock.Close())
	}
	return func() { _ = lock.Close() }, nil
}

// checkFree says which flag to change when its address is taken; the server itself would only log a fatal line.
func checkFree(ctx context.Context, name, address string) error {
	err := retry(ctx, func() error {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return listener.Close()
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s %s is taken by another process: free it or choose another with %s", name, address, name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// retry calls try until it succeeds, ctx ends or releaseTimeout has passed, and returns its last error.
func retry(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
