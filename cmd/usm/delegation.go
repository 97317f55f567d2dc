package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// delegationCommand groups who stands in for whom.
func (a *app) delegationCommand() *cobra.Command {
	return group("delegation", "Who stands in for whom, and when",
		a.delegationListCommand(), a.delegationAddCommand(), a.delegationRevokeCommand())
}

func (a *app) delegationListCommand() *cobra.Command {
	var filter usm.DelegationFilter
	cmd := a.api(&cobra.Command{
		Use:   "list",
		Short: "List delegations, the latest first",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			found, next, err := s.Delegations(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return a.print(found, func() {
				a.delegations(found)
				a.more(next)
			})
		},
	})
	cmd.Flags().StringVar(&filter.Domain, "domain", "", "of this domain only")
	cmd.Flags().StringVar(&filter.Person, "person", "", "for or by this person only")
	pageFlags(cmd, &filter.Page)
	return cmd
}

func (a *app) delegations(found []usm.Delegation) {
	if len(found) == 0 {
		fmt.Fprintln(a.out, "no delegations")
		return
	}
	w := a.columns("no", "domain", "who", "from", "until", "only", "reason")
	for _, d := range found {
		until := clock(&d.Until)
		if d.RevokedAt != nil {
			until = clock(d.RevokedAt) + " (revoked)"
		}
		w.AppendRow(table.Row{d.ID, d.Domain, d.To + " for " + d.Person, clock(&d.From), until, narrowed(d), cut(d.Reason, 40)})
	}
	a.write(w)
}

// narrowed says where a delegation holds, "" everywhere.
func narrowed(d usm.Delegation) string {
	var parts []string
	for _, part := range []string{string(d.Process), d.Service, d.When} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if d.Amount > 0 {
		parts = append(parts, "up to "+strconv.FormatFloat(d.Amount, 'f', -1, 64))
	}
	return strings.Join(parts, ", ")
}

func (a *app) delegationAddCommand() *cobra.Command {
	var d usm.Delegation
	var from, until, key string
	cmd := a.api(&cobra.Command{
		Use:     "add --domain ID --to PERSON --until TIME",
		Short:   "Let somebody act for you; as a coordinator, also for another --person",
		Example: "  usm delegation add --domain it --to bilal --until 2026-12-24 --reason leave --as anna",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if d.Domain == "" || d.To == "" || until == "" {
				return usagef("usage: %s", cmd.UseLine())
			}
			if d.From, err = moment("--from", from); err == nil {
				d.Until, err = moment("--until", until)
			}
			if err != nil {
				return err
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			made, err := s.Delegate(cmd.Context(), d, client.WithKey(key))
			if err != nil {
				return err
			}
			return a.print(made, func() { a.delegations([]usm.Delegation{made}) })
		},
	})
	flags := cmd.Flags()
	flags.StringVar(&d.Domain, "domain", "", "id of the domain")
	flags.StringVar(&d.Person, "person", "", "who is stood in for (default: you)")
	flags.StringVar(&d.To, "to", "", "who stands in")
	flags.StringVar(&from, "from", "", "first moment: a date or an instant (default: now)")
	flags.StringVar(&until, "until", "", "its end, not included: a date or an instant")
	flags.StringVar((*string)(&d.Process), "process", "", "in this process only")
	flags.StringVar(&d.Service, "service", "", "about this service only")
	flags.Float64Var(&d.Amount, "amount", 0, "up to this amount only")
	flags.StringVar(&d.When, "when", "", "only where this holds (CEL)")
	flags.StringVar(&d.Reason, "reason", "", "why, for the record")
	flags.StringVar(&key, "key", "", "idempotency key: the same key makes it once")
	return cmd
}

// moment reads an instant, or a date as its first instant here; "" is the zero time.
func moment(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, value, time.Local); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return at, usagef("%s: %q is neither a date (2026-12-24) nor an instant (2026-12-24T09:00:00Z)", flag, value)
	}
	return at, nil
}

func (a *app) delegationRevokeCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "revoke NO",
		Short: "End a delegation now",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usagef("%q is no number of a delegation", args[0])
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			ended, err := s.RevokeDelegation(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.print(ended, func() { a.delegations([]usm.Delegation{ended}) })
		},
	})
}
