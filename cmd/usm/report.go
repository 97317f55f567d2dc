package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

// reportCommand groups the reports.
func (a *app) reportCommand() *cobra.Command {
	return group("report", "Reports: norms met and breached, availability", a.reportNormsCommand(), a.reportAvailabilityCommand())
}

// normReport is `usm report norms` and its flags.
type normReport struct {
	filter      usm.NormFilter
	from, until string
	csv         bool
}

func (a *app) reportNormsCommand() *cobra.Command {
	r := &normReport{}
	cmd := a.api(&cobra.Command{
		Use:   "norms",
		Short: "Show how many norms were met and breached; --calls shows the calls behind a number",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.read(a.json); err != nil {
				return err
			}
			if r.filter.Result != "" {
				return a.normCalls(cmd, r)
			}
			if len(r.filter.Of) > 0 {
				return usagef("--of is for the calls behind a number: give --calls as well")
			}
			return a.normReport(cmd, r)
		},
	})
	r.flags(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&r.filter.By, "by", nil, "what the rows are for, with commas between: "+join(usm.NormDimensions())+
		" (default: domain,agreement,norm)")
	flags.StringVar(&r.filter.Norm, "norm", "", "reaction, update, handling or a norm's own name")
	flags.StringVar(&r.filter.Link, "link", "", "of OLAs and UCs with this team or supplier only")
	flags.StringVar(&r.filter.Workflow, "workflow", "", "of this workflow only, by name or number")
	flags.StringVar((*string)(&r.filter.Type), "type", "", "of this type only")
	flags.StringVar((*string)(&r.filter.Priority), "priority", "", "with this priority only")
	flags.StringVar(&r.filter.Team, "team", "", "of calls that this team or supplier has only")
	flags.StringVar(&r.filter.Result, "calls", "", "list the calls behind a number instead: met, breached, running or cancelled")
	flags.StringToStringVar(&r.filter.Of, "of", nil, "with --calls, those of one row: dimension=value, with commas between")
	pageFlags(cmd, &r.filter.Page)
	return cmd
}

// flags are those that both reports have.
func (r *normReport) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&r.from, "from", "", "from this day or instant on")
	flags.StringVar(&r.until, "until", "", "before this day or instant")
	flags.StringVar(&r.filter.Domain, "domain", "", "of this domain only")
	flags.StringVar(&r.filter.Agreement, "agreement", "", "of this agreement only: its id, or id@version")
	flags.StringVar(&r.filter.Service, "service", "", "about this service only")
	flags.BoolVar(&r.csv, "csv", false, "write CSV")
}

// read reads the flags of the period and refuses those that exclude each other.
func (r *normReport) read(asJSON bool) (err error) {
	if r.csv && asJSON {
		return usagef("--csv and --json exclude each other")
	}
	if r.filter.From, err = instant("from", r.from); err != nil {
		return err
	}
	r.filter.Until, err = instant("until", r.until)
	return err
}

// instant reads a day, which begins at midnight here, or an instant; the zero time for "".
func instant(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, usagef("--%s: %q is no day such as 2026-11-23 and no instant such as 2026-11-23T09:00:00Z", flag, text)
	}
	return at, nil
}

func (a *app) normReport(cmd *cobra.Command, r *normReport) error {
	s, err := a.session()
	if err != nil {
		return err
	}
	if r.csv {
		file, err := s.NormReportCSV(cmd.Context(), r.filter)
		if err != nil {
			return err
		}
		_, err = a.out.Write(file)
		return err
	}
	rows, err := s.NormReport(cmd.Context(), r.filter)
	if err != nil {
		return err
	}
	return a.print(rows, func() { a.normRows(rows, r.filter.By) })
}

func (a *app) normRows(rows []usm.NormRow, by []string) {
	if len(rows) == 0 {
		fmt.Fprintln(a.out, "no norms")
		return
	}
	if len(by) == 0 { // the gateway chose
		by = slices.DeleteFunc(usm.NormDimensions(), func(name string) bool { _, known := rows[0].Of[name]; return !known })
	}
	header := table.Row{}
	for _, name := range by {
		header = append(header, name)
	}
	header = append(header, "met", "breached", "running", "cancelled", "attainment", "used")
	phases := usm.Phases()
	if !slices.ContainsFunc(rows, func(row usm.NormRow) bool { return len(row.Phases) > 0 }) {
		phases = nil
	}
	for _, name := range phases {
		header = append(header, name)
	}
	w := a.columns(header...)
	for _, row := range rows {
		line := table.Row{}
		for _, name := range by {
			line = append(line, row.Of[name])
		}
		line = append(line, row.Met, row.Breached, row.Running, row.Cancelled, percent(row.Attainment), known(row.Used))
		for _, name := range phases {
			line = append(line, known(row.Phase(name)))
		}
		w.AppendRow(line)
	}
	a.write(w)
}

// known is a span in seconds, "" for none.
func known(s *usm.Span) string {
	if s == nil {
		return ""
	}
	return seconds(*s).String()
}

func percent(share string) string {
	if share == "" {
		return ""
	}
	return share + " %"
}

func (a *app) normCalls(cmd *cobra.Command, r *normReport) error {
	if r.csv {
		return usagef("--csv is for the report; with --calls there is --json")
	}
	s, err := a.session()
	if err != nil {
		return err
	}
	clocks, next, err := s.NormCalls(cmd.Context(), r.filter)
	if err != nil {
		return err
	}
	return a.print(clocks, func() {
		if len(clocks) == 0 {
			fmt.Fprintln(a.out, "no calls")
			return
		}
		w := a.columns("call", "norm", "of", "state", "target", "used", "remaining", "subject")
		for _, c := range clocks {
			w.AppendRow(table.Row{
				a.strong(c.Call), c.Norm, c.Agreement, a.clockState(c.Clock), seconds(c.Target), seconds(c.Used), seconds(c.Remaining),
				cut(c.Subject, 50),
			})
		}
		a.write(w)
		a.more(next)
	})
}

func (a *app) reportAvailabilityCommand() *cobra.Command {
	r := &normReport{}
	cmd := a.api(&cobra.Command{
		Use:   "availability",
		Short: "Show how much of its agreed time each service could be used (default: since its domain was first loaded)",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.read(a.json); err != nil {
				return err
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			if r.csv {
				file, err := s.AvailabilityCSV(cmd.Context(), r.filter)
				if err != nil {
					return err
				}
				_, err = a.out.Write(file)
				return err
			}
			rows, err := s.Availability(cmd.Context(), r.filter)
			if err != nil {
				return err
			}
			return a.print(rows, func() { a.availability(rows) })
		},
	})
	r.flags(cmd)
	return cmd
}

func (a *app) availability(rows []usm.AvailabilityRow) {
	if len(rows) == 0 {
		fmt.Fprintln(a.out, "no services")
		return
	}
	w := a.columns("domain", "service", "agreed", "down", "availability", "incidents", "calls")
	for _, row := range rows {
		w.AppendRow(table.Row{
			row.Domain, row.Service, seconds(row.Agreed), seconds(row.Down), percent(row.Availability), row.Incidents, cut(join(row.Calls), 60),
		})
	}
	a.write(w)
}
