package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

type catalogueInput struct {
	InDomain
	For string `query:"for" doc:"a person, for who holds a profile in the domain; without it the caller"`
}

// catalogue lists the items that are pre-agreed for a person; none for a token without one.
func (a *API) catalogue(ctx context.Context, in *catalogueInput) (*list[usm.CoveredItem], error) {
	seen, err := a.domains(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	person := caller(ctx).Token.Person
	if in.For != "" {
		person = in.For
		if seen, err = lookedInto(caller(ctx), seen, person); err != nil {
			return nil, err
		}
	}
	var all []usm.CoveredItem
	for _, domain := range seen {
		agreed, err := a.agreedIn(ctx, domain, person)
		if err != nil {
			return nil, err
		}
		for _, item := range domain.Catalogue {
			if coverage, ok := agreed.covers(item, usm.NewCall{Requester: person}); ok {
				all = append(all, usm.CoveredItem{Domain: domain.ID, Item: item, Coverage: coverage})
			}
		}
	}
	return cut(all, &in.Paging)
}

// lookedInto leaves the domains in which the caller may ask what is agreed for the person.
func lookedInto(who usm.Caller, seen []usm.Domain, person string) ([]usm.Domain, error) {
	seen = slices.DeleteFunc(seen, func(d usm.Domain) bool { return access.DecideFor(who, access.SeeAgreed, d.ID, person) != nil })
	if len(seen) == 0 {
		return nil, usm.Errorf(usm.CodeForbidden, "only who holds a profile in a domain sees what is agreed for others")
	}
	return seen, nil
}

// agreed is what a domain has agreed with its customers, and which of its components a person uses.
type agreed struct {
	domain   usm.Domain
	versions []usm.Agreement // in force, by id
	uses     []string        // ids of components
}

// agreedIn reads the agreements of a domain that count today for a person. One whose last day is over may not be marked so yet.
func (a *API) agreedIn(ctx context.Context, domain usm.Domain, person string) (agreed, error) {
	versions, err := a.reader.Agreements(ctx, domain.ID)
	if err != nil {
		return agreed{}, err
	}
	zone, err := time.LoadLocation(domain.TimeZone)
	if err != nil {
		return agreed{}, fmt.Errorf("domain %s: %w", domain.ID, err)
	}
	today := time.Now().In(zone).Format(time.DateOnly)
	versions = slices.DeleteFunc(versions, func(g usm.Agreement) bool {
		return g.State != usm.AgreementInForce || (g.ValidUntil != "" && g.ValidUntil < today)
	})
	slices.SortStableFunc(versions, func(a, b usm.Agreement) int { return strings.Compare(a.ID, b.ID) })
	used := usm.ComponentFilter{Domain: domain.ID, User: person, Page: usm.Page{Limit: 200}}
	if person == "" {
		return agreed{domain: domain, versions: versions}, nil
	}
	var uses []string
	for {
		components, cursor, err := a.reader.Components(ctx, used)
		if err != nil {
			return agreed{}, err
		}
		uses = append(uses, each(components, func(c usm.Component) string { return c.ID })...)
		if used.Cursor = cursor; cursor == "" {
			return agreed{domain, versions, uses}, nil
		}
	}
}

// covers returns the first agreement that covers the requester for the item and has agreed it in advance.
func (g agreed) covers(item usm.Item, request usm.NewCall) (usm.Coverage, bool) {
	i := slices.IndexFunc(g.domain.People, func(p usm.Person) bool { return p.ID == request.Requester && !p.Inactive })
	if i < 0 {
		return usm.Coverage{}, false
	}
	uses := slices.Concat(request.Components, g.uses)
	for _, version := range g.versions {
		clause, ok := version.Covers(g.domain.People[i], item.Service, uses)
		if ok && (len(version.Requests) == 0 || slices.Contains(version.Requests, item.ID)) {
			return version.CoveredBy(clause, item.Service), true
		}
	}
	return usm.Coverage{}, false
}
