package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

func (a *app) listCommand() *cobra.Command {
	var filter usm.CallFilter
	cmd := a.api(&cobra.Command{
		Use:   "list",
		Short: "List calls, newest first",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			calls, next, err := s.Calls(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return a.calls(calls, next)
		},
	})
	flags := cmd.Flags()
	flags.StringVar((*string)(&filter.Type), "type", "", "of this type only")
	flags.StringVar(&filter.Domain, "domain", "", "of this domain only")
	flags.StringVar(&filter.Workflow, "workflow", "", "of this workflow only, by name or number")
	flags.StringVar((*string)(&filter.Process), "process", "", "in this process only")
	flags.StringVar((*string)(&filter.Step), "step", "", "at this step only")
	flags.StringVar((*string)(&filter.Status), "status", "", "with this status only")
	flags.StringVar((*string)(&filter.Priority), "priority", "", "with this priority only")
	flags.StringVar(&filter.Requester, "requester", "", "of this person only")
	flags.StringVar(&filter.Service, "service", "", "about this service only")
	flags.StringVar(&filter.Component, "component", "", "about this component only")
	flags.StringVar(&filter.Parent, "parent", "", "children of this call only")
	flags.StringVar(&filter.Q, "q", "", "words of number, subject and description")
	pageFlags(cmd, &filter.Page)
	return cmd
}

func (a *app) workCommand() *cobra.Command {
	var filter usm.CallFilter
	cmd := a.api(&cobra.Command{
		Use:   "work",
		Short: "List what waits for you, most urgent first",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			if !s.chosen() {
				return usagef("whose work? choose a person with --as: %s", join(s.people()))
			}
			calls, next, err := s.Work(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return a.calls(calls, next)
		},
	})
	pageFlags(cmd, &filter.Page)
	return cmd
}

func pageFlags(cmd *cobra.Command, page *usm.Page) {
	cmd.Flags().IntVar(&page.Limit, "limit", 50, "rows of a page, at most 200")
	cmd.Flags().StringVar(&page.Cursor, "cursor", "", "where the page begins, as the page before said")
}

// calls writes a page of calls.
func (a *app) calls(calls []usm.CallView, next string) error {
	return a.print(calls, func() {
		if len(calls) == 0 {
			fmt.Fprintln(a.out, "no calls")
			return
		}
		w := a.columns("number", "status", "priority", "step", "waits for", "requester", "opened", "subject")
		for _, c := range calls {
			w.AppendRow(table.Row{
				a.strong(c.Number), a.status(c.Status), a.priority(c.Priority), step(c), cut(who(c), 40), c.Requester,
				clock(&c.OpenedAt), cut(c.Subject, 50),
			})
		}
		a.write(w)
		a.more(next)
	})
}

// more says how to get the next page.
func (a *app) more(next string) {
	if next != "" {
		fmt.Fprintln(a.out, a.faint("more with --cursor "+next))
	}
}

func (a *app) pathCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "path NUMBER",
		Short: "Show every step of the workflow, those of child calls included",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			path, err := s.Path(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(path, func() { a.path(path) })
		},
	})
}

func (a *app) path(path []usm.PathView) {
	w := a.columns("", "step", "call", "state", "outcome", "by", "at")
	for i, row := range path {
		indent := fmt.Sprintf("%*s", 2*row.Depth, "")
		w.AppendRow(table.Row{i + 1, indent + string(row.Step), row.Call, a.state(row), row.Outcome, person(row.By, row.For), clock(row.At)})
	}
	a.write(w)
}

func (a *app) state(row usm.PathView) string {
	state := string(row.State)
	if row.Attempt > 1 {
		state += fmt.Sprintf(" (attempt %d)", row.Attempt)
	}
	switch {
	case row.State.Finished():
		return a.paint(state, green)
	case row.State == usm.StepOpen:
		return a.paint(state, cyan)
	}
	return a.faint(state)
}

// person says who did something, and for whom.
func person(by, whom string) string {
	if whom == "" || whom == by {
		return by
	}
	return by + " for " + whom
}
