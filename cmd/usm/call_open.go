package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// input is what the commands that send fields have in common.
type input struct {
	pairs []string
	raw   string
	key   string
}

func (in *input) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&in.pairs, "field", nil, "name=value, once for each field; the value is JSON or text")
	cmd.Flags().StringVar(&in.raw, "fields", "", "all fields as JSON, or @FILE, or - for standard input")
	in.keyFlag(cmd)
}

func (in *input) keyFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&in.key, "key", "", "Idempotency-Key: the same command with the same key is carried out once")
}

func (in *input) options() []client.Option { return []client.Option{client.WithKey(in.key)} }

// fields joins --fields and --field; nil when neither was given.
func (a *app) fields(in *input) (map[string]any, error) {
	var fields map[string]any
	if in.raw != "" {
		raw, err := a.content(in.raw)
		if err != nil {
			return nil, err
		}
		if err = json.Unmarshal(raw, &fields); err != nil {
			return nil, usagef("--fields: %v", err)
		}
	}
	for _, pair := range in.pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, usagef("--field %q is not of the form name=value", pair)
		}
		if fields == nil {
			fields = map[string]any{}
		}
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		fields[name] = value
	}
	return fields, nil
}

func (a *app) openCommand() *cobra.Command {
	var call usm.NewCall
	in := &input{}
	cmd := a.api(&cobra.Command{
		Use:   "open --domain ID --subject TEXT",
		Short: "Open a call; without --type the rules of USM decide what it is",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if call.Domain == "" || call.Subject == "" {
				return usagef("usage: %s", cmd.UseLine())
			}
			if call.Fields, err = a.fields(in); err != nil {
				return err
			}
			if call.Description == "" {
				call.Description = call.Subject
			}
			view, err := a.open(cmd.Context(), call, in.options())
			if err != nil {
				return err
			}
			did := "registered as " + string(view.Type) + ": " + view.Typing.Reason
			return a.moved(view, did)
		},
	})
	flags := cmd.Flags()
	flags.StringVar(&call.Domain, "domain", "", "domain (department) that is asked")
	flags.StringVar(&call.Subject, "subject", "", "what it is about, in a line")
	flags.StringVar(&call.Description, "description", "", "everything else (default: the subject)")
	flags.StringVar(&call.Requester, "requester", "", "person who asks (default: whoever gives the command)")
	flags.StringVar((*string)(&call.Type), "type", "", "wish, change_request, incident, service_request or risk")
	flags.StringVar(&call.Service, "service", "", "service concerned")
	flags.StringSliceVar(&call.Components, "component", nil, "component concerned")
	flags.StringVar((*string)(&call.Impact), "impact", "", "high, medium, low or nil")
	flags.StringVar((*string)(&call.Urgency), "urgency", "", "high, medium or low")
	flags.StringVar(&call.Parent, "parent", "", "call that this one comes from")
	in.flags(cmd)
	return cmd
}

// open opens a call as the one who asks, or as whoever gives the command when that is somebody else.
func (a *app) open(ctx context.Context, call usm.NewCall, options []client.Option) (usm.CallView, error) {
	s, err := a.session()
	if err != nil {
		return usm.CallView{}, err
	}
	by := s.Client
	switch {
	case s.chosen() && call.Requester == "":
		me, err := s.Me(ctx)
		if err != nil {
			return usm.CallView{}, err
		}
		call.Requester = me.Person
	case !s.chosen() && call.Requester == "":
		if call.Requester, err = s.asker(ctx, call.Domain); err != nil {
			return usm.CallView{}, err
		}
		fallthrough
	case !s.chosen():
		if token, known := s.tokens[call.Requester]; known {
			by = s.As(token)
		}
	}
	return by.Open(ctx, call, options...)
}

// asker chooses who asks in dev when nobody was named: the first person whom a customer authorises and who only asks.
func (s *session) asker(ctx context.Context, domain string) (string, error) {
	d, err := s.Domain(ctx, domain)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(d.People, func(p usm.Person) bool {
		return p.Customer != "" && len(p.Profiles) == 0 && !p.Inactive && s.tokens[p.ID] != ""
	})
	if i < 0 {
		return "", usagef("domain %s has nobody who only asks: name one with --requester", domain)
	}
	return d.People[i].ID, nil
}
