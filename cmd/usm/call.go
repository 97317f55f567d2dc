package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

// callCommand groups what people do with calls.
func (a *app) callCommand() *cobra.Command {
	return group("call", "Open, follow and finish calls",
		a.openCommand(), a.listCommand(), a.showCommand(), a.finishCommand(), a.askCommand(), a.answerCommand(),
		a.confirmCommand(), a.disputeCommand(), a.redoCommand(), a.retypeCommand(), a.abortCommand(), a.noteCommand(),
		a.claimCommand(), a.releaseCommand(), a.reassignCommand(), a.refusalsCommand(),
		a.pauseCommand(), a.resumeCommand(), a.rebindCommand(), a.linkCommand(), a.signalCommand(), a.pathCommand(),
		a.eventsCommand(), a.watchCommand(),
	)
}

// api gives a command what every command has that speaks to a gateway.
func (a *app) api(cmd *cobra.Command) *cobra.Command {
	useSettings(cmd, "url", "data")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	cmd.Flags().StringVar(&a.as, "as", "", "person of the dev folder's tokens.json who gives the command")
	return cmd
}

func (a *app) showCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "show NUMBER",
		Short: "Show a call",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			view, err := s.Call(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(view, func() { a.show(view) })
		},
	})
}

// show writes everything about a call.
func (a *app) show(view usm.CallView) {
	fmt.Fprintf(a.out, "%s  %s\n", a.strong(view.Number), view.Subject)
	w := a.columns()
	row := func(name, value string) {
		if value != "" {
			w.AppendRow(table.Row{a.faint(name), value})
		}
	}
	row("status", strings.TrimSpace(a.status(view.Status)+" "+outcome(view)))
	row("workflow", fmt.Sprintf("%d %s", view.Workflow.Number, view.Workflow.Name))
	row("step", step(view))
	row("waits for", who(view))
	row("approval", view.WaitingFor.Approval)
	row("claimed by", view.WaitingFor.Claimed)
	row("steered by", view.WaitingFor.Steered)
	row("question", view.WaitingFor.Question)
	row("priority", a.urgency(view))
	row("category", view.Category)
	row("domain", fmt.Sprintf("%s (version %d)", view.Domain, view.DomainVersion))
	row("service", view.Service)
	row("agreement", agreed(view))
	row("team", view.Team)
	row("due", clock(view.Due))
	row("paused for", join(view.Paused))
	row("components", join(view.Components))
	row("requester", view.Requester)
	row("parent", view.Parent)
	row("children", join(view.Children))
	for _, link := range view.Links {
		row("link", link.Kind+" "+link.To)
	}
	row("opened", clock(&view.OpenedAt)+" by "+view.OpenedBy)
	row("fulfilled", clock(view.FulfilledAt))
	row("closed", clock(view.ClosedAt))
	row("you may", join(view.AllowedActions))
	row("Temporal", view.TemporalURL)
	a.write(w)
	if view.Description != "" {
		fmt.Fprintf(a.out, "\n%s\n", view.Description)
	}
}

// agreed is the agreement that covers the call, with the clause that does.
func agreed(view usm.CallView) string {
	if view.Clause == "" {
		return view.Agreement
	}
	return view.Agreement + " (" + view.Clause + ")"
}

func outcome(view usm.CallView) string {
	if view.Outcome == "" || string(view.Outcome) == string(view.Status) {
		return ""
	}
	return "(" + string(view.Outcome) + ")"
}

func step(view usm.CallView) string {
	switch {
	case view.Step == "":
		return ""
	case view.Attempt > 1:
		return fmt.Sprintf("%s (attempt %d)", view.Step, view.Attempt)
	}
	return string(view.Step)
}

func (a *app) urgency(view usm.CallView) string {
	if view.Priority == "" {
		return ""
	}
	return fmt.Sprintf("%s (impact %s, urgency %s)", a.priority(view.Priority), view.Impact, view.Urgency)
}

// moved writes, in a line, where a call is after something was done with it.
func (a *app) moved(view usm.CallView, did string) error {
	return a.print(view, func() {
		line := a.strong(view.Number) + "  " + a.status(view.Status)
		if view.Step != "" {
			line += "  at " + step(view)
		}
		if waits := who(view); waits != "" {
			line += ", waits for " + waits
		}
		if did != "" {
			fmt.Fprintln(a.out, a.faint(did))
		}
		fmt.Fprintln(a.out, line)
	})
}
