package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// listen opens the address that a flag names; a taken one says which flag to change. Port 0 chooses a free one.
func listen(ctx context.Context, name, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s %s is taken by another process: free it or choose another with %s", name, address, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return listener, nil
}

// serveHTTP serves pages until ctx ends.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler, failed chan<- error) {
	server := &http.Server{Handler: local(handler), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); ctx.Err() == nil {
			failed <- fmt.Errorf("serve at %s: %w", listener.Addr(), err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
}

// local answers only who asks for this machine by its address: a page from elsewhere that points a name of its own at it
// must not read what is kept here.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && net.ParseIP(host) == nil {
			http.Error(w, "ask for this machine by its address", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
