package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// registerAgreements adds the register of agreements. It is only read here: workflow 1 writes it.
func (a *API) registerAgreements(to huma.API) {
	get := func(path, id, summary string) huma.Operation { return operation(http.MethodGet, path, id, summary) }
	const agreement = "/agreements/{domain}/{id}"
	huma.Register(to, get("/agreements", "list-agreements", "List agreements, every version"), a.agreements)
	huma.Register(to, get(agreement, "get-agreement", "Show an agreement: versions, history and what it rests on"), a.agreement)
	huma.Register(to, get(agreement+"/difference", "compare-agreement", "Show what changed between two versions"), a.difference)
	huma.Register(to, get("/catalogue", "list-catalogue", "List the requests that are pre-agreed for a person"), a.catalogue)
}

type agreementsInput struct {
	InDomain
	State    string            `query:"state" enum:"draft,agreed,in_force,expired,ended" doc:"of the version"`
	Type     usm.AgreementType `query:"type" enum:"SA,OLA,UC"`
	Customer string            `query:"customer"`
	Service  string            `query:"service"`
}

func (in *agreementsInput) leavesOut(g usm.Agreement) bool {
	return in.State != "" && g.State != in.State || in.Type != "" && g.Type != in.Type ||
		in.Customer != "" && g.Customer != in.Customer || in.Service != "" && !slices.Contains(g.Services, in.Service)
}

type agreementRow struct {
	Domain string `json:"domain"`
	usm.Agreement
}

// agreements lists versions of agreements of the caller's domains.
func (a *API) agreements(ctx context.Context, in *agreementsInput) (*list[agreementRow], error) {
	seen, err := a.domains(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	var all []agreementRow
	for _, domain := range seen {
		agreements, err := a.reader.Agreements(ctx, domain.ID)
		if err != nil {
			return nil, err
		}
		kept := slices.DeleteFunc(agreements, in.leavesOut)
		all = append(all, each(kept, func(g usm.Agreement) agreementRow { return agreementRow{domain.ID, g} })...)
	}
	return cut(all, &in.Paging)
}

// AgreementPath is embedded by every input about one agreement.
type AgreementPath struct {
	Domain string `path:"domain"`
	ID     string `path:"id"`
}

type agreementOutput struct{ Body usm.AgreementView }

func (a *API) agreement(ctx context.Context, in *AgreementPath) (*agreementOutput, error) {
	domain, all, err := a.register(ctx, in)
	if err != nil {
		return nil, err
	}
	history, err := a.reader.AgreementHistory(ctx, in.Domain, in.ID)
	if err != nil {
		return nil, err
	}
	chain := chainOf(all)
	current := chain.current[in.ID]
	return &agreementOutput{Body: usm.AgreementView{
		Domain: in.Domain, ID: in.ID, Current: current,
		Versions: versionsOf(all, in.ID), History: append([]usm.AgreementEvent{}, history...),
		Under:    chain.under(current, map[string]bool{in.ID: true}),
		Above:    chain.above(current, map[string]bool{in.ID: true}),
		Services: specifications(domain, current),
	}}, nil
}

// register returns the domain and all its agreements, when the one that is asked for is among them.
func (a *API) register(ctx context.Context, in *AgreementPath) (usm.Domain, []usm.Agreement, error) {
	seen, err := a.domains(ctx, in.Domain)
	if err != nil {
		return usm.Domain{}, nil, err
	}
	all, err := a.reader.Agreements(ctx, in.Domain)
	if err != nil {
		return usm.Domain{}, nil, err
	}
	if !slices.ContainsFunc(all, func(g usm.Agreement) bool { return g.ID == in.ID }) {
		return usm.Domain{}, nil, usm.Errorf(usm.CodeNotFound, "the domain %s has no agreement %q", in.Domain, in.ID)
	}
	return seen[0], all, nil
}

type differenceInput struct {
	AgreementPath
	From int `query:"from" required:"true" minimum:"1" doc:"version"`
	To   int `query:"to" required:"true" minimum:"1" doc:"version"`
}

type differenceView struct {
	Domain      string               `json:"domain"`
	ID          string               `json:"id"`
	From        int                  `json:"from"`
	To          int                  `json:"to"`
	Differences []domains.Difference `json:"differences" doc:"sorted by path"`
}

type differenceOutput struct{ Body differenceView }

func (a *API) difference(ctx context.Context, in *differenceInput) (*differenceOutput, error) {
	_, all, err := a.register(ctx, &in.AgreementPath)
	if err != nil {
		return nil, err
	}
	wrong := &faults{}
	find := func(parameter string, version int) usm.Agreement {
		i := slices.IndexFunc(all, func(g usm.Agreement) bool { return g.ID == in.ID && g.Version == version })
		if i < 0 {
			wrong.parameterf(parameter, "the agreement %s has no version %d", in.ID, version)
			return usm.Agreement{}
		}
		return all[i]
	}
	from, to := find("from", in.From), find("to", in.To)
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return &differenceOutput{Body: differenceView{
		Domain: in.Domain, ID: in.ID, From: in.From, To: in.To,
		Differences: append([]domains.Difference{}, domains.AgreementDifferences(from, to)...),
	}}, nil
}
