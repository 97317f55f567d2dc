package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// openLoad is an open loop at half of the peak of the closed ones.
const openLoad = "open"

// mostOthers is the share of the machine above which a run says more about others than about the engines.
const mostOthers = 0.15

// grid are the loads of each case.
type grid map[string][]string

// order is that of the cases in a block.
var order = []string{"approval", "workflow 5", "workflow 2", "workflow 1"}

// measurement is what is asked for.
type measurement struct {
	out     string
	runs    int
	window  time.Duration
	engines []kind
	grid    grid
	asleep  int
	busy    bool
}

// parse reads the flags.
func parse(args []string) (m measurement, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	engines := flags.String("engines", "usm,plain,lean,dbos,river,floor", "which, with commas between")
	loads := flags.String("loads", "1,50,200,open", "of the approval: so many in flight, or open at half of the peak")
	paths := flags.String("paths", "1,50", "the same of workflows 5, 2 and 1")
	quick := flags.Bool("quick", false, "one run with short windows, and 500 cases asleep")
	flags.StringVar(&m.out, "out", "results/latest.json", "file of results; what it has already is not measured again")
	flags.IntVar(&m.runs, "runs", 5, "how many")
	flags.DurationVar(&m.window, "window", 2*time.Second, "for how long cases are opened under one load")
	flags.IntVar(&m.asleep, "asleep", 10_000, "how many cases sleep in the end, 0 for none")
	flags.BoolVar(&m.busy, "busy", false, "go on although others use the machine; the report says so")
	if err = flags.Parse(args); err != nil {
		return m, err
	}
	if *quick {
		m.runs, m.window, m.asleep = 1, time.Second, 500
	}
	m.grid = grid{"approval": list(*loads), "workflow 5": list(*paths), "workflow 2": list(*paths), "workflow 1": list(*paths)}
	for _, name := range list(*engines) {
		k, err := kindNamed(name)
		if err != nil {
			return m, err
		}
		m.engines = append(m.engines, k)
	}
	return m, nil
}

func list(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
}

// run measures what the file has not, engine after engine in each run, so that ratios are of the same minutes.
func (m measurement) run(ctx context.Context) error {
	results, err := load(m.out)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "usm-bench-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is in the folder for temporary files
	binary := ""
	if slices.ContainsFunc(m.engines, func(k kind) bool { return k.small == "" }) {
		if binary, err = build(ctx, dir); err != nil {
			return err
		}
	}
	if results.Machine, err = thisMachine(ctx); err != nil {
		return err
	}
	results.Settings.Window = m.window.String()
	results.Settings.Busy = results.Settings.Busy || m.busy
	for run := 1; run <= m.runs; run++ {
		for _, k := range m.engines {
			if slices.ContainsFunc(results.Blocks, func(b Block) bool { return b.Run == run && b.Engine == k.name }) {
				continue
			}
			block := Block{Run: run, Engine: k.name, At: time.Now().UTC().Truncate(time.Second)}
			block.Others, err = m.alone(ctx, k, binary, func(d *driver) (err error) {
				block.Cells, err = m.cells(ctx, d)
				return err
			})
			if err != nil {
				return fmt.Errorf("run %d of %s: %w", run, k.name, err)
			}
			results.Blocks = append(results.Blocks, block)
			block.show(os.Stdout)
			if err = results.save(m.out); err != nil {
				return err
			}
		}
	}
	return m.runAsleep(ctx, results, binary)
}

// runAsleep measures engines while many cases wait.
func (m measurement) runAsleep(ctx context.Context, results Results, binary string) (err error) {
	for _, k := range m.engines {
		done := func(a Asleep) bool { return a.Engine == k.name && a.Cases == m.asleep }
		if m.asleep == 0 || slices.ContainsFunc(results.Asleep, done) {
			continue
		}
		asleep := Asleep{Engine: k.name, Cases: m.asleep}
		asleep.Others, err = m.alone(ctx, k, binary, func(d *driver) error { return d.sleep(ctx, &asleep) })
		if err != nil {
			return fmt.Errorf("%s asleep: %w", k.name, err)
		}
		results.Asleep = append(results.Asleep, asleep)
		asleep.show(os.Stdout)
		if err = results.save(m.out); err != nil {
			return err
		}
	}
	return nil
}

// alone runs an engine on a stack of its own while nothing else of ours runs, and says what share of the machine others used.
func (m measurement) alone(ctx context.Context, k kind, binary string, do func(*driver) error) (share float64, err error) {
	s, err := newStack(ctx, k.temporal)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	e, err := k.start(ctx, s, binary)
	if err != nil {
		return 0, err
	}
	defer e.stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	before, err := lookAtOthers()
	if err != nil {
		return 0, err
	}
	if err = do(drive(ctx, e, s)); err != nil {
		return 0, err
	}
	if share, err = before.share(); err == nil && share > mostOthers && !m.busy {
		err = fmt.Errorf("others used %.0f %% of this machine, more than %.0f: run it again when it is quiet, which goes on with what is "+
			"missing, or with -busy", 100*share, 100*mostOthers)
	}
	return share, err
}

// cells measures every case under its loads, after a few of each to warm up.
func (m measurement) cells(ctx context.Context, d *driver) (cells []Cell, err error) {
	for _, name := range order {
		if _, err = d.closed(ctx, name, 4, 0); err != nil {
			return nil, err
		}
		peak := 0.0
		for _, load := range m.grid[name] {
			var cell Cell
			if load == openLoad {
				cell, err = d.open(ctx, name, peak/2, 2*m.window)
			} else {
				var inFlight int
				if inFlight, err = strconv.Atoi(load); err == nil {
					cell, err = d.closed(ctx, name, inFlight, m.window)
				}
				peak = max(peak, cell.PerSecond)
			}
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell)
		}
	}
	return cells, nil
}
