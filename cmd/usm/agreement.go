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
