package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// action describes a command that does one thing with one call.
type action struct {
	use, short string
	args       int    // after the number
	path       string // as in allowed_actions
	did        string
	do         func(ctx context.Context, c *client.Client, number string, args []string, options []client.Option) (usm.CallView, error)
}

func (a *app) act(act action) *cobra.Command {
	in := &input{}
	cmd := a.api(&cobra.Command{
		Use:   act.use,
		Short: act.short,
		Args:  arguments(1+act.args, 1+act.args),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			c, person, err := s.actor(cmd.Context(), args[0], act.path)
			if err != nil {
				return err
			}
			view, err := act.do(cmd.Context(), c, args[0], args[1:], in.options())
			if err != nil {
				return err
			}
			return a.moved(view, did(act.did, person))
		},
	})
	in.keyFlag(cmd)
	return cmd
}

func (a *app) askCommand() *cobra.Command {
	return a.act(action{
		use: "ask NUMBER QUESTION", short: "Ask the requester; the call waits for the answer", args: 1, path: "ask", did: "asked",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Ask(ctx, number, args[0], o...)
		},
	})
}

func (a *app) answerCommand() *cobra.Command {
	return a.act(action{
		use: "answer NUMBER TEXT", short: "Answer what was asked", args: 1, path: "answer", did: "answered",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Answer(ctx, number, args[0], nil, o...)
		},
	})
}

func (a *app) confirmCommand() *cobra.Command {
	return a.act(action{
		use: "confirm NUMBER", short: "Confirm the delivery", path: "confirm", did: "confirmed",
		do: func(ctx context.Context, c *client.Client, number string, _ []string, o []client.Option) (usm.CallView, error) {
			return c.Confirm(ctx, number, o...)
		},
	})
}

func (a *app) disputeCommand() *cobra.Command {
	return a.act(action{
		use: "dispute NUMBER REASON", short: "Dispute the delivery: it goes back", args: 1, path: "dispute", did: "disputed",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Dispute(ctx, number, args[0], o...)
		},
	})
}

func (a *app) redoCommand() *cobra.Command {
	var step string
	cmd := a.act(action{
		use: "redo NUMBER REASON", short: "Repeat the open step, or go back to an earlier one", args: 1, path: "redo", did: "sent back",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Redo(ctx, number, usm.Step(step), args[0], o...)
		},
	})
	cmd.Flags().StringVar(&step, "step", "", "step to go back to (default: the open one)")
	return cmd
}

func (a *app) retypeCommand() *cobra.Command {
	return a.act(action{
		use: "retype NUMBER TYPE REASON", short: "Close the call as retyped and open it in another register", args: 2,
		path: "retype", did: "retyped",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Retype(ctx, number, usm.CallType(args[0]), args[1], o...)
		},
	})
}

func (a *app) abortCommand() *cobra.Command {
	return a.act(action{
		use: "abort NUMBER REASON", short: "End the call; its open children first", args: 1, path: "abort", did: "aborted",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Abort(ctx, number, args[0], o...)
		},
	})
}

func (a *app) noteCommand() *cobra.Command {
	return a.act(action{
		use: "note NUMBER TEXT", short: "Add a note", args: 1, path: "notes", did: "noted",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Note(ctx, number, args[0], o...)
		},
	})
}

func (a *app) linkCommand() *cobra.Command {
	kind := ""
	cmd := a.act(action{
		use: "link NUMBER OTHER", short: "Link the call to another one", args: 1, path: "links", did: "linked",
		do: func(ctx context.Context, c *client.Client, number string, args []string, o []client.Option) (usm.CallView, error) {
			return c.Link(ctx, number, args[0], kind, o...)
		},
	})
	cmd.Flags().StringVar(&kind, "kind", "related", "what the other call is to this one")
	return cmd
}

func (a *app) signalCommand() *cobra.Command {
	in := &input{}
	var payload string
	cmd := a.api(&cobra.Command{
		Use:   "signal NUMBER NAME",
		Short: "Say what another system would say: any JSON, or a CloudEvent",
		Args:  arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := a.content(payload)
			if err != nil {
				return err
			}
			var body any
			if err = json.Unmarshal(raw, &body); err != nil {
				return usagef("--payload: %v", err)
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			if err = s.Signal(cmd.Context(), args[0], args[1], body, in.options()...); err != nil {
				return err
			}
			return a.print(map[string]string{"call": args[0], "signal": args[1]}, func() {
				fmt.Fprintf(a.out, "%s was told %s\n", args[0], args[1])
			})
		},
	})
	cmd.Flags().StringVar(&payload, "payload", "{}", "JSON, or @FILE, or - for standard input")
	in.keyFlag(cmd)
	return cmd
}
