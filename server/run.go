package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/usm-works/usm/server/api"
)

// stopWithin is how long requests that run have to end when the process stops.
const stopWithin = 20 * time.Second

// Run serves handler at addr (host:port) until ctx ends, then lets running requests end and returns nil. A port that is
// taken is an error at once.
func Run(ctx context.Context, addr string, handler http.Handler, logger *slog.Logger) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen at %s: %w", addr, err)
	}
	return Serve(ctx, listener, handler, logger)
}

// Serve is Run with a listener that is open already; it closes it.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, logger *slog.Logger) error {
	stopping := make(chan struct{})
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context {
			return api.WithStopping(context.WithoutCancel(ctx), stopping)
		},
	}
	server.RegisterOnShutdown(func() { close(stopping) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	logger.InfoContext(ctx, "listening", "address", listener.Addr().String())

	select {
	case err := <-failed:
		return fmt.Errorf("serve at %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return errors.Join(fmt.Errorf("stop within %s: %w", stopWithin, err), server.Close())
	}
	return nil
}
