package main

import (
	"fmt"
	"slices"
	"strings"
)

// paths are the cases that people have no part in.
var paths = order[2:]

// rows makes a row for each engine.
func (r Results) rows(figures func(k kind) []string) (rows [][]string) {
	for _, k := range r.engines() {
		if row := figures(k); len(row) > 0 {
			rows = append(rows, append([]string{k.title}, row...))
		}
	}
	return rows
}

// columns are the heads for a case under each of its loads.
func (r Results) columns(name string) (head []string) {
	head = []string{""}
	for _, load := range r.loads(name) {
		head = append(head, inWords(load))
	}
	return head
}

// Throughput is how many approvals end in a second.
func (r Results) Throughput() string {
	return markdown(r.columns("approval"), r.rows(func(k kind) (row []string) {
		for _, load := range r.loads("approval") {
			row = append(row, spread(r.values(k.name, "approval", load, func(c Cell) float64 { return c.PerSecond })))
		}
		return row
	}))
}

// Decisions is how long a decision takes.
func (r Results) Decisions() string { return r.actions("approval") }

// HandOvers is how long a step takes that is followed by another's.
func (r Results) HandOvers() string { return r.actions(handOver) }

func (r Results) actions(name string) string {
	return markdown(r.columns(name), r.rows(func(k kind) (row []string) {
		if name == handOver && k.temporal == "" {
			return nil // it has no such case
		}
		for _, load := range r.loads(name) {
			var at []string
			for _, figure := range []func(Cell) float64{
				func(c Cell) float64 { return c.Decision.P50 },
				func(c Cell) float64 { return c.Decision.P95 },
				func(c Cell) float64 { return c.Decision.P99 },
			} {
				at = append(at, short(median(r.values(k.name, name, load, figure))))
			}
			row = append(row, strings.Join(at, " / "))
		}
		return row
	}))
}

// Refusals says where requests were told to come back.
func (r Results) Refusals() string {
	var found []string
	for _, k := range r.engines() {
		for _, name := range order {
			for _, load := range r.loads(name) {
				refused := r.values(k.name, name, load, func(c Cell) float64 { return float64(c.Refused) / float64(max(c.Cases, 1)) })
				if len(refused) > 0 && refused[len(refused)-1] > 0 {
					found = append(found, fmt.Sprintf("%s, %s, %s: %s for each case", k.title, name, inWords(load), spread(refused)))
				}
			}
		}
	}
	if len(found) == 0 {
		return "no request"
	}
	return strings.Join(found, "; ")
}

// costly is the load at which costs are told: the one with the most cases in flight up to 50.
func (r Results) costly(name string) (load string) {
	for _, l := range r.loads(name) {
		if l != openLoad && l != "200" {
			load = l
		}
	}
	return load
}

// CostLoad is costly in words.
func (r Results) CostLoad() string { return inWords(r.costly("approval")) }

// Costs is what an approval costs.
func (r Results) Costs() string {
	load := r.costly("approval")
	head := []string{"", "CPU ms", "KiB written", "events", "activities", "transactions", "of them writing"}
	return markdown(head, r.rows(func(k kind) (row []string) {
		for _, figure := range []func(Cell) float64{
			func(c Cell) float64 { return c.Cost.CPU },
			func(c Cell) float64 { return (c.Cost.Log + c.Cost.File) / 1024 },
		} {
			row = append(row, spread(r.values(k.name, "approval", load, figure)))
		}
		for _, figure := range []func(Cell) float64{
			func(c Cell) float64 { return float64(c.Trace.Events) },
			func(c Cell) float64 { return float64(c.Trace.Activities) },
		} {
			row = append(row, fmt.Sprintf("%.0f", median(r.values(k.name, "approval", load, figure))))
		}
		transactions := "–"
		for _, a := range r.Asleep {
			if a.Engine == k.name {
				transactions = short(a.Commits)
			}
		}
		writing := median(r.values(k.name, "approval", load, func(c Cell) float64 { return c.Cost.Writing }))
		return append(row, transactions, short(writing))
	}))
}

// Paths is how many cases without people end in a second, under each load, and what one costs.
func (r Results) Paths() string {
	head := []string{""}
	for _, name := range paths {
		for _, load := range r.loads(name) {
			head = append(head, name+", "+inWords(load))
		}
	}
	return markdown(head, r.rows(func(k kind) (row []string) {
		for _, name := range paths {
			for _, load := range r.loads(name) {
				row = append(row, spread(r.values(k.name, name, load, func(c Cell) float64 { return c.PerSecond })))
			}
		}
		return row
	}))
}

// PathCosts is what a case without people costs.
func (r Results) PathCosts() string {
	head := []string{""}
	for _, name := range paths {
		head = append(head, name+": CPU ms", "KiB", "events")
	}
	return markdown(head, r.rows(func(k kind) (row []string) {
		for _, name := range paths {
			of := func(figure func(Cell) float64) float64 { return median(r.values(k.name, name, r.costly(name), figure)) }
			row = append(row, short(of(func(c Cell) float64 { return c.Cost.CPU })),
				short(of(func(c Cell) float64 { return (c.Cost.Log + c.Cost.File) / 1024 })),
				fmt.Sprintf("%.0f", of(func(c Cell) float64 { return float64(c.Trace.Events) })))
		}
		return row
	}))
}

// Ratios are those of this product to each other engine in the same run: above 1 where it does more in a second, or takes longer.
func (r Results) Ratios() string {
	head := []string{"to"}
	compared := append([]string{order[0]}, paths...)
	for _, name := range compared {
		head = append(head, name+" a second")
	}
	head = append(head, "decision p95, 1 in flight", "hand-over p95, 1 in flight")
	var rows [][]string
	for _, k := range r.engines() {
		if k.small == "" {
			continue
		}
		row := []string{k.title}
		for _, name := range compared {
			row = append(row, spread(r.ratio(k, name, r.costly(name), func(c Cell) float64 { return c.PerSecond })))
		}
		for _, name := range []string{order[0], handOver} {
			row = append(row, spread(r.ratio(k, name, "1", func(c Cell) float64 { return c.Decision.P95 })))
		}
		rows = append(rows, row)
	}
	return markdown(head, rows)
}

// ratio of this product to another on the same Temporal, by run.
func (r Results) ratio(to kind, name, load string, figure func(Cell) float64) (ratios []float64) {
	ours := kinds[0].name
	for _, k := range kinds {
		if k.small == "" && k.temporal == to.temporal {
			ours = k.name
		}
	}
	others := r.cells(to.name, name, load)
	for run, cell := range r.cells(ours, name, load) {
		if other, ok := others[run]; ok && figure(other) > 0 {
			ratios = append(ratios, figure(cell)/figure(other))
		}
	}
	slices.Sort(ratios)
	return ratios
}

// Sleeping is an engine while many cases wait.
func (r Results) Sleeping() string {
	head := []string{
		"", "asleep", "memory MiB, before → after", "after a restart", "data MiB, before → after", "KiB a case", "idle, of a core",
		"warm p50 / p95 ms", "cold p50 / p95 ms",
	}
	var rows [][]string
	for _, k := range kinds {
		for _, a := range r.Asleep {
			if a.Engine != k.name {
				continue
			}
			rows = append(rows, []string{
				k.title, fmt.Sprint(a.Cases), fmt.Sprintf("%.0f → %.0f", a.Memory.Before, a.Memory.After), fmt.Sprintf("%.0f", a.Restarted),
				fmt.Sprintf("%.0f → %.0f", a.Data.Before, a.Data.After), short(1024 * (a.Data.After - a.Data.Before) / float64(a.Cases)),
				fmt.Sprintf("%.1f %%", 100*a.Idle), short(a.Warm.P50) + " / " + short(a.Warm.P95), short(a.Cold.P50) + " / " + short(a.Cold.P95),
			})
		}
	}
	return markdown(head, rows)
}
