package api

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

const reportCalls = "/reports/calls"

// usualPeriod and longestPeriod are how far a report on calls looks back when it is not told, and at most.
const (
	usualPeriod   = 30 * 24 * time.Hour
	longestPeriod = 5 * 366 * 24 * time.Hour
)

// registerCallReports adds what happens to calls: how many come and go, how old they are, where they wait and where they bounce.
func (a *API) registerCallReports(to huma.API) {
	registerTable(to, "/reports/flow", "report-flow", "Report calls in and out, as JSON or CSV", a.flow, reflect.TypeFor[usm.FlowRow]())
	registerTable(to, "/reports/open", "report-open", "Report open calls by process and age, as JSON or CSV", a.openByAge,
		reflect.TypeFor[usm.OpenRow]())
	registerTable(to, "/reports/waiting", "report-waiting", "Report how long calls waited at each step, as JSON or CSV", a.waiting,
		reflect.TypeFor[usm.WaitingRow]())
	registerTable(to, "/reports/bounces", "report-bounces", "Report where calls bounce, as JSON or CSV", a.bounces,
		reflect.TypeFor[usm.BounceRow]())
	huma.Register(to, operation(http.MethodGet, reportCalls, "list-report-calls", "List the calls behind a number of those reports"),
		a.reportCalls)
}

// CallPeriod is embedded by the input of reports on calls: a period that always has two ends: the last thirty days when it is not told.
type CallPeriod struct {
	Period
	Domain string `query:"domain"`
}

// Resolve reads the period.
func (p *CallPeriod) Resolve(ctx huma.Context) []error {
	wrong := p.Period.Resolve(ctx)
	if p.until.IsZero() {
		p.until = time.Now().UTC()
	}
	if p.from.IsZero() {
		p.from = p.until.Add(-usualPeriod)
	}
	if len(wrong) == 0 && p.until.Before(p.from) {
		wrong = append(wrong, parameter("until", "is before from", p.Until))
	}
	if len(wrong) == 0 && p.until.Sub(p.from) > longestPeriod {
		wrong = append(wrong, parameter("from", "is more than five years before until", p.From))
	}
	return wrong
}

// filter is the question, with what the caller may see.
func (a *API) filter(ctx context.Context, p *CallPeriod) (usm.ReportFilter, error) {
	sight, err := a.reported(ctx, p.Domain)
	return usm.ReportFilter{From: p.from, Until: p.until, Domain: p.Domain, Visible: sight}, err
}

// behindCalls is the address of the calls behind a number: more are pairs of a parameter and its value.
func behindCalls(of string, f usm.ReportFilter, more ...string) string {
	query := url.Values{"of": {of}}
	if of != "open" {
		query.Set("from", f.From.Format(time.RFC3339Nano))
		query.Set("until", f.Until.Format(time.RFC3339Nano))
	}
	if f.Domain != "" {
		query.Set("domain", f.Domain)
	}
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return (&url.URL{Path: Prefix + reportCalls, RawQuery: query.Encode()}).String()
}

type flowInput struct {
	CallPeriod
	Tabular
	Per string `query:"per" enum:"day,week" default:"day" doc:"what rows are for, in UTC"`
}

func (a *API) flow(ctx context.Context, in *flowInput) (*tableOutput, error) {
	filter, err := a.filter(ctx, &in.CallPeriod)
	if err != nil {
		return nil, err
	}
	filter.Per = in.Per
	rows, err := a.reader.Flow(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		within := part(filter, row.Day)
		rows[i].Calls = usm.FlowCalls{Opened: behindCalls("opened", within), Closed: behindCalls("closed", within)}
	}
	return write(&in.Tabular, rows, table[usm.FlowRow]{
		header: []string{"day", "opened", "closed", "opened_calls", "closed_calls"},
		row: func(r usm.FlowRow) []string {
			return []string{r.Day, strconv.Itoa(r.Opened), strconv.Itoa(r.Closed), r.Calls.Opened, r.Calls.Closed}
		},
	})
}

// part is the day or week of a row, as far as the period has it.
func part(f usm.ReportFilter, day string) usm.ReportFilter {
	begin, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return f // the registers write days
	}
	end := begin.AddDate(0, 0, map[string]int{"day": 1, "week": 7}[f.Per])
	if begin.After(f.From) {
		f.From = begin
	}
	if end.Before(f.Until) {
		f.Until = end
	}
	return f
}

type openReportInput struct {
	Tabular
	Domain string `query:"domain"`
}

func (a *API) openByAge(ctx context.Context, in *openReportInput) (*tableOutput, error) {
	filter, err := a.filter(ctx, &CallPeriod{Domain: in.Domain})
	if err != nil {
		return nil, err
	}
	rows, err := a.reader.OpenByAge(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		rows[i].Calls = behindCalls("open", filter, "process", string(row.Process), "age", row.Age)
	}
	return write(&in.Tabular, rows, table[usm.OpenRow]{
		header: []string{"process", "age", "count", "calls"},
		row: func(r usm.OpenRow) []string {
			return []string{string(r.Process), r.Age, strconv.Itoa(r.Count), r.Calls}
		},
	})
}

type callReportInput struct {
	CallPeriod
	Tabular
}

func (a *API) waiting(ctx context.Context, in *callReportInput) (*tableOutput, error) {
	filter, err := a.filter(ctx, &in.CallPeriod)
	if err != nil {
		return nil, err
	}
	rows, err := a.reader.WaitingByStep(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		rows[i].Calls = behindCalls("waited", filter, "step", string(row.Step))
	}
	return write(&in.Tabular, rows, table[usm.WaitingRow]{
		header: []string{"process", "step", "done", "median", "slow", "calls"},
		row: func(r usm.WaitingRow) []string {
			return []string{string(r.Process), string(r.Step), strconv.Itoa(r.Done), r.Median.String(), r.Slow.String(), r.Calls}
		},
	})
}

func (a *API) bounces(ctx context.Context, in *callReportInput) (*tableOutput, error) {
	filter, err := a.filter(ctx, &in.CallPeriod)
	if err != nil {
		return nil, err
	}
	rows, err := a.reader.BouncesByStep(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		rows[i].Calls = behindCalls("bounced", filter, "step", string(row.Step), "bounce", row.Bounce)
	}
	return write(&in.Tabular, rows, table[usm.BounceRow]{
		header: []string{"process", "step", "bounce", "count", "calls"},
		row: func(r usm.BounceRow) []string {
			return []string{string(r.Process), string(r.Step), r.Bounce, strconv.Itoa(r.Count), r.Calls}
		},
	})
}
