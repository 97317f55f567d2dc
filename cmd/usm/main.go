// Command usm is the product: the parts that run in production (gateway, worker, migrate), everything together on one
// machine (dev), and the API from a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // an image without a system still knows the time zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	os.Exit(newApp().run(ctx, os.Args[1:]))
}
