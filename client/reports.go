package client

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// NormReport returns how many norms were met and breached; By nil is by domain, agreement and norm. Result, Of and Page of
// the filter are for NormCalls, Visible is the gateway's own: they are not sent.
func (c *Client) NormReport(ctx context.Context, filter usm.NormFilter) ([]usm.NormRow, error) {
	rows, _, err := list[usm.NormRow](ctx, c, "/reports/norms", rowsQuery(filter))
	return rows, err
}

// NormReportCSV returns the same as a CSV file (RFC 4180) with a header line.
func (c *Client) NormReportCSV(ctx context.Context, filter usm.NormFilter) ([]byte, error) {
	return c.csv(ctx, "/reports/norms", rowsQuery(filter))
}

// NormCalls returns a page of the clocks behind a number of the report with their calls, the latest first, and the cursor
// of the next page. Of and Result of the filter name the row and the number.
func (c *Client) NormCalls(ctx context.Context, filter usm.NormFilter) (clocks []usm.CallClock, next string, err error) {
	query := normQuery(filter)
	maps.Copy(query, pageQuery(filter.Page))
	setIf(query, "result", filter.Result)
	for _, dimension := range slices.Sorted(maps.Keys(filter.Of)) {
		query.Add("of", dimension+":"+filter.Of[dimension])
	}
	return list[usm.CallClock](ctx, c, "/reports/norms/calls", query)
}

// Availability returns how much of its agreed time each service could be used. Of the filter From, Until, Domain and
// Service count; without From it is since the first load of the domain.
func (c *Client) Availability(ctx context.Context, filter usm.NormFilter) ([]usm.AvailabilityRow, error) {
	rows, _, err := list[usm.AvailabilityRow](ctx, c, "/reports/availability", availabilityQuery(filter))
	return rows, err
}

// AvailabilityCSV returns the same as a CSV file (RFC 4180) with a header line.
func (c *Client) AvailabilityCSV(ctx context.Context, filter usm.NormFilter) ([]byte, error) {
	return c.csv(ctx, "/reports/availability", availabilityQuery(filter))
}

// csv gets a table as a file.
func (c *Client) csv(ctx context.Context, path string, query url.Values) ([]byte, error) {
	r, err := newRequest(http.MethodGet, path, nil, []Option{WithHeader("Accept", "text/csv")})
	if err != nil {
		return nil, err
	}
	r.query = query
	a, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

func rowsQuery(filter usm.NormFilter) url.Values {
	query := normQuery(filter)
	setIf(query, "by", strings.Join(filter.By, ","))
	return query
}

func normQuery(filter usm.NormFilter) url.Values {
	query := availabilityQuery(filter)
	for name, value := range map[string]string{
		"agreement": filter.Agreement, "norm": filter.Norm, "link": filter.Link, "workflow": filter.Workflow, "type": string(filter.Type),
		"priority": string(filter.Priority), "team": filter.Team,
	} {
		setIf(query, name, value)
	}
	return query
}

func availabilityQuery(filter usm.NormFilter) url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"domain": filter.Domain, "service": filter.Service} {
		setIf(query, name, value)
	}
	for name, at := range map[string]time.Time{"from": filter.From, "until": filter.Until} {
		if !at.IsZero() {
			query.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	return query
}
