package main

import (
	"cmp"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// peopleFile is where `usm dev` tells its provider who can sign in.
const peopleFile = "people.json"

// account is a person as the provider wants to know him; see devstack.NeighboursOptions.
type account struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Email string   `json:"email"`
	Holds []string `json:"holds"`
}

// accounts are the people who are active in some domain, by id, with what they do in each.
func accounts(domains []usm.Domain) []account {
	known := map[string]*account{}
	for _, domain := range domains {
		for _, person := range domain.People {
			if person.Inactive {
				continue
			}
			a := known[person.ID]
			if a == nil {
				a = &account{ID: person.ID, Name: person.Name}
				known[person.ID] = a
			}
			a.Email = cmp.Or(a.Email, person.Email)
			a.Holds = append(a.Holds, domain.Name+": "+cmp.Or(strings.Join(names(domain, person.Profiles), ", "), "asks"))
		}
	}
	all := make([]account, 0, len(known))
	for _, a := range known {
		all = append(all, *a)
	}
	slices.SortFunc(all, func(a, b account) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// names are those of profiles of a domain.
func names(domain usm.Domain, profiles []string) []string {
	var all []string
	for _, profile := range domain.Profiles {
		if slices.Contains(profiles, profile.ID) {
			all = append(all, profile.Name)
		}
	}
	return all
}

// writePeople tells the provider who can sign in. It is done whenever somebody begins to, so that whoever has come since
// is there and whoever has left is not.
func (d *dev) writePeople(ctx context.Context) error {
	domains, err := d.store.Domains(ctx)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(accounts(domains), "", "  ")
	if err != nil {
		return err
	}
	d.people.Lock()
	defer d.people.Unlock()
	return writePrivate(filepath.Join(d.dir, peopleFile), append(content, '\n'))
}

// announced is a provider that is told of each sign-in before it begins.
type announced struct {
	server.Provider
	begins func(context.Context) error
}

// Begin is that of the provider.
func (p announced) Begin(ctx context.Context, in usm.SignIn) (address string, err error) {
	if err = p.begins(ctx); err != nil {
		return "", err
	}
	return p.Provider.Begin(ctx, in)
}
