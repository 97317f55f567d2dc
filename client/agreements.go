package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// AgreementFilter narrows a list of agreements. Zero values do not narrow.
type AgreementFilter struct {
	Domain   string
	State    string // of the version
	Type     usm.AgreementType
	Customer string
	Service  string
	usm.Page
}

// Agreement is a version of an agreement in a list, with its domain.
type Agreement struct {
	Domain string `json:"domain"`
	usm.Agreement
}

// AgreementDifference is what changed between two versions of an agreement.
type AgreementDifference struct {
	Domain      string       `json:"domain"`
	ID          string       `json:"id"`
	From        int          `json:"from"`
	To          int          `json:"to"`
	Differences []Difference `json:"differences"`
}

// Difference is one place in which two versions differ, e.g. "norms[incident/critical].handling". Before is nil when the
// action is "add", After when it is "remove".
type Difference struct {
	Path   string `json:"path"`
	Action string `json:"action"` // add, change or remove; in a plan also kept
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}

// Agreements returns a page of the versions of agreements the caller may see, and the cursor of the next page.
func (c *Client) Agreements(ctx context.Context, filter AgreementFilter) (agreements []Agreement, next string, err error) {
	query := pageQuery(filter.Page)
	for name, value := range map[string]string{
		"domain": filter.Domain, "state": filter.State, "type": string(filter.Type), "customer": filter.Customer,
		"service": filter.Service,
	} {
		setIf(query, name, value)
	}
	return list[Agreement](ctx, c, "/agreements", query)
}

// Agreement returns an agreement with all its versions, its history and the chain it stands in.
func (c *Client) Agreement(ctx context.Context, domain, id string) (usm.AgreementView, error) {
	var view usm.AgreementView
	err := c.do(ctx, http.MethodGet, agreementPath(domain, id), nil, &view)
	return view, err
}

// AgreementDifference returns what changed from one version of an agreement to another.
func (c *Client) AgreementDifference(ctx context.Context, domain, id string, from, to int) (AgreementDifference, error) {
	var difference AgreementDifference
	query := url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}}
	err := c.do(ctx, http.MethodGet, agreementPath(domain, id)+"/difference?"+query.Encode(), nil, &difference)
	return difference, err
}

// Catalogue returns a page of the requests that are pre-agreed for a person ("" is the caller), and the cursor of the next
// page. Domain "" is every domain of the caller.
func (c *Client) Catalogue(ctx context.Context, domain, person string, page usm.Page) (items []usm.CoveredItem, next string, err error) {
	query := pageQuery(page)
	setIf(query, "domain", domain)
	setIf(query, "for", person)
	return list[usm.CoveredItem](ctx, c, "/catalogue", query)
}

func agreementPath(domain, id string) string {
	return "/agreements/" + url.PathEscape(domain) + "/" + url.PathEscape(id)
}
