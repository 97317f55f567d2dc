package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/usm-works/usm/usm"
)

// DomainPlan is what applying a domain file would change.
type DomainPlan struct {
	Version    int      `json:"version"` // the version that would result
	Changed    bool     `json:"changed"`
	Changes    []string `json:"changes"`     // a line each
	NotApplied []string `json:"not_applied"` // components and agreements that only a change or a wish may alter

	Differences []Difference `json:"differences"` // all of them; of what is not applied the action is "kept"
}

// Domain returns the current version of a domain as its file would hold it, with components and agreements as they are
// in the registers now.
func (c *Client) Domain(ctx context.Context, id string) (usm.Domain, error) {
	var domain usm.Domain
	err := c.do(ctx, http.MethodGet, domainPath(id), nil, &domain)
	return domain, err
}

// Configuration returns what Domain does without people, agreements and components, which have lists of their own.
func (c *Client) Configuration(ctx context.Context, id string) (usm.Domain, error) {
	var domain usm.Domain
	err := c.do(ctx, http.MethodGet, domainPath(id)+"?lean=true", nil, &domain)
	return domain, err
}

// DomainFile returns the current version of a domain as YAML, fit to be applied.
func (c *Client) DomainFile(ctx context.Context, id string) ([]byte, error) {
	r, err := newRequest(http.MethodGet, domainPath(id), nil, []Option{WithHeader("Accept", "application/yaml")})
	if err != nil {
		return nil, err
	}
	a, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// PlanDomain shows what ApplyDomain would change with a domain file (YAML or JSON), and changes nothing.
func (c *Client) PlanDomain(ctx context.Context, id string, file []byte) (DomainPlan, error) {
	var plan DomainPlan
	err := c.do(ctx, http.MethodPost, domainPath(id)+"/plan", yamlFile(file), &plan)
	return plan, err
}

// ApplyDomain makes a domain file (YAML or JSON) the new version of its domain; a file that equals the current version
// changes nothing.
func (c *Client) ApplyDomain(ctx context.Context, id string, file []byte, options ...Option) (usm.DomainResult, error) {
	var result usm.DomainResult
	err := c.do(ctx, http.MethodPut, domainPath(id), yamlFile(file), &result, options...)
	return result, err
}

func domainPath(id string) string { return "/domains/" + url.PathEscape(id) }
