package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

const normCalls = "/reports/norms/calls"

// registerReports adds what was attained. Reports are for the provider: who holds a profile in the domain.
func (a *API) registerReports(to huma.API) {
	registerTable(to, "/reports/norms", "report-norms", "Report norms met and breached, as JSON or CSV", a.normReport,
		reflect.TypeFor[usm.NormRow]())
	huma.Register(to, operation(http.MethodGet, normCalls, "list-norm-calls", "List the clocks and calls behind a number of that report"),
		a.normCalls)
	registerTable(to, "/reports/availability", "report-availability", "Report availability of services, as JSON or CSV", a.availability,
		reflect.TypeFor[usm.AvailabilityRow]())
}

// reported returns the domains whose reports the caller may read, or the one of them that is asked for; nil is all domains.
func (a *API) reported(ctx context.Context, domain string) (*usm.Sight, error) {
	if domain != "" {
		if _, err := a.domains(ctx, domain); err != nil {
			return nil, err
		}
	}
	sight := access.Sight(caller(ctx))
	if sight == nil {
		return nil, nil //nolint:nilnil // no limit
	}
	sight.Person = "" // reports are for the provider: to have asked for a call shows nobody its numbers
	sight.Domains = slices.DeleteFunc(sight.Domains, func(id string) bool {
		return domain != "" && domain != id || access.Decide(caller(ctx), "report-norms", id) != nil
	})
	slices.Sort(sight.Domains)
	return sight, nil
}

type normReportInput struct {
	NormQuery
	Tabular
	By []string `query:"by" uniqueItems:"true" enum:"domain,agreement,norm,link,service,workflow,type,priority,team,month,day" default:"domain,agreement,norm" doc:"what rows are for; month and day are when the clock ended, in UTC"` //nolint:lll // a tag is one line
}

func (a *API) normReport(ctx context.Context, in *normReportInput) (*tableOutput, error) {
	sight, err := a.reported(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	filter := in.filter()
	filter.By, filter.Visible = in.By, sight
	rows, err := a.reader.NormReport(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		rows[i].Calls = usm.NormCalls{
			Met: in.behind(row, "met"), Breached: in.behind(row, "breached"),
			Running: in.behind(row, "running"), Cancelled: in.behind(row, "cancelled"),
		}
	}
	return write(&in.Tabular, rows, normTable(in.By))
}

// written is a span as a cell, "" for none.
func written(s *usm.Span) string {
	if s == nil {
		return ""
	}
	return s.String()
}

func normTable(by []string) table[usm.NormRow] {
	phases := usm.Phases()
	return table[usm.NormRow]{
		header: slices.Concat(by, []string{"met", "breached", "running", "cancelled", "attainment", "used"}, phases,
			[]string{"met_calls", "breached_calls", "running_calls", "cancelled_calls"}),
		row: func(row usm.NormRow) []string {
			var cells []string
			for _, dimension := range by {
				cells = append(cells, row.Of[dimension])
			}
			for _, count := range []int{row.Met, row.Breached, row.Running, row.Cancelled} {
				cells = append(cells, strconv.Itoa(count))
			}
			cells = append(cells, row.Attainment, written(row.Used))
			for _, name := range phases {
				cells = append(cells, written(row.Phase(name)))
			}
			return append(cells, row.Calls.Met, row.Calls.Breached, row.Calls.Running, row.Calls.Cancelled)
		},
	}
}

func (a *API) normCalls(ctx context.Context, in *normCallsInput) (*list[usm.CallClock], error) {
	sight, err := a.reported(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	filter := in.filter()
	filter.Result, filter.Of, filter.Visible, filter.Page = in.Result, in.of, sight, in.page()
	clocks, cursor, err := a.reader.NormCalls(ctx, filter)
	if err != nil {
		return nil, err
	}
	return listOf(clocks, in.next(cursor)), nil
}

var availabilityTable = table[usm.AvailabilityRow]{
	header: []string{"domain", "service", "agreed", "down", "availability", "incidents", "calls"},
	row: func(row usm.AvailabilityRow) []string {
		return []string{
			row.Domain, row.Service, row.Agreed.String(), row.Down.String(), row.Availability, strconv.Itoa(row.Incidents),
			strings.Join(row.Calls, " "),
		}
	},
}

type availabilityInput struct {
	Period
	Tabular
	Domain  string `query:"domain"`
	Service string `query:"service"`
}

// availability reports from the first load of a domain on when no period is given; nothing is said about the time to come.
func (a *API) availability(ctx context.Context, in *availabilityInput) (*tableOutput, error) {
	sight, err := a.reported(ctx, in.Domain)
	if err != nil {
		return nil, err
	}
	filter := usm.NormFilter{From: in.from, Until: in.until, Domain: in.Domain, Service: in.Service, Visible: sight}
	rows, err := a.reader.Availability(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Calls = append([]string{}, rows[i].Calls...)
	}
	return write(&in.Tabular, rows, availabilityTable)
}
