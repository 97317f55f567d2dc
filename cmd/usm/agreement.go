package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// agreementCommand groups what people want to know about agreements. They change only through wishes.
func (a *app) agreementCommand() *cobra.Command {
	return group("agreement", "Agreements: versions, norms, what they rest on",
		a.agreementListCommand(), a.agreementShowCommand(), a.agreementDiffCommand())
}

func (a *app) agreementListCommand() *cobra.Command {
	var filter client.AgreementFilter
	cmd := a.api(&cobra.Command{
		Use:   "list",
		Short: "List versions of agreements",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			agreements, next, err := s.Agreements(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return a.print(agreements, func() { a.agreements(agreements, next) })
		},
	})
	flags := cmd.Flags()
	flags.StringVar(&filter.Domain, "domain", "", "of this domain only")
	flags.StringVar(&filter.State, "state", "", "versions in this state only: draft, agreed, in_force, expired or ended")
	flags.StringVar((*string)(&filter.Type), "type", "", "of this type only: SA, OLA or UC")
	flags.StringVar(&filter.Customer, "customer", "", "with this customer only")
	flags.StringVar(&filter.Service, "service", "", "about this service only")
	pageFlags(cmd, &filter.Page)
	return cmd
}

func (a *app) agreements(agreements []client.Agreement, next string) {
	if len(agreements) == 0 {
		fmt.Fprintln(a.out, "no agreements")
		return
	}
	w := a.columns("domain", "agreement", "type", "state", "customer", "provider", "services", "valid")
	for _, g := range agreements {
		w.AppendRow(table.Row{
			g.Domain, a.strong(g.Versioned()), g.Type, a.agreementState(g.State), g.Customer, g.Provider,
			cut(join(g.Services), 40), valid(g.Agreement),
		})
	}
	a.write(w)
	a.more(next)
}

func (a *app) agreementState(state string) string {
	switch state {
	case usm.AgreementInForce:
		return a.paint(state, green)
	case usm.AgreementDraft, usm.AgreementAgreed:
		return a.paint(state, yellow)
	}
	return a.faint(state)
}

// valid is the time in which a version is valid.
func valid(g usm.Agreement) string {
	if g.ValidFrom == "" && g.ValidUntil == "" {
		return ""
	}
	return g.ValidFrom + " … " + g.ValidUntil
}

func (a *app) agreementShowCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "show DOMAIN AGREEMENT",
		Short: "Show an agreement: its norms, what it rests on, its versions and history",
		Args:  arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			view, err := s.Agreement(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			return a.print(view, func() { a.agreement(view) })
		},
	})
}

func (a *app) agreement(view usm.AgreementView) {
	g := view.Current
	fmt.Fprintf(a.out, "%s  %s\n", a.strong(g.Versioned()), a.agreementState(g.State))
	w := a.columns()
	row := func(name, value string) {
		if value != "" {
			w.AppendRow(table.Row{a.faint(name), value})
		}
	}
	row("type", string(g.Type))
	row("domain", view.Domain)
	row("customer", g.Customer)
	row("provider", g.Provider)
	row("services", join(g.Services))
	row("calendar", g.Calendar)
	row("cost", g.Cost)
	row("ready", g.Ready)
	row("valid", valid(g))
	for _, c := range g.Coverage {
		row("covers", orElse(c.Text, clause(c)))
	}
	row("requests", join(g.Requests))
	a.write(w)
	a.norms(g.Norms)
	a.chain("rests on", view.Under, func(n usm.AgreementNode) []usm.AgreementNode { return n.Under })
	a.chain("carries", view.Above, func(n usm.AgreementNode) []usm.AgreementNode { return n.Above })
	if len(view.History) > 0 {
		fmt.Fprintln(a.out)
		history := a.columns("at", "version", "what", "call", "")
		for _, e := range view.History {
			history.AppendRow(table.Row{clock(&e.At), e.Version, e.Kind, e.Call, cut(e.Text, 80)})
		}
		a.write(history)
	}
}

// clause says whom a clause covers when it has no text of its own.
func clause(c usm.Clause) string {
	var parts []string
	for _, part := range []struct {
		name string
		list []string
	}{{"sites", c.Sites}, {"people", c.People}, {"components", c.Components}, {"services", c.Services}} {
		if len(part.list) > 0 {
			parts = append(parts, part.name+" "+join(part.list))
		}
	}
	return c.ID + ": " + strings.Join(parts, "; ")
}

func (a *app) norms(norms []usm.Norm) {
	if len(norms) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	w := a.columns("type", "priority", "reaction", "update", "handling", "others", "calendar")
	for _, n := range norms {
		var others []string
		for _, named := range n.Named {
			others = append(others, named.Name+" "+named.Target)
		}
		w.AppendRow(table.Row{n.Type, orElse(string(n.Priority), "any"), n.Reaction, n.Update, n.Handling, join(others), n.Calendar})
	}
	a.write(w)
}

// chain writes a tree of agreements, a line each.
func (a *app) chain(what string, nodes []usm.AgreementNode, next func(usm.AgreementNode) []usm.AgreementNode) {
	if len(nodes) == 0 {
		return
	}
	fmt.Fprintln(a.out, "\n"+a.faint(what))
	var write func(nodes []usm.AgreementNode, indent string)
	write = func(nodes []usm.AgreementNode, indent string) {
		for _, n := range nodes {
			fmt.Fprintf(a.out, "%s%s@%d  %s with %s, %s\n", indent, n.ID, n.Version, n.Type, n.Provider, n.State)
			write(next(n), indent+"  ")
		}
	}
	write(nodes, "  ")
}

func (a *app) agreementDiffCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "diff DOMAIN AGREEMENT FROM TO",
		Short: "Show what changed between two versions of an agreement",
		Args:  arguments(4, 4),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := versionNumber(args[2])
			if err != nil {
				return err
			}
			to, err := versionNumber(args[3])
			if err != nil {
				return err
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			difference, err := s.AgreementDifference(cmd.Context(), args[0], args[1], from, to)
			if err != nil {
				return err
			}
			return a.print(difference, func() { a.differences(difference) })
		},
	})
}

// versionNumber reads the number of a version, from 1.
func versionNumber(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(text, "@"))
	if err != nil || n < 1 {
		return 0, usagef("%q is no version: 1, 2, …", text)
	}
	return n, nil
}

func (a *app) differences(d client.AgreementDifference) {
	if len(d.Differences) == 0 {
		fmt.Fprintf(a.out, "%s: versions %d and %d are the same\n", d.ID, d.From, d.To)
		return
	}
	for _, change := range d.Differences {
		line := change.Action + " " + change.Path
		switch change.Action {
		case "add":
			line += ": " + plainJSON(change.After)
		case "remove":
			line += ": " + plainJSON(change.Before)
		default:
			line += ": " + plainJSON(change.Before) + " → " + plainJSON(change.After)
		}
		fmt.Fprintln(a.out, a.difference(line))
	}
}

// plainJSON is a value as it stands in a domain file of JSON, texts without quotes.
func plainJSON(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
