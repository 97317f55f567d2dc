package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

func (a *app) claimCommand() *cobra.Command {
	var note string
	cmd := a.act(action{
		use: "claim NUMBER", short: "Keep the open step for yourself", path: "claim", did: "claimed",
		do: func(ctx context.Context, c *client.Client, number string, _ []string, o []client.Option) (usm.CallView, error) {
			return c.Claim(ctx, number, note, o...)
		},
	})
	cmd.Flags().StringVar(&note, "note", "", "a note for the trail")
	return cmd
}

func (a *app) releaseCommand() *cobra.Command {
	var note string
	cmd := a.act(action{
		use: "release NUMBER", short: "Give a claimed step back to all of its profiles", path: "release", did: "released",
		do: func(ctx context.Context, c *client.Client, number string, _ []string, o []client.Option) (usm.CallView, error) {
			return c.Release(ctx, number, note, o...)
		},
	})
	cmd.Flags().StringVar(&note, "note", "", "a note for the trail")
	return cmd
}

func (a *app) reassignCommand() *cobra.Command {
	return a.act(action{
		use: "reassign NUMBER PROFILE[,PROFILE] REASON", short: "Give the open step to other profiles", args: 2,
		path: "reassign", did: "reassigned",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Reassign(ctx, number, strings.Split(args[0], ","), args[1], o...)
		},
	})
}

func (a *app) refusalsCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "refusals NUMBER",
		Short: "Show what segregation of duties kept from people",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			found, err := s.Refusals(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(found, func() {
				if len(found) == 0 {
					fmt.Fprintln(a.out, "nobody was refused")
					return
				}
				w := a.columns("at", "who", "what", "why")
				for _, r := range found {
					w.AppendRow(table.Row{clock(&r.At), person(r.Person, r.For), r.What, r.Why})
				}
				a.write(w)
			})
		},
	})
}
