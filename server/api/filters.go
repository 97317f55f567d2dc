package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerFilters adds what people narrow the registers by and keep under a name, each his own, and the count of risks.
func (a *API) registerFilters(to huma.API) {
	huma.Register(to, operation(http.MethodGet, "/filters", "list-filters", "List the filters that the caller keeps"), a.filters)
	made := operation(http.MethodPost, "/filters", "save-filter", "Keep a filter, in place of one of the same name")
	made.DefaultStatus = http.StatusCreated
	huma.Register(to, made, a.saveFilter)
	huma.Register(to, operation(http.MethodDelete, "/filters/{id}", "delete-filter", "Forget a filter"), a.deleteFilter)
	huma.Register(to, operation(http.MethodGet, "/risks", "count-risks", "Count open risks by effect and likelihood"), a.countRisks)
}

type filtersInput struct {
	Register usm.CallType `query:"register" enum:"wish,change_request,incident,service_request,risk" doc:"type of its calls"`
}

type filtersOutput struct{ Body []usm.SavedFilter }

// filters are those of the caller; a token without a person keeps none.
func (a *API) filters(ctx context.Context, in *filtersInput) (*filtersOutput, error) {
	found, err := a.reader.Filters(ctx, caller(ctx).Token.Person, in.Register)
	if err != nil {
		return nil, err
	}
	return &filtersOutput{Body: append([]usm.SavedFilter{}, found...)}, nil
}

type saveFilterInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer again"`
	Body struct {
		Register usm.CallType `json:"register" enum:"wish,change_request,incident,service_request,risk" doc:"type of its calls"`
		Name     string       `json:"name" minLength:"1" maxLength:"80"`
		Query    string       `json:"query" maxLength:"2000" doc:"as the address of the page has it"`
	}
}

type filterOutput struct{ Body usm.SavedFilter }

func (a *API) saveFilter(ctx context.Context, in *saveFilterInput) (*filterOutput, error) {
	filter := usm.SavedFilter{Register: in.Body.Register, Name: in.Body.Name, Query: in.Body.Query}
	saved, err := a.intake.SaveFilter(ctx, caller(ctx).Token.Person, filter)
	if err != nil {
		return nil, err
	}
	return &filterOutput{Body: saved}, nil
}

type filterInput struct {
	ID int64 `path:"id" minimum:"1" doc:"number of the filter"`
}

func (a *API) deleteFilter(ctx context.Context, in *filterInput) (*struct{}, error) {
	return nil, a.intake.DeleteFilter(ctx, caller(ctx).Token.Person, in.ID)
}

type risksInput struct {
	Domain  string `query:"domain"`
	Service string `query:"service"`
}

type risksOutput struct{ Body []usm.RiskCount }

// countRisks counts those that the caller may see.
func (a *API) countRisks(ctx context.Context, in *risksInput) (*risksOutput, error) {
	counts, err := a.reader.CountRisks(ctx, usm.RiskFilter{Domain: in.Domain, Service: in.Service, Visible: sight(ctx)})
	if err != nil {
		return nil, err
	}
	return &risksOutput{Body: append([]usm.RiskCount{}, counts...)}, nil
}
