package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

// databaseFile is where `usm dev` leaves the address of its own Postgres, for `usm token`.
const databaseFile = "database"

func (a *app) tokenCommand() *cobra.Command {
	return group("token", "Issue, list and revoke bearer tokens, in the database itself",
		a.tokenIssueCommand(), a.tokenListCommand(), a.tokenRevokeCommand())
}

// withTokens opens the database for one command: the one that is configured, else that of a running `usm dev`.
func (a *app) withTokens(ctx context.Context, do func(*store.Store) error) error {
	address := a.settings.get("database-url")
	if left, err := os.ReadFile(filepath.Join(a.devFolder(), databaseFile)); err == nil && address == "" {
		address = strings.TrimSpace(string(left))
	}
	if address == "" {
		return usagef("USM_DATABASE_URL is needed, or a folder with a running `usm dev`")
	}
	s, err := a.openStore(ctx, address, nil)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the process ends
	return do(s)
}

func (a *app) tokenIssueCommand() *cobra.Command {
	var token usm.Token
	var valid time.Duration
	cmd := &cobra.Command{
		Use:   "issue [PERSON]",
		Short: "Issue a token; it is shown this once. Without a person it stands for a machine",
		Args:  arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				token.Person = args[0]
			}
			if token.Person == "" && token.Name == "" {
				return usagef("a token that stands for no person needs a --name")
			}
			if err := access.CheckScopes(token.Scopes); err != nil {
				return usagef("--scope: %s", err)
			}
			if valid > 0 {
				ends := time.Now().Add(valid)
				token.ExpiresAt = &ends
			}
			return a.withTokens(cmd.Context(), func(s *store.Store) error {
				secret, err := s.IssueToken(cmd.Context(), token)
				if err != nil {
					return err
				}
				return a.print(map[string]string{"token": secret}, func() { fmt.Fprintln(a.out, secret) })
			})
		},
	}
	useSettings(cmd, "data", "database-url")
	cmd.Flags().StringVar(&token.Name, "name", "", "what the token is for")
	cmd.Flags().BoolVar(&token.Admin, "admin", false, "may apply domains and see everything; performs no steps")
	cmd.Flags().StringSliceVar(&token.Scopes, "scope", nil, "may do no more than this; repeatable (default: all that its holder may)")
	cmd.Flags().DurationVar(&valid, "valid", 0, "how long it is good, e.g. 720h (default: until it is revoked)")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	return cmd
}

func (a *app) tokenListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List tokens, the latest first, without their secrets",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withTokens(cmd.Context(), func(s *store.Store) error {
				tokens := []usm.Token{}
				for part := (usm.TokenFilter{Page: usm.Page{Limit: 200}}); ; {
					rows, next, err := s.Tokens(cmd.Context(), part)
					if err != nil {
						return err
					}
					if tokens = append(tokens, rows...); next == "" {
						break
					}
					part.Cursor = next
				}
				return a.print(tokens, func() {
					w := a.columns("id", "person", "name", "admin", "scopes", "session", "created", "expires", "revoked")
					for _, t := range tokens {
						w.AppendRow(table.Row{
							t.ID, t.Person, t.Name, t.Admin, scopesOf(t), lasts(t), clock(&t.CreatedAt), clock(t.ExpiresAt), clock(t.RevokedAt),
						})
					}
					a.write(w)
				})
			})
		},
	}
	useSettings(cmd, "data", "database-url")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	return cmd
}

// scopesOf tells a token without scopes from one that is narrowed to none.
func scopesOf(t usm.Token) string {
	if t.Scopes == nil {
		return "all"
	}
	return strings.Join(t.Scopes, " ")
}

// lasts says of a session until when it is good unless it is used; "" of other tokens.
func lasts(t usm.Token) string {
	if !t.Session {
		return ""
	}
	return "until " + clock(t.IdleUntil)
}

func (a *app) tokenRevokeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "Revoke a token: it is no longer good from now on",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTokens(cmd.Context(), func(s *store.Store) error {
				_, err := s.RevokeToken(cmd.Context(), args[0])
				return err
			})
		},
	}
	useSettings(cmd, "data", "database-url")
	return cmd
}
