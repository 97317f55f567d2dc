package api

import (
	"context"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Search is embedded by the input of the lists that are looked through by words.
type Search struct {
	InDomain
	Q string `query:"q" maxLength:"200" doc:"words to look for"`
}

type componentsInput struct {
	Search
	Type  string   `query:"type" doc:"of the component"`
	Owner string   `query:"owner" doc:"person, team or customer"`
	IDs   []string `query:"id,explode" maxItems:"200" doc:"these components only"`
}

func (a *API) components(ctx context.Context, in *componentsInput) (*list[componentRow], error) {
	return pageThrough(ctx, a, &in.Search, func(domain string, page usm.Page) ([]componentRow, string, error) {
		found, cursor, err := a.reader.Components(ctx, usm.ComponentFilter{
			Domain: domain, Type: in.Type, Owner: in.Owner, Q: in.Q, IDs: in.IDs, Page: page,
		})
		return each(found, func(c usm.Component) componentRow { return componentRow{domain, c} }), cursor, err
	})
}

func (a *API) solutions(ctx context.Context, in *Search) (*list[solutionRow], error) {
	return pageThrough(ctx, a, in, func(domain string, page usm.Page) ([]solutionRow, string, error) {
		found, cursor, err := a.reader.Solutions(ctx, domain, in.Q, page)
		return each(found, func(s usm.Solution) solutionRow { return solutionRow{domain, s} }), cursor, err
	})
}

// pageThrough fills a page from one domain after the other. Its cursor is "domain/cursor within it".
func pageThrough[R any](
	ctx context.Context, a *API, in *Search, read func(domain string, page usm.Page) ([]R, string, error),
) (*list[R], error) {
	seen, err := a.domains(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	from, inner, _ := strings.Cut(in.Cursor, "/")
	var all []R
	for _, domain := range seen {
		if domain.ID != from && from != "" {
			continue // an earlier page has it
		}
		from = ""
		if len(all) == in.Limit {
			return listOf(all, in.next(domain.ID+"/")), nil
		}
		found, cursor, err := read(domain.ID, usm.Page{Limit: in.Limit - len(all), Cursor: inner})
		if err != nil {
			return nil, err
		}
		all, inner = append(all, found...), ""
		if cursor != "" {
			return listOf(all, in.next(domain.ID+"/"+cursor)), nil
		}
	}
	return listOf(all, ""), nil
}

type componentInput struct {
	Domain string `path:"domain"`
	ID     string `path:"id"`
}

// componentView is a component with what it was before.
type componentView struct {
	Domain string `json:"domain"`
	usm.Component
	History []usm.ComponentVersion `json:"history" doc:"every version, newest first"`
}

type componentOutput struct {
	Tagged
	Body componentView
}

func (a *API) component(ctx context.Context, in *componentInput) (*componentOutput, error) {
	if _, err := a.domains(ctx, in.Domain); err != nil {
		return nil, err
	}
	component, history, err := a.reader.Component(ctx, in.Domain, in.ID)
	if err != nil {
		return nil, err
	}
	return &componentOutput{
		Tagged: tagged(component.Version),
		Body:   componentView{Domain: in.Domain, Component: component, History: append([]usm.ComponentVersion{}, history...)},
	}, nil
}

type impactOutput struct{ Body usm.Impact }

func (a *API) impact(ctx context.Context, in *componentInput) (*impactOutput, error) {
	if _, err := a.domains(ctx, in.Domain); err != nil {
		return nil, err
	}
	impact, err := a.reader.Impact(ctx, in.Domain, in.ID)
	if err != nil {
		return nil, err
	}
	impact.Nodes, impact.Arrows = append([]usm.ImpactNode{}, impact.Nodes...), append([]usm.Arrow{}, impact.Arrows...)
	return &impactOutput{Body: impact}, nil
}
