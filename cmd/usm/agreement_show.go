package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

func (a *app) agreementShowCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "show DOMAIN AGREEMENT",
		Short: "Show an agreement: its norms and specification, what it rests on, its versions and history",
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
	a.specifications(view.Services)
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

// specifications writes the specification tree of each service, a line for each leaf.
func (a *app) specifications(services []usm.AgreedSpecification) {
	if len(services) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	w := a.columns("service", "part", "aspect", "")
	for _, s := range services {
		part := func(name string, functionality []string, functioning map[string]string) {
			for _, text := range functionality {
				w.AppendRow(table.Row{s.Service, name, "functionality", text})
			}
			for _, aspect := range slices.Sorted(maps.Keys(functioning)) {
				w.AppendRow(table.Row{s.Service, name, aspect, functioning[aspect]})
			}
		}
		part("facility", s.Specification.Facility.Functionality, s.Specification.Facility.Functioning)
		part("support", s.Specification.Support.Functionality, s.Specification.Support.Functioning)
	}
	a.write(w)
}
