package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/usm"
)

// applyDomains applies the example domains that are absent; what was made of the others stays.
func (d *dev) applyDomains(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, devStart)
	defer cancel()
	to := desk.New(d.engine.client, desk.Options{TaskQueue: d.settings.get("task-queue")})
	group, ctx := errgroup.WithContext(ctx)
	ids := slices.Sorted(maps.Keys(domains.Builtin()))
	for _, id := range ids {
		group.Go(func() error { return d.applyAbsent(ctx, to, id) })
	}
	return join(ids), group.Wait()
}

func (d *dev) applyAbsent(ctx context.Context, to *desk.Desk, id string) error {
	if _, err := d.store.Domain(ctx, id, 0); usm.CodeOf(err) != usm.CodeNotFound {
		return err
	}
	domain, err := domains.Parse(id+".yaml", domains.Builtin()[id])
	if err != nil {
		return err
	}
	// The worker may not listen yet.
	return until(ctx, func() (bool, error) {
		_, err := to.ApplyDomain(ctx, domain, "usm dev")
		if usm.CodeOf(err) == usm.CodeUnavailable {
			return false, nil
		}
		return err == nil, err
	})
}

// issueTokens writes a token for everybody, and one for the administrator, to tokens.json. Those that are there and still
// good are kept.
func (d *dev) issueTokens(ctx context.Context) (string, error) {
	tokens, err := readTokens(d.dir)
	if err != nil {
		return "", err
	}
	all, err := d.store.Domains(ctx)
	if err != nil {
		return "", err
	}
	wanted := map[string]usm.Token{adminToken: {Name: adminToken, Admin: true}}
	for _, domain := range all {
		for _, person := range domain.People {
			if !person.Inactive {
				wanted[person.ID] = usm.Token{Person: person.ID, Name: "usm dev"}
			}
		}
	}
	for name, token := range wanted {
		if _, err := d.store.Caller(ctx, tokens[name]); err == nil {
			continue
		} else if usm.CodeOf(err) != usm.CodeUnauthenticated {
			return "", err
		}
		if tokens[name], err = d.store.IssueToken(ctx, token); err != nil {
			return "", fmt.Errorf("token of %s: %w", name, err)
		}
	}
	raw, err := json.MarshalIndent(tokens, "", "  ")
	if err != nil {
		return "", err
	}
	err = errors.Join(
		writePrivate(filepath.Join(d.dir, tokensFile), append(raw, '\n')),
		writePrivate(filepath.Join(d.dir, urlFile), []byte(d.publicURL()+"\n")),
	)
	return fmt.Sprintf("%d tokens", len(tokens)), err
}
