package main

import (
	_ "embed"
	"flag"
	"fmt"
	"math"
	"math/bits"
	"os"
	"path/filepath"
)

//go:embed scale.md.tmpl
var scalePage string

// What the page about scale supposes. It says why.
const (
	peak          = 5.0  // times the average
	used          = 0.5  // share of the cores at the peak
	shardChanges  = 25.0 // a second of a shard, at the peak
	updateChanges = 3.0  // of a shard, for each update
	updates       = 7.0  // of the call that is measured: its start, five steps and the decision
	day           = 24 * 60 * 60
	gibibyte      = 1 << 30
)

// scale writes the page about scale from a file of results.
func scale(args []string) error {
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	in := flags.String("in", "results/latest.json", "file of results")
	out := flags.String("out", "../docs/scale.md", "page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	results, err := load(*in)
	if err != nil {
		return err
	}
	if len(results.values("usm", "approval", results.costly("approval"), cpu)) == 0 {
		return fmt.Errorf("%s has no results of the product: measure first", *in)
	}
	text, err := results.write(scalePage, filepath.Base(*in))
	if err != nil {
		return err
	}
	return os.WriteFile(*out, []byte(text), 0o644) //nolint:gosec // a page is for everybody
}

func cpu(c Cell) float64    { return c.Cost.CPU }
func stored(c Cell) float64 { return c.Cost.Log + c.Cost.File }
func events(c Cell) float64 { return float64(c.Trace.Events) }

// Cost is what one call of the product costs.
func (r Results) Cost() string {
	load := r.costly("approval")
	return markdown([]string{"of one call", "median (least–most)"}, [][]string{
		{"CPU, ms", spread(r.values("usm", "approval", load, cpu))},
		{"written, KiB", spread(r.values("usm", "approval", load, func(c Cell) float64 { return stored(c) / 1024 }))},
		{"events of its history", spread(r.values("usm", "approval", load, events))},
		{"kept while it waits, KiB", short(r.kept() / 1024)},
	})
}

// kept is how many bytes a call that waits takes on disk, of Temporal and registers together, where most wait; 0 when that was not
// measured.
func (r Results) kept() (bytes float64) {
	most := 0
	for _, a := range r.Asleep {
		if a.Engine == "usm" && a.Cases > most {
			bytes, most = (a.Data.After-a.Data.Before)*(1<<20)/float64(a.Cases), a.Cases
		}
	}
	return bytes
}

// Needs is what so many calls a day need.
func (r Results) Needs() string {
	load := r.costly("approval")
	of := func(figure func(Cell) float64) float64 { return median(r.values("usm", "approval", load, figure)) }
	rows := [][]string{
		{"calls a second at the peak"},
		{"cores"},
		{"events of histories a second"},
		{"history shards"},
		{"written, MiB a second"},
		{"kept in a year, at most, GiB"},
	}
	for _, daily := range []float64{1e6, 1e7, 1e8} {
		rate := daily / day * peak
		for i, cell := range []float64{
			rate, math.Ceil(rate * of(cpu) / 1000 / used), rate * of(events), shards(rate * updates * updateChanges / shardChanges),
			rate * of(stored) / (1 << 20), daily * 365 * r.kept() / gibibyte,
		} {
			rows[i] = append(rows[i], fmt.Sprintf("%.0f", cell))
		}
	}
	return markdown([]string{"calls a day", "1 million", "10 million", "100 million"}, rows)
}

// shards is the next power of two.
func shards(least float64) float64 { return float64(uint(1) << bits.Len(uint(math.Ceil(least))-1)) }
