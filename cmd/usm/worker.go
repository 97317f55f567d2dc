package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/worker"
)

func (a *app) workerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Run a worker: the workflows and their activities",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.part(cmd.Context(), "usm-worker", func(ctx context.Context, s *store.Store, e *engine, o *observed) error {
				l, err := a.listenProbes(ctx)
				if err != nil {
					return err
				}
				group, ctx := errgroup.WithContext(ctx)
				if l != nil {
					group.Go(func() error {
						probes := server.Probes(server.Parts{"postgres": s.Ready, "temporal": e.Ready}, o.registry, o.logger)
						return server.Serve(ctx, l, probes, o.logger)
					})
				}
				group.Go(func() error {
					if err := e.await(ctx, startPatience, e.Ready); err != nil {
						return err
					}
					return a.runWorker(ctx, s, e, o.logger)
				})
				return group.Wait()
			})
		},
	}
	useSettings(cmd, workerSettings...)
	useEngine(cmd)
	return cmd
}

// listenProbes opens the port of a worker's probes; nil when it has none.
func (a *app) listenProbes(ctx context.Context) (net.Listener, error) {
	address := a.settings.get("probe-address")
	if address == "" {
		return nil, nil //nolint:nilnil // a worker without probes is one
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the probes cannot listen at %s (%w): choose another address with USM_PROBE_ADDRESS=host:port",
			address, errors.Unwrap(err))
	}
	return l, nil
}

// runWorker runs a worker for each task queue until ctx ends.
func (a *app) runWorker(ctx context.Context, s *store.Store, e *engine, logger *slog.Logger) error {
	networks, err := parseNetworks(a.settings.get("outbound-allow"))
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, queue := range append([]string{a.settings.get("task-queue")}, parseList(a.settings.get("domain-queues"))...) {
		group.Go(func() error {
			return worker.Run(ctx, worker.Options{
				Client: e.client, TaskQueue: queue, Registers: s, Logger: logger, Allow: networks, PublicURL: a.publicURL(),
				Version: a.deploymentVersion(),
			})
		})
	}
	return group.Wait()
}
