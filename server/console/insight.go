package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// insightPage shows how the work goes: figures of a period, each with a chart and the table of the same.
type insightPage struct {
	Query   insightQuery
	Domains []choice // to choose from
	Entry   entry    // of a period that is none
	Parts   []insightPart
}

// insightQuery is what the address asks for. Days are as people write them: the last one is in the period.
type insightQuery struct{ From, To, Domain string }

// insightPart is one figure.
type insightPart struct {
	Key   string // of its texts
	Chart string // SVG; "" when there is nothing to draw
	Keys  []insightKey
	Head  []string
	Rows  [][]insightCell
}

// insightKey says which colour is what.
type insightKey struct{ Class, Name string }

// insightCell is a cell of the table; a figure leads to the calls behind it.
type insightCell struct {
	Text, Link string
	Figure     bool
}

// usualDays is how far the page looks back when it is not told, and dailyDays until when a day has a bar of its own.
const (
	usualDays = 30
	dailyDays = 45
)

// insight shows how the work of a domain went in a period.
func (s *site) insight(v *visit) (page, error) {
	p := insightPage{Query: insightQuery{v.query("from"), v.query("to"), v.query("domain")}}
	today := v.now.UTC()
	if p.Query.To == "" {
		p.Query.To = today.Format(time.DateOnly)
	}
	to, wrongTo := time.Parse(time.DateOnly, p.Query.To)
	if p.Query.From == "" {
		p.Query.From = to.AddDate(0, 0, 1-usualDays).Format(time.DateOnly)
	}
	from, wrongFrom := time.Parse(time.DateOnly, p.Query.From)
	names, err := v.domainNames()
	if err != nil {
		return page{}, err
	}
	for _, domain := range v.worksIn() {
		p.Domains = append(p.Domains, choice{Value: domain, Name: cmp.Or(names[domain], domain)})
	}
	switch {
	case wrongTo != nil:
		p.Entry.wrong(v, "/to", v.T("insight.no_day"))
	case wrongFrom != nil:
		p.Entry.wrong(v, "/from", v.T("insight.no_day"))
	case to.Before(from):
		p.Entry.wrong(v, "/to", v.T("insight.before"))
	}
	if p.Entry.Problem == nil {
		filter := usm.ReportFilter{From: from, Until: to.AddDate(0, 0, 1), Domain: p.Query.Domain, Per: "day"}
		if filter.Until.Sub(from) > dailyDays*24*time.Hour {
			filter.Per = "week"
		}
		if p.Parts, err = v.readInsight(filter); err != nil && !p.Entry.refused(err) {
			return page{}, err
		}
	}
	return page{Place: "insight", Title: v.T("insight.title"), Body: insight(v, p)}.refusing(p.Entry.Problem), nil
}

func (v *visit) readInsight(f usm.ReportFilter) ([]insightPart, error) {
	all := []func(usm.ReportFilter) (insightPart, chart, error){v.flowPart, v.openPart, v.normPart, v.waitingPart, v.bouncePart}
	parts, reads := make([]insightPart, len(all)), make([]func() error, len(all))
	for i, read := range all {
		reads[i] = func() (err error) { parts[i], err = drawn(read(f)); return err }
	}
	if err := together(reads...); err != nil {
		return nil, err
	}
	return parts, nil
}

// drawn is a part with its chart, if there is anything to draw, and what the colours of it mean.
func drawn(part insightPart, drawing chart, err error) (insightPart, error) {
	if err == nil && len(drawing.Categories) > 0 {
		part.Chart, err = drawing.svg()
	}
	for _, s := range drawing.Series {
		part.Keys = append(part.Keys, insightKey{s.Class, s.Name})
	}
	return part, err
}

// behind is the page of the calls behind a number: its address has the query of that of the API.
func behind(path, address string) string {
	at, err := url.Parse(address)
	if err != nil || at.RawQuery == "" {
		return ""
	}
	return path + "?" + at.RawQuery
}

// count is a cell with a number of calls; none lead nowhere.
func count(n int, address string) insightCell {
	cell := insightCell{Text: strconv.Itoa(n), Figure: true}
	if n > 0 {
		cell.Link = address
	}
	return cell
}

// shortDay is a day as a label, e.g. "2 Nov".
func (v *visit) shortDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return v.months(at.Format("2 Jan"), at)
}

// agreed names a norm of an agreement.
func agreed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}
