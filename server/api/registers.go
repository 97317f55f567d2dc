package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

// registerRegisters adds the registers beside the calls. Each list takes ?domain= and shows the caller's domains only.
func (a *API) registerRegisters(to huma.API) {
	get := func(path, id, summary string) huma.Operation { return operation(http.MethodGet, path, id, summary) }
	huma.Register(to, get("/me", "get-me", "Who am I, with which profiles"), a.me)
	huma.Register(to, get("/services", "list-services", "List services"), a.services)
	huma.Register(to, get("/people", "list-people", "List people and the profiles they hold"), a.people)
	huma.Register(to, get("/profiles", "list-profiles", "List profiles"), a.profiles)
	huma.Register(to, get("/solutions", "list-solutions", "List known solutions and workarounds"), a.solutions)
	huma.Register(to, get("/components", "list-components", "List components of the managed infrastructure"), a.components)
	huma.Register(to, get("/components/{domain}/{id}", "get-component", "Show a component and its history"), a.component)
	huma.Register(to, get("/components/{domain}/{id}/impact", "get-impact", "Show what a component rests on and what rests on it"), a.impact)
}

// InDomain is embedded by the input of the lists that belong to domains.
type InDomain struct {
	Paging
	Domain string `query:"domain" doc:"id of a domain; without it all domains of the caller"`
}

// domains returns the domains the caller belongs to (administrators: all), or the one that is asked for.
func (a *API) domains(ctx context.Context, only string) ([]usm.Domain, error) {
	who := caller(ctx)
	if only != "" {
		domain, err := a.reader.Configuration(ctx, only, 0)
		if usm.CodeOf(err) == usm.CodeNotFound || access.Decide(who, access.SeeDomain, only) != nil {
			err = usm.Errorf(usm.CodeNotFound, "there is no domain %q", only)
		}
		return []usm.Domain{domain}, err
	}
	all, err := a.reader.Domains(ctx)
	return slices.DeleteFunc(all, func(d usm.Domain) bool { return access.Decide(who, access.SeeDomain, d.ID) != nil }), err
}

// rows lists what each of the caller's domains has, in the order of the domain files.
func rows[T any](ctx context.Context, a *API, in *InDomain, of func(usm.Domain) []T) (*list[T], error) {
	seen, err := a.domains(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	var all []T
	for _, domain := range seen {
		all = append(all, of(domain)...)
	}
	return cut(all, &in.Paging)
}

// The rows of these registers say which domain they belong to.
type (
	serviceRow struct {
		Domain string `json:"domain"`
		usm.Service
	}
	personRow struct {
		Domain string `json:"domain"`
		usm.Person
	}
	profileRow struct {
		Domain string `json:"domain"`
		usm.Profile
	}
	componentRow struct {
		Domain string `json:"domain"`
		usm.Component
	}
	solutionRow struct {
		Domain string `json:"domain"`
		usm.Solution
	}
)

// each makes the rows of a domain.
func each[T, R any](items []T, row func(T) R) []R {
	made := make([]R, len(items))
	for i, item := range items {
		made[i] = row(item)
	}
	return made
}

func (a *API) services(ctx context.Context, in *InDomain) (*list[serviceRow], error) {
	return rows(ctx, a, in, func(d usm.Domain) []serviceRow {
		return each(d.Services, func(s usm.Service) serviceRow { return serviceRow{d.ID, s} })
	})
}

type peopleInput struct {
	InDomain
	Q   string   `query:"q" maxLength:"200" doc:"part of the id or the name"`
	IDs []string `query:"id,explode" maxItems:"200" doc:"these people only"`
}

func (in *peopleInput) leavesOut(p usm.Person) bool {
	q := strings.ToLower(strings.TrimSpace(in.Q))
	return len(in.IDs) > 0 && !slices.Contains(in.IDs, p.ID) || !strings.Contains(strings.ToLower(p.ID+"\n"+p.Name), q)
}

func (a *API) people(ctx context.Context, in *peopleInput) (*list[personRow], error) {
	return rows(ctx, a, &in.InDomain, func(d usm.Domain) []personRow {
		return each(slices.DeleteFunc(slices.Clone(d.People), in.leavesOut), func(p usm.Person) personRow { return personRow{d.ID, p} })
	})
}

func (a *API) profiles(ctx context.Context, in *InDomain) (*list[profileRow], error) {
	return rows(ctx, a, in, func(d usm.Domain) []profileRow {
		return each(d.Profiles, func(p usm.Profile) profileRow { return profileRow{d.ID, p} })
	})
}
