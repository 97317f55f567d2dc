package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// replayPatience is how long a replay waits for a gateway that is away, as during a restart.
const replayPatience = 3 * time.Minute

func (a *app) replayCommand() *cobra.Command {
	var o replay.Options
	var mapping string
	cmd := a.api(&cobra.Command{
		Use:   "replay LOG",
		Short: "Drive a real event log through the running product",
		Long: "Drive a real event log (CSV or XES, gzipped or not) through the running product: each case becomes a call that is\n" +
			"opened, finished step by step as the log recorded, and closed. A mapping says what the columns mean; those that ship\n" +
			"with usm are chosen by the columns. Stopping and running it again goes on where it was, without duplicates.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.replay(cmd.Context(), o, args[0], mapping)
		},
	})
	cmd.Flags().Lookup("as").Hidden = true // it acts as everybody
	cmd.Flags().StringVar(&mapping, "mapping", "", "mapping file, or the name of one that ships with usm (default: by the columns)")
	cmd.Flags().IntVar(&o.Limit, "limit", 0, "cases, from the first (default: all)")
	cmd.Flags().IntVar(&o.Concurrency, "concurrency", 16, "cases at a time")
	cmd.Flags().StringVar(&o.Domain, "domain", "", "domain that is asked (default: the mapping's)")
	cmd.Flags().BoolVar(&o.Strict, "strict", false, "stop at the first row or case that is refused")
	cmd.Flags().StringVar(&o.StateFile, "state", "", "file that remembers finished cases (default: .usm/replay/….json)")
	cmd.Flags().StringVar(&o.Run, "run", "", "name of this replay: the same log is replayed anew under another name")
	return cmd
}

func (a *app) replay(ctx context.Context, o replay.Options, path, mapping string) (err error) {
	s, err := a.session()
	if err != nil {
		return err
	}
	if len(s.tokens) == 0 {
		return usagef("a replay acts as many people: it needs the tokens.json of `usm dev`; --data names its folder")
	}
	address := a.address(a.devFolder())
	o.Client = client.NewWith(address, "", client.Options{Patience: replayPatience, Reconnect: true})
	if _, err = s.Me(ctx); err != nil { // a gateway that is away is told at once
		return err
	}
	o.Tokens = map[string]string{}
	for _, person := range s.people() {
		o.Tokens[person] = s.tokens[person]
	}
	if o.Log, o.Mapping, err = openLog(path, mapping); err != nil {
		return err
	}
	if o.StateFile == "" {
		o.StateFile = filepath.Join(a.devFolder(), "replay", replay.StateName(address, o)+".json")
	}
	bar := a.bar("replay", "cases")
	o.Progress = bar.step
	report, err := replay.Run(ctx, o)
	bar.finish()
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; the same command goes on from here")
	}
	return errors.Join(a.print(report, func() { a.report(report) }), err)
}

// report writes the final table.
func (a *app) report(r replay.Report) {
	w := a.columns("workflow", "", "cases", "steps", "waits")
	for _, row := range r.Workflows {
		w.AppendRow(table.Row{row.Workflow, usm.Workflows()[row.Workflow-1].Name, row.Cases, row.Steps, row.Waits})
	}
	w.AppendRow(table.Row{"", "all", r.Cases, r.Steps, r.Waits})
	a.write(w)
	fmt.Fprintf(a.out, "\n%d cases in %d calls, %d resumed, %d refused, %d requests in %s: %.1f calls/s\n",
		r.Cases, r.Calls, r.Resumed, r.Refused, r.Requests, r.Elapsed.Round(100*time.Millisecond), r.CallsPerSecond())
	a.decisions(r.Approvals)
	a.refusals(r.Refusals, r.Refused)
}

// decisions writes what was approved and rejected, and what was approved when it had begun.
func (a *app) decisions(r replay.ApprovalRows) {
	if r.Decisions+r.Mismatched == 0 {
		return
	}
	w := a.columns("role", "amount", "approved", "rejected", "approved after it began")
	var all replay.ApprovalRow
	for _, row := range r.Rows {
		w.AppendRow(table.Row{row.Role, row.Band, row.Approved, row.Rejected, row.Late})
		all.Approved, all.Rejected, all.Late = all.Approved+row.Approved, all.Rejected+row.Rejected, all.Late+row.Late
	}
	w.AppendRow(table.Row{"all", "", all.Approved, all.Rejected, all.Late})
	a.section("\n", w)
	fmt.Fprintf(a.out, "\n%d decisions as the log tells them, %d otherwise; in %d rounds the log has another order than the policies\n",
		r.Decisions, r.Mismatched, r.Reordered)
}
