package console

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// drawnRows is how many rows of a table its chart has at most; the table has all.
const drawnRows = 12

const (
	callsPage = "/insight/calls"
	normsPage = "/insight/norms"
)

// flowPart is calls in and out.
func (v *visit) flowPart(f usm.ReportFilter) (insightPart, chart, error) {
	rows, err := v.api.Flow(v.ctx(), f)
	first := "insight.day"
	if f.Per == "week" {
		first = "insight.week"
	}
	part := insightPart{Key: "flow", Head: []string{v.T(first), v.T("insight.opened"), v.T("insight.closed")}}
	opened, closed := series{Name: v.T("insight.opened"), Class: "in"}, series{Name: v.T("insight.closed"), Class: "out"}
	drawing := chart{}
	for _, row := range rows {
		in, out := behind(callsPage, row.Calls.Opened), behind(callsPage, row.Calls.Closed)
		drawing.Categories = append(drawing.Categories, v.shortDay(row.Day))
		opened.add(row.Opened, in)
		closed.add(row.Closed, out)
		part.Rows = append(part.Rows, []insightCell{{Text: row.Day}, count(row.Opened, in), count(row.Closed, out)})
	}
	drawing.Series = []series{opened, closed}
	return part, drawing, err
}

func (s *series) add(n int, link string) {
	if n == 0 {
		link = ""
	}
	s.Values, s.Links = append(s.Values, float64(n)), append(s.Links, link)
}

// openPart is the open calls by process and age.
func (v *visit) openPart(f usm.ReportFilter) (insightPart, chart, error) {
	rows, err := v.api.OpenByAge(v.ctx(), f)
	part := insightPart{Key: "open", Head: []string{v.T("field.process")}}
	drawing := chart{Stacked: true}
	for _, age := range usm.ReportAges() {
		part.Head = append(part.Head, v.T("insight.age_"+age))
		drawing.Categories = append(drawing.Categories, v.T("insight.age_"+age))
	}
	for _, process := range usm.Processes() {
		s := series{Name: v.processName(process), Class: string(process)}
		cells := []insightCell{{Text: s.Name}}
		for _, row := range rows {
			if row.Process == process {
				s.add(row.Count, behind(callsPage, row.Calls))
				cells = append(cells, count(row.Count, behind(callsPage, row.Calls)))
			}
		}
		drawing.Series, part.Rows = append(drawing.Series, s), append(part.Rows, cells)
	}
	return part, drawing, err
}

// normPart is what was attained of what was agreed.
func (v *visit) normPart(f usm.ReportFilter) (insightPart, chart, error) {
	by := []string{"agreement", "norm", "link"}
	rows, err := v.api.NormReport(v.ctx(), usm.NormFilter{From: f.From, Until: f.Until, Domain: f.Domain, By: by})
	part := insightPart{Key: "norms", Head: []string{
		v.T("insight.norm"), v.T("insight.attainment"), v.T("insight.met"), v.T("insight.breached"), v.T("insight.running"),
	}}
	met, breached := series{Name: v.T("insight.met"), Class: "met"}, series{Name: v.T("insight.breached"), Class: "breached"}
	drawing := chart{Lying: true, Stacked: true}
	for _, row := range rows {
		name := agreed(row.Of["agreement"], v.or("norm."+row.Of["norm"], row.Of["norm"]), row.Of["link"])
		good, bad := behind(normsPage, row.Calls.Met), behind(normsPage, row.Calls.Breached)
		attained := insightCell{Text: "–", Figure: true}
		if row.Attainment != "" {
			attained.Text = v.figure(row.Attainment) + " %"
		}
		part.Rows = append(part.Rows, []insightCell{
			{Text: name}, attained, count(row.Met, good), count(row.Breached, bad), count(row.Running, behind(normsPage, row.Calls.Running)),
		})
		if row.Met+row.Breached > 0 && len(drawing.Categories) < drawnRows {
			drawing.Categories = append(drawing.Categories, name)
			met.add(row.Met, good)
			breached.add(row.Breached, bad)
		}
	}
	drawing.Series = []series{met, breached}
	return part, drawing, err
}

// waitingPart is how long calls waited at each step, the longest first.
func (v *visit) waitingPart(f usm.ReportFilter) (insightPart, chart, error) {
	rows, err := v.api.WaitingByStep(v.ctx(), f)
	part := insightPart{Key: "waiting", Head: []string{v.T("field.step"), v.T("insight.done"), v.T("insight.median"), v.T("insight.slow")}}
	median := series{Name: v.T("insight.median"), Class: "in"}
	drawing := chart{Lying: true, Figure: v.hours}
	for _, row := range rows {
		link := behind(callsPage, row.Calls)
		part.Rows = append(part.Rows, []insightCell{
			{Text: v.placeName(row.Process, row.Step)}, count(row.Done, link), v.spanCell(row.Median), v.spanCell(row.Slow),
		})
		if len(drawing.Categories) < drawnRows && time.Duration(row.Median) >= time.Minute {
			drawing.Categories = append(drawing.Categories, v.placeName(row.Process, row.Step))
			median.Values, median.Links = append(median.Values, time.Duration(row.Median).Hours()), append(median.Links, link)
		}
	}
	drawing.Series = []series{median}
	return part, drawing, err
}

// bouncePart is where calls come back, and how.
func (v *visit) bouncePart(f usm.ReportFilter) (insightPart, chart, error) {
	rows, err := v.api.BouncesByStep(v.ctx(), f)
	part := insightPart{Key: "bounces", Head: []string{v.T("field.step"), v.T("insight.bounce"), v.T("insight.times")}}
	drawing := chart{Lying: true, Stacked: true}
	var steps []usm.BounceRow // one of each
	for _, row := range rows {
		part.Rows = append(part.Rows, []insightCell{
			{Text: v.placeName(row.Process, row.Step)}, {Text: v.bounceName(row.Bounce)}, count(row.Count, behind(callsPage, row.Calls)),
		})
		if !slices.ContainsFunc(steps, at(row)) && len(steps) < drawnRows {
			steps = append(steps, row)
			drawing.Categories = append(drawing.Categories, v.placeName(row.Process, row.Step))
		}
	}
	for _, bounce := range usm.Bounces() {
		s := series{Name: v.bounceName(bounce), Class: bounce}
		for _, step := range steps {
			n, link := 0, ""
			for _, row := range rows {
				if row.Bounce == bounce && row.Process == step.Process && row.Step == step.Step {
					n, link = row.Count, behind(callsPage, row.Calls)
				}
			}
			s.add(n, link)
		}
		drawing.Series = append(drawing.Series, s)
	}
	return part, drawing, err
}

func (v *visit) bounceName(bounce string) string { return v.T("bounce." + bounce) }

// placeName is a step with its process, for many steps have the same name.
func (v *visit) placeName(process usm.Process, step usm.Step) string {
	return v.processName(process) + " · " + v.stepName(step)
}

func (v *visit) spanCell(s usm.Span) insightCell {
	return insightCell{Text: v.lasting(time.Duration(s)), Figure: true}
}

// hours writes a figure of an axis of time.
func (v *visit) hours(h float64) string { return v.T("time.axis_hours", v.figure(textOf(h))) }

// at finds rows of the same step.
func at(row usm.BounceRow) func(usm.BounceRow) bool {
	return func(other usm.BounceRow) bool { return other.Process == row.Process && other.Step == row.Step }
}
