package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed benchmarks.md.tmpl
var page string

// elsewhere is the file, beside that of the results, of cases that waited on another machine.
const elsewhere = "elsewhere.json"

// report writes the page and its pictures from a file of results.
func report(args []string) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	in := flags.String("in", "results/latest.json", "file of results")
	out := flags.String("out", "../docs/benchmarks.md", "page; its pictures come beside it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	results, err := load(*in)
	if err != nil {
		return err
	}
	if len(results.Blocks) == 0 {
		return fmt.Errorf("%s has no results: measure first", *in)
	}
	other, err := load(filepath.Join(filepath.Dir(*in), elsewhere))
	if err != nil {
		return err
	}
	results.Elsewhere = &other
	text, err := results.page(filepath.Base(*in))
	if err != nil {
		return err
	}
	pictures, err := results.pictures()
	if err != nil {
		return err
	}
	dir := strings.TrimSuffix(*out, ".md")
	if err = os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a page is for everybody
		return err
	}
	for name, picture := range pictures {
		if err = os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil { //nolint:gosec // the same
			return err
		}
	}
	return os.WriteFile(*out, []byte(text), 0o644) //nolint:gosec // the same
}

// page is the text about the results, in Markdown.
func (r Results) page(file string) (string, error) { return r.write(page, file) }

// write fills in a page.
func (r Results) write(page, file string) (string, error) {
	functions := template.FuncMap{"percent": func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }}
	text, err := template.New("page").Funcs(functions).Parse(page)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = text.Execute(&b, struct {
		Results

		File string
	}{r, file})
	return b.String(), err
}

// Runs says how many there are of each engine, at least.
func (r Results) Runs() int {
	runs := map[string]int{}
	for _, block := range r.Blocks {
		runs[block.Engine]++
	}
	least := len(r.Blocks)
	for _, n := range runs {
		least = min(least, n)
	}
	return least
}

// Others is the largest share of the machine that others used during one block.
func (r Results) Others() (most float64) {
	for _, block := range r.Blocks {
		most = max(most, block.Others)
	}
	for _, a := range r.Asleep {
		most = max(most, a.Others)
	}
	return most
}

// Loud reports whether that is more than a run may say nothing about.
func (r Results) Loud() bool { return r.Others() > mostOthers }

// engines that there are results of, in the order of the tables.
func (r Results) engines() (found []kind) {
	for _, k := range kinds {
		if slices.ContainsFunc(r.Blocks, func(b Block) bool { return b.Engine == k.name }) {
			found = append(found, k)
		}
	}
	return found
}

// loads of a case that there are results of, in the order in which they were measured.
func (r Results) loads(name string) (found []string) {
	for _, block := range r.Blocks {
		for _, cell := range block.Cells {
			if cell.Case == name && !slices.Contains(found, cell.Load) {
				found = append(found, cell.Load)
			}
		}
	}
	return found
}

// cells are those of an engine by run.
func (r Results) cells(engine, name, load string) map[int]Cell {
	found := map[int]Cell{}
	for _, block := range r.Blocks {
		for _, cell := range block.Cells {
			if block.Engine == engine && cell.Case == name && cell.Load == load {
				found[block.Run] = cell
			}
		}
	}
	return found
}

// values are one figure of an engine, of each run.
func (r Results) values(engine, name, load string, figure func(Cell) float64) (values []float64) {
	for _, cell := range r.cells(engine, name, load) {
		values = append(values, figure(cell))
	}
	slices.Sort(values)
	return values
}

// median of sorted values; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[len(values)/2]
}

// spread writes a median with the least and the most beside it.
func spread(values []float64) string {
	switch len(values) {
	case 0:
		return "–"
	case 1:
		return short(values[0])
	}
	return fmt.Sprintf("%s (%s–%s)", short(median(values)), short(values[0]), short(values[len(values)-1]))
}

// short writes a figure with three digits or so.
func short(value float64) string {
	switch {
	case value >= 100:
		return fmt.Sprintf("%.0f", value)
	case value >= 10:
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.2f", value)
}

// markdown writes a table.
func markdown(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	rule := slices.Repeat([]string{"---:"}, len(head))
	rule[0] = "---"
	line(rule)
	for _, row := range rows {
		line(row)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// inWords says what a load is.
func inWords(load string) string {
	if load == openLoad {
		return "open loop"
	}
	return load + " in flight"
}
