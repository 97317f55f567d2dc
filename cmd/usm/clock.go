package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
	clocks "github.com/usm-works/usm/usm/clock"
)

// clockCommand groups what people want to know about the norms that run beside a call.
func (a *app) clockCommand() *cobra.Command {
	return group("clock", "Norms of a call: how they stand, and why",
		a.clockShowCommand(), a.clockExplainCommand(), a.clockExportCommand())
}

func (a *app) clockShowCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "show CALL",
		Short: "Show how the clocks of a call stand now, and who has had it for how long",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			export, err := s.Clocks(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(export.Ledger, func() { a.clocks(export) })
		},
	})
}

// clocks writes the clocks of a call and of the children of its forks, then the chain.
func (a *app) clocks(export usm.ClockExport) {
	w := a.columns("call", "norm", "of", "state", "promise", "target", "used", "remaining", "due")
	a.clockRows(w, export)
	if w.Length() == 0 {
		fmt.Fprintln(a.out, "no norm runs beside "+export.Call)
		return
	}
	a.write(w)
	if len(export.Chain) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	chain := a.columns("who had it", "agreement", "call", "used")
	for _, link := range export.Chain {
		chain.AppendRow(table.Row{link.Holder, link.Agreement, orElse(link.Call, export.Call), seconds(link.Used)})
	}
	a.write(chain)
}

func (a *app) clockRows(w table.Writer, export usm.ClockExport) {
	for _, c := range export.Clocks {
		w.AppendRow(table.Row{
			export.Call, c.Norm, c.Agreement, a.clockState(c), c.Promise, seconds(c.Target), seconds(c.Used), seconds(c.Remaining), clock(c.Due),
		})
	}
	for _, child := range export.Children {
		a.clockRows(w, child)
	}
}

// clockState is the state of a clock in a few words.
func (a *app) clockState(c usm.Clock) string {
	state := string(c.State)
	if c.State == usm.ClockPaused {
		state += " (" + join(c.Reasons) + ")"
	}
	switch {
	case c.Breached():
		return a.paint(state+", breached "+clock(c.BreachedAt), red)
	case c.State == usm.ClockStopped:
		return a.paint(state+", met", green)
	case c.State == usm.ClockPaused:
		return a.paint(state, yellow)
	}
	return state
}

// seconds is a span as lists show it, in whole seconds; explain has it exactly.
func seconds(s usm.Span) usm.Span { return usm.Span(time.Duration(s).Truncate(time.Second)) }

func (a *app) clockExplainCommand() *cobra.Command {
	var from string
	cmd := a.api(&cobra.Command{
		Use:   "explain CALL",
		Short: "Say line by line how every due date came about; --from needs no gateway",
		Long: "Recompute the clocks of a call from the recorded facts, agreements and calendars, and say line by line how every\n" +
			"due date came about. With --from they come from a file that `usm clock export` has written, and no gateway is asked.\n" +
			"A recorded ledger that is not what follows from the facts is an error.",
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) == (from == "") {
				return usagef("usage: usm clock explain CALL, or usm clock explain --from EXPORT.json")
			}
			export, err := a.clockExport(cmd, args, from)
			if err != nil {
				return err
			}
			if a.json {
				return a.print(export.Ledger, nil)
			}
			return clocks.Explain(a.out, export)
		},
	})
	cmd.Flags().StringVar(&from, "from", "", "file of `usm clock export`, or - for standard input")
	return cmd
}

// clockExport gets an export from a gateway, or from a file.
func (a *app) clockExport(cmd *cobra.Command, args []string, from string) (export usm.ClockExport, err error) {
	if from == "" {
		s, err := a.session()
		if err != nil {
			return export, err
		}
		return s.Clocks(cmd.Context(), args[0])
	}
	raw, err := a.file(from)
	if err != nil {
		return export, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(&export); err != nil {
		return export, fmt.Errorf("%s is no export of clocks: %w", from, err)
	}
	if len(export.Facts) == 0 {
		return export, fmt.Errorf("%s is no export of clocks: it has no facts", from)
	}
	return export, nil
}

func (a *app) clockExportCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "export CALL",
		Short: "Write the clocks of a call with everything they can be recomputed from, as JSON",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			export, err := s.Clocks(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			a.json = true
			return a.print(export, nil)
		},
	})
}

// file reads a file, or standard input for "-".
func (a *app) file(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(a.in)
	}
	return os.ReadFile(path)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
