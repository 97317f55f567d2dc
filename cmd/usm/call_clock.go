package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

func (a *app) pauseCommand() *cobra.Command {
	var note string
	cmd := a.act(action{
		use: "pause NUMBER REASON", short: "Pause the clocks for a reason of the domain; the work goes on", args: 1, path: "pause", did: "paused",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Pause(ctx, number, args[0], note, o...)
		},
	})
	cmd.Flags().StringVar(&note, "note", "", "a note for the trail")
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	var note string
	cmd := a.act(action{
		use: "resume NUMBER REASON", short: "End a pause of the clocks", args: 1, path: "resume", did: "resumed",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Resume(ctx, number, args[0], note, o...)
		},
	})
	cmd.Flags().StringVar(&note, "note", "", "a note for the trail")
	return cmd
}

func (a *app) rebindCommand() *cobra.Command {
	var applies string
	cmd := a.act(action{
		use: "rebind NUMBER REASON", short: "Let the clocks run under the agreement and the calendars in force now", args: 1,
		path: "rebind", did: "rebound",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Rebind(ctx, number, args[0], usm.Applies(applies), o...)
		},
	})
	cmd.Flags().StringVar(&applies, "applies", "", "retroactive, from_change or recompute (default: as the agreement says)")
	return cmd
}
