package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// yamlType is the media type of a domain file (RFC 9512).
const yamlType = "application/yaml"

// registerDomains adds configuration as code.
func (a *API) registerDomains(to huma.API) {
	huma.Register(to, operation(http.MethodGet, "/domains", "list-domains", "List the domains the caller belongs to"), a.listDomains)
	get := operation(http.MethodGet, "/domains/{id}", "get-domain", "Show the domain file, as JSON or YAML")
	get.Responses = map[string]*huma.Response{"200": {Description: "the domain file", Content: domainContent(to)}}
	huma.Register(to, get, a.getDomain)
	huma.Register(to, operation(http.MethodGet, "/domains/{id}/directory-changes", "list-directory-changes",
		"List who changed what about the people of a domain, the latest first"), a.directoryChanges)
	domainBody(to, operation(http.MethodPut, "/domains/{id}", "apply-domain", "Apply a domain file"), a.applyDomain)
	domainBody(to, operation(http.MethodPost, "/domains/{id}/plan", "plan-domain", "Show what a file would change"), a.planDomain)
}

func domainContent(to huma.API) map[string]*huma.MediaType {
	schema := to.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[usm.Domain](), true, "Domain")
	return map[string]*huma.MediaType{"application/json": {Schema: schema}, yamlType: {Schema: schema}}
}

// domainBody registers an operation that takes a domain file, in YAML or JSON, and reads it itself: with line and column.
func domainBody[I, O any](to huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(to, op, handle)
	item := to.OpenAPI().Paths[op.Path]
	for _, documented := range []*huma.Operation{item.Put, item.Post} {
		if documented != nil {
			documented.RequestBody.Content = domainContent(to)
			documented.RequestBody.Required = false // an empty file gets the same answer as any other that is no domain
		}
	}
}

// domainSummary is a domain in the list of domains.
type domainSummary struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Version  int    `json:"version"`
	TimeZone string `json:"time_zone"`
}

func (a *API) listDomains(ctx context.Context, in *Paging) (*list[domainSummary], error) {
	seen, err := a.domains(ctx, "")
	if err != nil {
		return nil, err
	}
	return cut(each(seen, func(d usm.Domain) domainSummary {
		return domainSummary{ID: d.ID, Name: d.Name, Version: d.Version, TimeZone: d.TimeZone}
	}), in)
}

type getDomainInput struct {
	ID          string `path:"id"`
	Version     int    `query:"version" minimum:"0" doc:"0 or absent: the current version"`
	Lean        bool   `query:"lean" doc:"without people, agreements and components, which have lists of their own"`
	Accept      string `header:"Accept" doc:"application/yaml or application/json"`
	IfNoneMatch string `header:"If-None-Match"`
}

type rawOutput struct {
	Tagged
	Status      int
	ContentType string `header:"Content-Type"`
	Vary        string `header:"Vary"`
	Body        []byte
}

// getDomain writes a domain as a file would hold it. Everybody who belongs to the domain may read it.
func (a *API) getDomain(ctx context.Context, in *getDomainInput) (*rawOutput, error) {
	if _, err := a.domains(ctx, in.ID); err != nil {
		return nil, err
	}
	read := a.reader.Domain
	if in.Lean {
		read = a.reader.Configuration
	}
	domain, err := read(ctx, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	if in.Lean {
		domain.People = nil
	}
	out := &rawOutput{Tagged: tagged(domain.Version), Status: http.StatusOK, Vary: "Accept"}
	if strings.Contains(in.Accept, "yaml") {
		out.ContentType = yamlType
		out.Body, err = domains.Marshal(domain)
		return out, err
	}
	out.ContentType = "application/json"
	out.Body, err = json.Marshal(domain)
	return out, err
}

type domainInput struct {
	ID      string `path:"id"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	IfMatch string `header:"If-Match" doc:"412 unless the domain still has this version"`
	RawBody []byte `contentType:"*/*"`
}

type applyOutput struct {
	Tagged
	Body usm.DomainResult
}

// applyDomain makes the file the current version, through the engine: the gateway writes no domain itself.
func (a *API) applyDomain(ctx context.Context, in *domainInput) (*applyOutput, error) {
	now, wanted, err := a.domainChange(ctx, in)
	if err != nil {
		return nil, err
	}
	if in.IfMatch != "" && !matches(in.IfMatch, etag(now.Version)) {
		return nil, usm.Errorf(usm.CodePrecondition, "the domain %s has changed: its version is %d now", in.ID, now.Version)
	}
	who := caller(ctx).Token
	by := who.Person
	if by == "" {
		by = who.Name
	}
	result, err := a.desk.ApplyDomain(ctx, wanted, by)
	if err != nil {
		return nil, err
	}
	return &applyOutput{Tagged: tagged(result.Version), Body: result}, nil
}

// planView is what applying a file would do.
type planView struct {
	Version    int      `json:"version" doc:"the version that would result"`
	Changed    bool     `json:"changed"`
	Changes    []string `json:"changes" doc:"one line for each difference"`
	NotApplied []string `json:"not_applied" doc:"components and agreements that only a change or a wish may alter"`

	Differences []domains.Difference `json:"differences" doc:"all of them with what stands before and after; of those that are not applied the action is kept"`
}

type planOutput struct{ Body planView }

func (a *API) planDomain(ctx context.Context, in *domainInput) (*planOutput, error) {
	now, wanted, err := a.domainChange(ctx, in)
	if err != nil {
		return nil, err
	}
	return &planOutput{Body: planOf(now, wanted)}, nil
}

// domainChange reads the file and the domain as it is now (zero when there is none).
func (a *API) domainChange(ctx context.Context, in *domainInput) (now, wanted usm.Domain, err error) {
	wanted, err = readDomain(in.ID, bytes.Clone(in.RawBody))
	if err != nil {
		return now, wanted, err
	}
	if wanted.ID != in.ID {
		return now, wanted, usm.Invalid("/id", "is %q, but the address says %q", wanted.ID, in.ID)
	}
	now, err = a.reader.Domain(ctx, in.ID, 0)
	if usm.CodeOf(err) == usm.CodeNotFound {
		return usm.Domain{}, wanted, nil
	}
	return now, wanted, err
}
