package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"
	temporal "go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/worker"
)

func (a *app) workerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Run a worker: the workflows and their activities",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.part(cmd.Context(), func(ctx context.Context, s *store.Store, c temporal.Client, logger *slog.Logger) error {
				if err := awaitTemporal(ctx, c, a.temporalAddress(), startPatience); err != nil {
					return err
				}
				return a.runWorker(ctx, s, c, logger)
			})
		},
	}
	useSettings(cmd, workerSettings...)
	useSettings(cmd, engineSettings...)
	useSettings(cmd, logSettings...)
	return cmd
}

// runWorker runs a worker for each task queue until ctx ends.
func (a *app) runWorker(ctx context.Context, s *store.Store, c temporal.Client, logger *slog.Logger) error {
	networks, err := a.allowed()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, queue := range append([]string{a.settings.get("task-queue")}, parseList(a.settings.get("domain-queues"))...) {
		group.Go(func() error {
			return worker.Run(ctx, worker.Options{
				Client: c, TaskQueue: queue, Registers: s, Logger: logger, Allow: networks, PublicURL: a.publicURL(),
			})
		})
	}
	return group.Wait()
}
