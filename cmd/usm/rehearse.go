package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// rehearsal is `usm rehearse` and its flags.
type rehearsal struct {
	rehearse.Options
	domain, against, mapping string
}

func (a *app) rehearseCommand() *cobra.Command {
	r := &rehearsal{}
	cmd := &cobra.Command{
		Use:   "rehearse LOG --domain FILE",
		Short: "Say what a proposed agreement or approval policy would have come to on a recorded log",
		Long: "Run a recorded event log (CSV or XES, gzipped or not) through the agreements, calendars, procedures and approval\n" +
			"policies of a domain file, and say what they would have come to: norms met and breached, pauses, warnings and\n" +
			"escalation steps; and of the decisions that the log tells, which would have been asked for, which not, and how each\n" +
			"case would have ended. With --against, what the proposal changes beside another domain file. No gateway is asked\n" +
			"and nothing is changed.\n" +
			"A mapping says what the columns mean; those that ship with usm are chosen by the columns.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if r.domain == "" {
				return usagef("usage: %s", cmd.UseLine())
			}
			if r.Limit < 0 {
				return usagef("--limit: %d is no number of cases", r.Limit)
			}
			return a.rehearse(cmd.Context(), r, args[0])
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&a.json, "json", false, "write JSON")
	flags.StringVar(&r.domain, "domain", "", "domain file that is proposed")
	flags.StringVar(&r.against, "against", "", "domain file that it is compared with")
	flags.StringVar(&r.mapping, "mapping", "", "mapping file, or the name of one that ships with usm (default: by the columns)")
	flags.StringVar(&r.Agreement, "agreement", "", "id of the agreement that every case counts for (default: that of the customer who asks)")
	flags.IntVar(&r.Limit, "limit", 0, "cases, from the first (default: all)")
	return cmd
}

func (a *app) rehearse(ctx context.Context, r *rehearsal, path string) (err error) {
	if r.Domain, _, err = a.domainFile(r.domain); err != nil {
		return err
	}
	if r.against != "" {
		against, _, err := a.domainFile(r.against)
		if err != nil {
			return err
		}
		r.Against = &against
	}
	if r.Log, r.Mapping, err = openLog(path, r.mapping); err != nil {
		return err
	}
	bar := a.bar("rehearse", "cases")
	r.Progress = bar.step
	report, err := rehearse.Run(ctx, r.Options)
	bar.finish()
	if err != nil {
		return err
	}
	return a.print(report, func() { a.rehearsed(report) })
}

// openLog opens a log with the mapping of that name or file, or the one that fits its columns.
func openLog(path, mapping string) (log *replay.Log, m replay.Mapping, err error) {
	if log, err = replay.OpenLog(path); err != nil {
		return nil, replay.Mapping{}, err
	}
	if mapping == "" {
		m, err = replay.MappingFor(log.Columns)
	} else {
		m, err = replay.LoadMapping(mapping)
	}
	return log, m, err
}

// rehearsed writes the report.
func (a *app) rehearsed(r rehearse.Report) {
	norms := a.columns("agreement", "norm", "priority", "met", "breached", "running", "cancelled", "attainment", "used")
	for _, row := range r.Norms {
		norms.AppendRow(table.Row{
			promisedBy(row.Agreement, row.Link), row.Norm, orElse(string(row.Priority), "all"), row.Met, row.Breached, row.Running, row.Cancelled,
			percent(row.Attainment), spent(row),
		})
	}
	a.section("", norms)
	pauses := a.columns("paused for", "agreement", "norm", "pauses", "cases", "business time")
	for _, row := range r.Pauses {
		pauses.AppendRow(table.Row{row.Reason, row.Agreement, row.Norm, row.Pauses, row.Cases, row.Time})
	}
	a.section("\n", pauses)
	rings := a.columns("would have rung", "agreement", "norm", "times", "what it does")
	for _, row := range r.Rings {
		rings.AppendRow(table.Row{row.Name, row.Agreement, row.Norm, row.Rings, cut(strings.Join(row.Does, "; "), 60)})
	}
	a.section("\n", rings)
	a.recorded(r.Recorded)
	a.changed(r.Changes)
	if r.Approvals != nil {
		a.decided(*r.Approvals, len(r.Norms) > 0)
	}
	a.counted(r)
	a.refusals(r.Refusals, r.Refused)
}

// spent is the time that a norm usually took; "" when none came to its end. Of one that begins again and again it would
// say nothing.
func spent(row rehearse.NormRow) string {
	if row.Norm == usm.NormUpdate || row.Used == nil {
		return ""
	}
	return row.Used.String()
}

// section writes a table that has rows.
func (a *app) section(before string, w table.Writer) {
	if w.Length() > 0 {
		fmt.Fprint(a.out, before)
		a.write(w)
	}
}

// promisedBy names an agreement, with the team or supplier of an OLA or UC.
func promisedBy(agreement, link string) string {
	switch {
	case agreement == "":
		return "all customers"
	case link == "":
		return agreement
	}
	return agreement + " (" + link + ")"
}

// recorded writes what the log itself says beside the handling norm.
func (a *app) recorded(r *rehearse.Recorded) {
	if r == nil {
		return
	}
	w := a.columns("priority", "both met", "only the log", "only "+r.Norm, "neither", "not judged", "log: "+r.Column, r.Norm)
	row := func(name string, s rehearse.Square) {
		w.AppendRow(table.Row{
			name, s.BothMet, s.OnlyLogMet, s.OnlyMet, s.BothBreached, s.Unjudged, percent(s.Log), percent(s.Attainment),
		})
	}
	for _, s := range r.Priorities {
		row(string(s.Priority), s)
	}
	row("all", r.All)
	a.section("\n", w)
}

// changed writes what the proposal changes, and some cases for each direction.
func (a *app) changed(rows []rehearse.ChangeRow) {
	w := a.columns("against", "norm", "same", "met → breached", "breached → met", "other", "new", "gone")
	cases := a.columns("for example", "norm", "row", "before", "", "", "now", "", "")
	for _, row := range rows {
		w.AppendRow(table.Row{
			promisedBy(row.Agreement, row.Link), row.Norm, row.Same, row.Breached, row.Met, row.Other, row.New, row.Gone,
		})
		for _, e := range row.Examples {
			cases.AppendRow(table.Row{
				e.Case, row.Norm, e.Line, a.result(e.Before.Result), e.Before.Used, "of " + e.Before.Promise,
				a.result(e.After.Result), e.After.Used, "of " + e.After.Promise,
			})
		}
	}
	a.section("\n", w)
	a.section("\n", cases)
}

func (a *app) result(result string) string {
	if result == "breached" {
		return a.paint(result, red)
	}
	return a.paint(result, green)
}

// counted writes what the numbers rest on; what did not happen is left out.
func (a *app) counted(r rehearse.Report) {
	fmt.Fprintf(a.out, "\n%d cases, %d rows in %s\n", r.Cases, r.Rows, r.Elapsed.Round(100*time.Millisecond))
	for _, note := range r.Notes {
		fmt.Fprintln(a.out, a.paint(note, yellow))
	}
	for _, line := range []struct {
		n    int
		text string
	}{
		{r.Uncovered, "cases that no agreement covers"},
		{r.Unpromised, "cases for whose type and priority the agreement promises nothing"},
		{r.Open, "cases that the log does not close: measured up to their last row"},
		{r.Unattended, "deliveries that count as confirmed, as the procedure says, before the log goes on"},
		{r.Backwards, "rows that lie before the row before them: they count as at its time"},
		{r.Refused, "rows refused"},
	} {
		if line.n > 0 {
			fmt.Fprintf(a.out, "%d %s\n", line.n, line.text)
		}
	}
}

// refusals writes the first rows that could not be used.
func (a *app) refusals(refusals []replay.Refusal, all int) {
	if len(refusals) == 0 {
		return
	}
	w := a.columns("row", "case", "column", "reason")
	for _, r := range refusals {
		w.AppendRow(table.Row{r.Line, r.Case, r.Column, cut(r.Reason, 160)})
	}
	a.section("\n", w)
	if more := all - len(refusals); more > 0 {
		fmt.Fprintf(a.out, "and %d more\n", more)
	}
}
