package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
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
var order = []string{"approval", handOver, "workflow 5", "workflow 2", "workflow 1"}

// measurement is what is asked for.
type measurement struct {
	out     string
	runs    int
	window  time.Duration
	engines []kind
	grid    grid
	asleep  int
	crowd   int // cases in flight to warm up, and while many are opened
	busy    bool
	binary  string            // of the product
	seen    map[string]string // versions of the servers
}

// parse reads the flags.
func parse(args []string) (m measurement, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	engines := flags.String("engines", "usm,plain,lean,dbos,river,floor", "which, with commas between; there are usm-file and plain-file too")
	loads := flags.String("loads", "1,50,200,open", "of the approval: so many in flight, or open at half of the peak")
	hands := flags.String("hands", "1", "the same of the hand-over")
	paths := flags.String("paths", "10", "the same of workflows 5, 2 and 1")
	quick := flags.Bool("quick", false, "one run, short windows, at most 50 in flight, 200 cases asleep")
	flags.StringVar(&m.out, "out", "results/latest.json", "file of results; what it has already is not measured again")
	flags.IntVar(&m.runs, "runs", 5, "how many")
	flags.DurationVar(&m.window, "window", time.Second, "for how long cases are opened under one load")
	flags.IntVar(&m.asleep, "asleep", 1000, "how many cases sleep in the end, 0 for none")
	flags.BoolVar(&m.busy, "busy", false, "go on although others use the machine; the report says so")
	if err = flags.Parse(args); err != nil {
		return m, err
	}
	m.crowd = 4
	if *quick {
		m.runs, m.window, m.asleep, *loads = 1, time.Second/2, 200, "1,50"
	}
	m.grid = grid{
		"approval": list(*loads), handOver: list(*hands),
		"workflow 5": list(*paths), "workflow 2": list(*paths), "workflow 1": list(*paths),
	}
	for _, name := range list(*engines) {
		k, err := kindNamed(name)
		if err != nil {
			return m, err
		}
		m.engines = append(m.engines, k)
	}
	if len(m.engines) == 0 {
		return m, errors.New("name an engine")
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
	if slices.ContainsFunc(m.engines, func(k kind) bool { return k.small == "" }) {
		if m.binary, err = build(ctx, dir); err != nil {
			return err
		}
	}
	machine, err := thisMachine(ctx)
	if err != nil {
		return err
	}
	if err = m.same(results, machine); err != nil {
		return fmt.Errorf("%s has results of %w: remove it, or name another file with -out", m.out, err)
	}
	results.Machine, m.seen = machine, machine.Versions
	results.Settings = Settings{Window: m.window.String(), Busy: results.Settings.Busy || m.busy}
	for run := 1; run <= m.runs; run++ {
		first := run % len(m.engines) // each has its turn
		for _, k := range slices.Concat(m.engines[first:], m.engines[:first]) {
			if slices.ContainsFunc(results.Blocks, func(b Block) bool { return b.Run == run && b.Engine == k.name }) {
				continue
			}
			block := Block{Run: run, Engine: k.name, At: time.Now().UTC().Truncate(time.Second)}
			block.Others, err = m.alone(ctx, k, func(d *driver) (err error) {
				block.Cells, err = m.cells(ctx, d, k)
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
	return m.runAsleep(ctx, results)
}

// same says with what else the results were measured that are there already, if anything.
func (m measurement) same(r Results, now Machine) error {
	state := func(of Machine) string { return strings.TrimSuffix(of.Versions[thisProduct], "-dirty") }
	switch then := r.Machine; {
	case len(r.Blocks)+len(r.Asleep) == 0:
		return nil
	case then.CPU != now.CPU || then.Cores != now.Cores:
		return errors.New("another machine")
	case state(then) != state(now):
		return fmt.Errorf("another state of the product, %s", state(then))
	case r.Settings.Window != m.window.String():
		return fmt.Errorf("another window, %s", r.Settings.Window)
	}
	maps.Copy(now.Versions, r.Machine.Versions) // of servers that may not be started this time
	return nil
}

// runAsleep measures engines while many cases wait.
func (m measurement) runAsleep(ctx context.Context, results Results) (err error) {
	for _, k := range m.engines {
		done := func(a Asleep) bool { return a.Engine == k.name && a.Cases == m.asleep }
		if m.asleep == 0 || slices.ContainsFunc(results.Asleep, done) {
			continue
		}
		asleep := Asleep{Engine: k.name, Cases: m.asleep}
		asleep.Others, err = m.alone(ctx, k, func(d *driver) error { return m.sleep(ctx, d, &asleep) })
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
func (m measurement) alone(ctx context.Context, k kind, do func(*driver) error) (share float64, err error) {
	s, err := newStack(ctx, k.temporal)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	versions, err := s.versions(ctx)
	if err != nil {
		return 0, err
	}
	maps.Copy(m.seen, versions)
	e, err := k.start(ctx, s, m.binary)
	if e != nil { // half started, at least
		defer e.stop()
	}
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	before, err := lookAtOthers()
	if err != nil {
		return 0, err
	}
	if err = do(drive(ctx, e, s)); err != nil {
		return 0, err
	}
	if share, err = before.share(); err == nil {
		err = m.accept(share)
	}
	return share, err
}

// accept refuses what was measured while others used too much of the machine.
func (m measurement) accept(share float64) error {
	if share <= mostOthers || m.busy {
		return nil
	}
	return fmt.Errorf("others used %.0f %% of this machine, more than %.0f: run it again when it is quiet, which goes on with what is "+
		"missing, or with -busy", 100*share, 100*mostOthers)
}

// windowOf is for how long cases are opened: five times as long where one follows the other, which are few in a second.
func (m measurement) windowOf(inFlight int) time.Duration {
	if inFlight == 1 {
		return 5 * m.window
	}
	return m.window
}

// cells measures every case under its loads, after a few of each to warm up.
func (m measurement) cells(ctx context.Context, d *driver, k kind) (cells []Cell, err error) {
	for _, name := range order {
		if len(m.loads(k, name)) == 0 {
			continue
		}
		if _, err = d.closed(ctx, name, m.crowd, 0); err != nil {
			return nil, err
		}
		peak := 0.0
		for _, load := range m.loads(k, name) {
			var cell Cell
			if load == openLoad {
				cell, err = d.open(ctx, name, peak/2, 2*m.window)
			} else {
				var inFlight int
				if inFlight, err = strconv.Atoi(load); err == nil {
					cell, err = d.closed(ctx, name, inFlight, m.windowOf(inFlight))
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
