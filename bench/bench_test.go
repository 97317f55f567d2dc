package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain lets the small engines run in this program, as children do.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := command(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestEveryEngineDoesTheCases that it is measured with, each step of them once, and every figure comes out.
func TestEveryEngineDoesTheCases(t *testing.T) {
	t.Parallel()
	binary, err := build(t.Context(), t.TempDir())
	require.NoError(t, err)
	var mu sync.Mutex
	var all Results
	dir := t.TempDir()
	t.Cleanup(func() {
		if !t.Failed() {
			requireReport(t, all, dir)
		}
	})
	for _, name := range []string{"usm-file", "plain", "dbos", "river", "floor"} { // lean is plain with fewer activities
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block, asleep := measureOnce(t, name, binary)
			mu.Lock()
			defer mu.Unlock()
			all.Blocks, all.Asleep = append(all.Blocks, block), append(all.Asleep, asleep)
		})
	}
}

// measureOnce measures an engine with a few cases and looks at what they have left.
func measureOnce(t *testing.T, name, binary string) (block Block, asleep Asleep) {
	t.Helper()
	k, err := kindNamed(name)
	require.NoError(t, err)
	m := measurement{busy: true, binary: binary, seen: map[string]string{}, crowd: 1, window: 100 * time.Millisecond}
	m.grid = grid{"approval": {"1", openLoad}, handOver: {"1"}, "workflow 5": {"1"}, "workflow 2": {"1"}, "workflow 1": {"1"}}
	block, asleep = Block{Run: 1, Engine: name}, Asleep{Engine: name, Cases: 2}
	_, err = m.alone(t.Context(), k, func(d *driver) (err error) {
		block.Cells, err = m.cells(t.Context(), d, k)
		requireRows(t, d, k)
		return errors.Join(err, m.sleep(t.Context(), d, &asleep))
	})
	require.NoError(t, err)
	require.NotEmpty(t, m.seen["Postgres"])
	loads := 0
	for name := range m.grid {
		loads += len(m.loads(k, name))
	}
	require.Len(t, block.Cells, loads)
	cpu := 0.0 // of one case it may be less than the unit in which the system counts
	for _, cell := range block.Cells {
		requireFigures(t, cell, k)
		cpu += cell.Cost.CPU
	}
	require.Positive(t, cpu)
	for what, figure := range map[string]float64{
		"opening": asleep.Opening, "memory": asleep.Memory.After, "restarted": asleep.Restarted, "data": asleep.Data.After,
		"warm": asleep.Warm.P50, "cold": asleep.Cold.P95,
	} {
		require.Positive(t, figure, what)
	}
	if k.temporal == "" { // whose own housekeeping is more than what so few cases take
		require.Greater(t, asleep.Commits, 5.0, "a transaction for each row at least")
	}
	return block, asleep
}

// requireFigures asks for every figure of a cell.
func requireFigures(t *testing.T, c Cell, k kind) {
	t.Helper()
	figures := map[string]float64{
		"cases": float64(c.Cases), "per second": c.PerSecond, "opening": c.Opening.P50, "whole": c.Whole.P99,
		"log": c.Cost.Log, "activities": float64(c.Trace.Activities),
	}
	if plans[c.Case].people > 0 {
		figures["decision"] = c.Decision.P95
	}
	if k.temporal != "" {
		figures["events"] = float64(c.Trace.Events)
	}
	for what, figure := range figures {
		require.Positive(t, figure, "%s of %s, %s", what, c.Case, c.Load)
	}
	rows := plans[c.Case].rows()
	require.GreaterOrEqual(t, c.Trace.Activities, rows, "%s has %d steps", c.Case, rows)
	require.GreaterOrEqual(t, c.Cost.Writing, float64(rows), "each in a transaction of its own")
}

// requireRows compares what every case has written with its plan.
func requireRows(t *testing.T, d *driver, k kind) {
	t.Helper()
	// The product: how many steps each call has finished, as its trail says.
	statement := `SELECT calls.type || CASE WHEN calls.parent IS NULL THEN '' ELSE ' of another' END, count(DISTINCT calls.number),
		count(*) FILTER (WHERE trail.kind = 'step_finished') FROM calls JOIN trail ON trail.call = calls.number GROUP BY 1`
	expect := map[string]int{
		"service_request": 6, "service_request of another": 6, "change_request": 9, "change_request of another": 9, "wish": 8,
	}
	if k.small != "" {
		statement = `SELECT length(case_id) || ' ' || max, count(*), sum(rows) FROM (SELECT case_id, max(step) AS max, count(*) AS rows
			FROM writes GROUP BY case_id) AS cases GROUP BY 1`
		expect = map[string]int{"26 6": 6, "26 8": 8, "26 9": 9, "27 6": 6, "27 9": 9, "28 6": 6} // the length of a number tells who forked whom
		if k.temporal != "" {
			expect["26 4"] = 4 // the hand-over
		}
	}
	rows, err := d.stack.db.Query(t.Context(), statement)
	require.NoError(t, err)
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var kind string
		var cases, steps int
		require.NoError(t, rows.Scan(&kind, &cases, &steps))
		require.Zero(t, steps%cases, "%s: %d steps of %d cases", kind, steps, cases)
		found[kind] = steps / cases
	}
	require.Equal(t, expect, found)
	require.NoError(t, rows.Err())
}

// requireReport writes the report and looks for every engine in every table of it.
func requireReport(t *testing.T, all Results, dir string) {
	t.Helper()
	all.Machine = Machine{CPU: "A CPU", Cores: 2, MemoryGiB: 24, Fsync: "on", Versions: map[string]string{"Go": "go1"}}
	in, out := filepath.Join(dir, "results.json"), filepath.Join(dir, "page.md")
	require.NoError(t, all.save(in))
	require.NoError(t, all.save(filepath.Join(dir, elsewhere)))
	require.NoError(t, report([]string{"-in", in, "-out", out}))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	require.NotContains(t, string(text), "NaN")
	tables := 0
	for table := range strings.SplitSeq(string(text), "\n\n") {
		if !strings.HasPrefix(table, "| ") || !strings.Contains(table, "---:") { // the one without figures is written by hand
			continue
		}
		tables++
		handOvers := strings.TrimSpace(table) == strings.TrimSpace(all.HandOvers())
		for _, engine := range all.engines() {
			if handOvers && engine.temporal == "" {
				require.NotContains(t, table, engine.title, "it has no such case")
			} else if !strings.HasPrefix(table, "| to |") || engine.small != "" {
				require.Contains(t, table, "| "+engine.title+" |")
			}
		}
		lines := strings.Split(strings.TrimSpace(table), "\n")
		for _, line := range lines {
			require.Equal(t, strings.Count(lines[0], "|"), strings.Count(line, "|"), line)
		}
	}
	require.Equal(t, 9, tables, "that of the other machine with them")
	for _, name := range []string{"throughput", "decision", "cpu"} {
		picture, err := os.Open(filepath.Join(dir, "page", name+".svg"))
		require.NoError(t, err)
		decoder := xml.NewDecoder(picture)
		for err == nil {
			_, err = decoder.Token()
		}
		require.ErrorIs(t, err, io.EOF, "%s is well-formed", name)
		require.NoError(t, picture.Close())
	}
}
