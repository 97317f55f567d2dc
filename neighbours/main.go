// Command usm-neighbours is what surrounds the product on a developer's machine and in tests: a mail server that keeps what
// it gets and shows it, and an OpenID provider where one says who one is. It is not for production.
//
// It prints one line on standard output once all of its parts listen, "usm-neighbours ready" and what each of them has to
// say as name=value, and stops cleanly on SIGINT and SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// part is one of the neighbours. A new one is a file with a type of this kind and an entry in parts.
type part interface {
	// flags declares the flags of the part.
	flags(set *flag.FlagSet)
	// start listens and returns what the ready line says of the part, as name=value with blanks between. The part serves
	// until ctx ends, in goroutines of its own; what ends it before goes to failed.
	start(ctx context.Context, failed chan<- error) (ready string, err error)
}

// parts returns all neighbours.
func parts() []part { return []part{&mailPart{}, &oidcPart{}} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2) // the flag package has already said what is wrong
	case err != nil:
		fmt.Fprintln(os.Stderr, "usm-neighbours:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong arguments")

// run starts every part, says ready on out, and returns when ctx ends or a part fails.
func run(ctx context.Context, args []string, out, usage io.Writer) error {
	set := flag.NewFlagSet("usm-neighbours", flag.ContinueOnError)
	set.SetOutput(usage)
	all := parts()
	for _, p := range all {
		p.flags(set)
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if set.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 2*len(all))
	line := []string{"usm-neighbours ready"}
	for _, p := range all {
		ready, err := p.start(ctx, failed)
		if err != nil {
			return err
		}
		line = append(line, ready)
	}
	if _, err := fmt.Fprintln(out, strings.Join(line, " ")); err != nil {
		return fmt.Errorf("say ready: %w", err)
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
}
