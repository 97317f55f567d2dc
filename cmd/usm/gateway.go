package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/store"
)

func (a *app) gatewayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "gateway",
		Short: "Run the gateway: the HTTP API and its pages",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.part(cmd.Context(), "usm-gateway", func(ctx context.Context, s *store.Store, e *engine, o *observed) error {
				l, err := a.listen(ctx)
				if err != nil {
					return err
				}
				return a.serveGateway(ctx, l, s, e, a.settings.get("temporal-ui-url"), o)
			})
		},
	}
	useSettings(cmd, gatewaySettings...)
	useEngine(cmd)
	return cmd
}

// readyDesk is a desk that is ready when its Temporal has what `usm migrate` makes.
type readyDesk struct {
	*engine
	*desk.Desk
}

// serveGateway runs the gateway on a listener until ctx ends.
func (a *app) serveGateway(ctx context.Context, l net.Listener, s *store.Store, e *engine, ui string, told *observed) error {
	rate, err := parseRate(a.settings.get("rate-limit"))
	if err != nil {
		return err
	}
	mailer, err := a.mailer()
	if err != nil {
		return err
	}
	signIn, err := a.signIn(s)
	if err != nil {
		return err
	}
	o := server.Options{
		Desk: readyDesk{e, desk.New(e.client, desk.Options{
			TaskQueue: a.settings.get("task-queue"), ConsoleURL: a.consoleURL(),
			QueueOf: func(ctx context.Context, id string) (string, error) {
				domain, err := s.Configuration(ctx, id, 0)
				return domain.TaskQueue, err
			},
		})},
		Reader: s.Reader(), Intake: s, Hub: api.NewHub(s.Reader().Listen, told.logger),
		Post: s, Directory: s, Mailer: mailer, SignIn: signIn, Logger: told.logger,
		Metrics: server.NewMetrics(told.registry), Backlog: s.Backlog, Tracer: told.tracer,
		PublicURL: a.publicURL(), TemporalUI: ui,
		Namespace: e.namespace, Version: version(),
		Limits: server.Limits{Rate: rate, Burst: int(2*rate) + 1},
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Serve(ctx, l, server.New(o), o.Logger) })
	group.Go(func() error { return e.look(ctx, o.Logger) })
	group.Go(func() error { return server.StartPending(ctx, o) })
	group.Go(func() error { return server.Recheck(ctx, o) })
	group.Go(func() error { return server.Resend(ctx, o) })
	group.Go(func() error { return server.Deliver(ctx, o) })
	return group.Wait()
}

// listen opens the gateway's port.
func (a *app) listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.settings.get("address"))
	if err != nil {
		return nil, fmt.Errorf("the gateway cannot listen at %s (%w): free it, or choose another with USM_ADDRESS=host:port",
			a.settings.get("address"), errors.Unwrap(err))
	}
	return l, nil
}
