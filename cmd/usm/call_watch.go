package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

func (a *app) eventsCommand() *cobra.Command {
	var page usm.Page
	cmd := a.api(&cobra.Command{
		Use:   "events NUMBER",
		Short: "Show the trail, oldest first",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			events, next, err := s.Events(cmd.Context(), args[0], page)
			if err != nil {
				return err
			}
			return a.print(events, func() {
				w := a.columns("", "at", "what", "step", "outcome", "by", "text")
				for _, e := range events {
					w.AppendRow(table.Row{e.Sequence, clock(&e.At), e.Kind, e.Step, e.Outcome, person(e.By, e.For), cut(e.Text, 60)})
				}
				a.write(w)
				a.more(next)
			})
		},
	})
	pageFlags(cmd, &page)
	return cmd
}

// errEnded ends a watch.
var errEnded = errors.New("the call has ended")

// watch follows one call and the children it opens.
type watch struct {
	*app
	*session
	number string
	seen   map[string]int // last sequence that was shown, by call
}

func (a *app) watchCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "watch NUMBER",
		Short: "Follow a call and its children live, until it ends",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			w := &watch{app: a, session: s, number: args[0], seen: map[string]int{args[0]: 0}}
			if _, err = s.Call(cmd.Context(), args[0]); err != nil {
				return err
			}
			return w.follow(cmd.Context())
		},
	})
}

// follow shows the trail so far and everything after it. Each time the stream is open the trail is read again, so that
// nothing between the two is missed; what was shown is known by its sequence.
func (w *watch) follow(ctx context.Context) error {
	opened := make(chan struct{}, 1)
	events := make(chan usm.Event)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		failed <- w.Feed(ctx, func() { opened <- struct{}{} }, func(e usm.Event) error {
			select {
			case events <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for {
		var err error
		select {
		case err = <-failed:
		case <-opened:
			err = w.catchUp(ctx, w.number)
		case e := <-events:
			if _, ours := w.seen[e.Call]; ours {
				err = w.catchUp(ctx, e.Call)
			}
		}
		switch {
		case errors.Is(err, errEnded):
			return nil
		case err != nil:
			return err
		}
	}
}

// catchUp shows what is new on the trail of a call, and of the children it has opened.
func (w *watch) catchUp(ctx context.Context, number string) error {
	for cursor, more := "", true; more; more = cursor != "" {
		events, next, err := w.Events(ctx, number, usm.Page{Limit: 200, Cursor: cursor})
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Sequence <= w.seen[number] {
				continue
			}
			w.seen[number] = e.Sequence
			if err := w.show(e); err != nil {
				return err
			}
			if e.Kind == usm.EventForked {
				if err := w.children(ctx, number); err != nil {
					return err
				}
			}
		}
		cursor = next
	}
	view, err := w.Call(ctx, number)
	if err == nil && number == w.number && view.Status.Ended() {
		return errEnded
	}
	return err
}

func (w *watch) children(ctx context.Context, number string) error {
	view, err := w.Call(ctx, number)
	if err != nil {
		return err
	}
	for _, child := range view.Children {
		if _, known := w.seen[child]; known {
			continue
		}
		w.seen[child] = 0
		if err = w.catchUp(ctx, child); err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) show(e usm.Event) error {
	return w.print(e, func() {
		what := strings.ReplaceAll(string(e.Kind), "_", " ")
		if e.Step != "" {
			what += " " + string(e.Step)
		}
		if e.Outcome != "" {
			what += " (" + string(e.Outcome) + ")"
		}
		line := fmt.Sprintf("%s  %s  %-44s", w.faint(e.At.Local().Format("15:04:05")), w.strong(fmt.Sprintf("%-10s", e.Call)), what)
		if e.By != "" {
			line += "  " + person(e.By, e.For)
		}
		if e.Text != "" {
			line += "  " + w.faint(cut(e.Text, 70))
		}
		fmt.Fprintln(w.out, strings.TrimRight(line, " "))
	})
}
