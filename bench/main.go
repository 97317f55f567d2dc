// Command bench measures the product beside what somebody would build instead, in one run on one machine:
//
//	go run . [flags]          measures, and adds to a file of results
//	go run . report [flags]   writes docs/benchmarks.md and its pictures from that file
//	go run . scale [flags]    writes docs/scale.md from it
//
// Each engine runs in processes of its own on a Postgres of its own that keeps what it has acknowledged. This process asks
// over HTTP and looks on. It needs /proc, and ends everything it started, also when it is killed.
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"run"}
	}
	switch args[0] {
	case "serve": // one of the small engines, as a child of this program
		return serve(ctx, args[1:])
	case "report":
		return report(args[1:])
	case "scale":
		return scale(args[1:])
	case "run":
		args = args[1:]
	}
	plan, err := parse(args)
	if err != nil {
		return err
	}
	return plan.run(ctx)
}
