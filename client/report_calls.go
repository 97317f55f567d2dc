package client

import (
	"context"
	"net/url"

	"github.com/usm-works/usm/usm"
)

// Flow returns how many calls came in and were closed. Of the filter From, Until, Domain and Per count; without a period these
// reports look back thirty days.
func (c *Client) Flow(ctx context.Context, filter usm.ReportFilter) ([]usm.FlowRow, error) {
	query := reportQuery(filter)
	setIf(query, "per", filter.Per)
	rows, _, err := list[usm.FlowRow](ctx, c, "/reports/flow", query)
	return rows, err
}

// OpenByAge returns how many calls of each process are open now and for how long. Of the filter Domain counts.
func (c *Client) OpenByAge(ctx context.Context, filter usm.ReportFilter) ([]usm.OpenRow, error) {
	query := url.Values{}
	setIf(query, "domain", filter.Domain)
	rows, _, err := list[usm.OpenRow](ctx, c, "/reports/open", query)
	return rows, err
}

// WaitingByStep returns how long calls waited at each step, the longest first. Of the filter From, Until and Domain count.
func (c *Client) WaitingByStep(ctx context.Context, filter usm.ReportFilter) ([]usm.WaitingRow, error) {
	rows, _, err := list[usm.WaitingRow](ctx, c, "/reports/waiting", reportQuery(filter))
	return rows, err
}

// BouncesByStep returns where calls bounce, most often first. Of the filter From, Until and Domain count.
func (c *Client) BouncesByStep(ctx context.Context, filter usm.ReportFilter) ([]usm.BounceRow, error) {
	rows, _, err := list[usm.BounceRow](ctx, c, "/reports/bounces", reportQuery(filter))
	return rows, err
}

// ReportCalls returns a page of the calls behind a number of these reports, and the cursor of the next page. The query is that of
// the address that the row has; it may have a cursor.
func (c *Client) ReportCalls(ctx context.Context, query url.Values) (calls []usm.ReportCall, next string, err error) {
	return list[usm.ReportCall](ctx, c, "/reports/calls", query)
}

// NormCallsBehind is NormCalls with the query of the address that a row of the report on norms has.
func (c *Client) NormCallsBehind(ctx context.Context, query url.Values) (clocks []usm.CallClock, next string, err error) {
	return list[usm.CallClock](ctx, c, "/reports/norms/calls", query)
}

func reportQuery(filter usm.ReportFilter) url.Values {
	return availabilityQuery(usm.NormFilter{From: filter.From, Until: filter.Until, Domain: filter.Domain})
}
