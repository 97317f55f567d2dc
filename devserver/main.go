// Command usm-temporal is Temporal for a developer's machine and for tests: the four services of the server on one
// SQLite file, with the Temporal UI, in one process. It is not for production; docker-compose.yml shows that shape.
//
// It prints one line starting with "usm-temporal ready" on standard output once the named namespaces are usable, keeps
// what it acknowledged through kill -9, and stops cleanly on SIGINT and SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	opts, err := parseOptions(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2) // the flag package has already said what is wrong
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = run(ctx, opts, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "usm-temporal:", err)
		os.Exit(1)
	}
}
