package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring database and Temporal to what this version needs",
		Long:  "Bring the database schema, and Temporal's namespace and search attributes, to what this version needs. Several at once are safe.",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.migrate(cmd.Context())
		},
	}
	useEngine(cmd)
	return cmd
}

func (a *app) migrate(ctx context.Context) error {
	logger, err := a.logger("text")
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, a.settings.get("database-url"), nil)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the process ends
	if err = s.Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintln(a.out, "the database is up to date")
	e, err := a.engine("", unobserved())
	if err != nil {
		return err
	}
	defer e.client.Close()
	if err = e.await(ctx, startPatience, e.answers); err != nil {
		return err
	}
	if err = prepareTemporal(ctx, e.client, e.namespace); err != nil {
		return err
	}
	logger.DebugContext(ctx, "Temporal is prepared", "address", e.address, "namespace", e.namespace)
	fmt.Fprintln(a.out, "Temporal is up to date")
	return nil
}
