package client

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// DomainSummary is a domain in the list of domains.
type DomainSummary struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Version  int    `json:"version"`
	TimeZone string `json:"time_zone"`
}

// Domains returns a page of the domains that the caller belongs to, and the cursor of the next page.
func (c *Client) Domains(ctx context.Context, page usm.Page) (domains []DomainSummary, next string, err error) {
	return list[DomainSummary](ctx, c, "/domains", pageQuery(page))
}

// DirectoryChanges returns a page of what was done to the people of a domain, the latest first, and the cursor of the next page.
func (c *Client) DirectoryChanges(ctx context.Context, id string, page usm.Page) (changes []usm.DirectoryChange, next string, err error) {
	return list[usm.DirectoryChange](ctx, c, domainPath(id)+"/directory-changes", pageQuery(page))
}
