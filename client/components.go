package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// Component is a component of the managed infrastructure with its domain.
type Component struct {
	Domain string `json:"domain"`
	usm.Component
	History []usm.ComponentVersion `json:"history"` // every version, newest first; nil in a list
}

// Components returns a page of the components that the filter leaves, and the cursor of the next page. Domain "" is every domain
// of the caller. User of the filter is not sent.
func (c *Client) Components(ctx context.Context, filter usm.ComponentFilter) (components []Component, next string, err error) {
	query := pageQuery(filter.Page)
	for name, value := range map[string]string{"domain": filter.Domain, "type": filter.Type, "owner": filter.Owner, "q": filter.Q} {
		setIf(query, name, value)
	}
	if len(filter.IDs) > 0 {
		query["id"] = filter.IDs
	}
	return list[Component](ctx, c, "/components", query)
}

// Component returns a component with its history.
func (c *Client) Component(ctx context.Context, domain, id string) (Component, error) {
	var component Component
	err := c.do(ctx, http.MethodGet, componentPath(domain, id), nil, &component)
	return component, err
}

// Impact returns what a component rests on and what rests on it.
func (c *Client) Impact(ctx context.Context, domain, id string) (usm.Impact, error) {
	var impact usm.Impact
	err := c.do(ctx, http.MethodGet, componentPath(domain, id)+"/impact", nil, &impact)
	return impact, err
}

// CountRisks counts the open risks that the caller may see by effect and likelihood. Visible of the filter is not sent.
func (c *Client) CountRisks(ctx context.Context, filter usm.RiskFilter) ([]usm.RiskCount, error) {
	query := url.Values{}
	setIf(query, "domain", filter.Domain)
	setIf(query, "service", filter.Service)
	counts, _, err := list[usm.RiskCount](ctx, c, "/risks", query)
	return counts, err
}

// Filters returns the filters that the caller keeps for a register; register "" is all of them.
func (c *Client) Filters(ctx context.Context, register usm.CallType) ([]usm.SavedFilter, error) {
	query := url.Values{}
	setIf(query, "register", string(register))
	filters, _, err := list[usm.SavedFilter](ctx, c, "/filters", query)
	return filters, err
}

// SaveFilter keeps a filter, in place of one of the same name for the same register. ID of the filter is the gateway's.
func (c *Client) SaveFilter(ctx context.Context, filter usm.SavedFilter, options ...Option) (usm.SavedFilter, error) {
	body := map[string]any{"register": filter.Register, "name": filter.Name, "query": filter.Query}
	var saved usm.SavedFilter
	err := c.do(ctx, http.MethodPost, "/filters", body, &saved, options...)
	return saved, err
}

// DeleteFilter forgets a filter of the caller's.
func (c *Client) DeleteFilter(ctx context.Context, id int64) error {
	return c.do(ctx, http.MethodDelete, "/filters/"+strconv.FormatInt(id, 10), nil, nil)
}

func componentPath(domain, id string) string {
	return "/components/" + url.PathEscape(domain) + "/" + url.PathEscape(id)
}
