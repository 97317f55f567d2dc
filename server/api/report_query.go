package api

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// Period is embedded by the input of every report.
type Period struct {
	From  string `query:"from" maxLength:"40" doc:"beginning of the period: a date (its first instant in UTC) or an RFC 3339 instant"`
	Until string `query:"until" maxLength:"40" doc:"end of the period, not in it any more"`

	from, until time.Time // zero when not given
	address     url.URL
}

// Resolve reads the period.
func (p *Period) Resolve(ctx huma.Context) []error {
	var wrong []error
	p.address = ctx.URL()
	for _, limit := range []struct {
		name, text string
		into       *time.Time
	}{{"from", p.From, &p.from}, {"until", p.Until, &p.until}} {
		var ok bool
		if *limit.into, ok = instant(limit.text); !ok {
			wrong = append(wrong, parameter(limit.name, "is neither a date (2026-07-01) nor an RFC 3339 instant", limit.text))
		}
	}
	if len(wrong) == 0 && !p.until.IsZero() && p.until.Before(p.from) {
		wrong = append(wrong, parameter("until", "is before from", p.Until))
	}
	return wrong
}

// instant reads a date or an instant; an empty text is no limit.
func instant(text string) (at time.Time, ok bool) {
	if text == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// parameter says what is wrong with a parameter of the query, as huma itself would.
func parameter(name, message, value string) *huma.ErrorDetail {
	return &huma.ErrorDetail{Location: "query." + name, Message: message, Value: value}
}

// NormQuery is embedded by the input of the reports on norms.
type NormQuery struct {
	Period
	Domain    string       `query:"domain"`
	Agreement string       `query:"agreement" doc:"id, or id@version"`
	Norm      string       `query:"norm" doc:"reaction, update, handling or the name of another"`
	Link      string       `query:"link" doc:"team or supplier of an OLA or UC"`
	Service   string       `query:"service"`
	Workflow  string       `query:"workflow" doc:"Go name or number"`
	Type      usm.CallType `query:"type" enum:"wish,change_request,incident,service_request,risk"`
	Priority  usm.Priority `query:"priority" enum:"critical,high,medium,low,lowest,none"`
	Team      string       `query:"team"`
}

func (q *NormQuery) filter() usm.NormFilter {
	return usm.NormFilter{
		From: q.from, Until: q.until, Domain: q.Domain, Agreement: q.Agreement, Norm: q.Norm, Link: q.Link,
		Service: q.Service, Workflow: q.Workflow, Type: q.Type, Priority: q.Priority, Team: q.Team,
	}
}

// behind returns the address of the clocks behind a number of a row of the report.
func (q *NormQuery) behind(row usm.NormRow, result string) string {
	query := q.address.Query()
	query.Del("by")
	query.Del("format")
	for _, dimension := range usm.NormDimensions() {
		if value, ok := row.Of[dimension]; ok {
			query.Add("of", dimension+":"+value)
		}
	}
	query.Set("result", result)
	address := url.URL{Path: Prefix + normCalls, RawQuery: query.Encode()}
	return address.String()
}

type normCallsInput struct {
	NormQuery
	Paging
	Result string   `query:"result" enum:"met,breached,running,cancelled" doc:"which number of the row; without it all of them"`
	Row    []string `query:"of,explode" doc:"row of the report, one parameter for each of its dimensions: dimension:value"`

	of map[string]string
}

// Resolve reads the row.
func (in *normCallsInput) Resolve(ctx huma.Context) []error {
	in.of = map[string]string{}
	wrong := slices.Concat(in.Period.Resolve(ctx), in.Paging.Resolve(ctx))
	for _, text := range in.Row {
		dimension, value, found := strings.Cut(text, ":")
		if !found || !slices.Contains(usm.NormDimensions(), dimension) {
			known := strings.Join(usm.NormDimensions(), ", ")
			wrong = append(wrong, parameter("of", "is not dimension:value with one of the dimensions "+known, text))
		}
		in.of[dimension] = value
	}
	return wrong
}
