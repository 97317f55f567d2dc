package client

import (
	"context"
	"net/url"

	"github.com/usm-works/usm/usm"
)

// The rows of these registers say which domain they belong to.
type (
	// Solution is a known solution or workaround.
	Solution struct {
		Domain string `json:"domain"`
		usm.Solution
	}
	// Service is a supported facility.
	Service struct {
		Domain string `json:"domain"`
		usm.Service
	}
	// Person is somebody who asks or acts.
	Person struct {
		Domain string `json:"domain"`
		usm.Person
	}
)

// Solutions returns a page of the known solutions that have the words of q ("" is all), and the cursor of the next page. Domain ""
// is every domain of the caller.
func (c *Client) Solutions(ctx context.Context, domain, q string, page usm.Page) (solutions []Solution, next string, err error) {
	query := inDomain(domain, page)
	setIf(query, "q", q)
	return list[Solution](ctx, c, "/solutions", query)
}

// Services returns a page of the services of a domain ("" is every one of the caller), and the cursor of the next page.
func (c *Client) Services(ctx context.Context, domain string, page usm.Page) (services []Service, next string, err error) {
	return list[Service](ctx, c, "/services", inDomain(domain, page))
}

// PersonFilter narrows a list of people. Zero values do not narrow.
type PersonFilter struct {
	Domain string // "" is every one of the caller
	Q      string // part of the id or the name
	IDs    []string
	usm.Page
}

// People returns a page of the people that the filter leaves, and the cursor of the next page.
func (c *Client) People(ctx context.Context, filter PersonFilter) (people []Person, next string, err error) {
	query := inDomain(filter.Domain, filter.Page)
	setIf(query, "q", filter.Q)
	if len(filter.IDs) > 0 {
		query["id"] = filter.IDs
	}
	return list[Person](ctx, c, "/people", query)
}

func inDomain(domain string, page usm.Page) url.Values {
	query := pageQuery(page)
	setIf(query, "domain", domain)
	return query
}
