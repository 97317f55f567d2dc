package main

import (
	"fmt"
	"slices"
	"strings"
)

// question is a figure in which engines are compared.
type question struct {
	what       string // with a comparison behind it
	name, load string
	more       bool // is better
	figure     func(Cell) float64
}

// questions in the order in which they are answered.
func (r Results) questions() (all []question) {
	for _, name := range order {
		what := "cases of " + name + " a second"
		if name == handOver {
			continue
		}
		if plans[name].people > 0 {
			what = name + "s a second"
		}
		all = append(all, question{what, name, r.costly(name), true, func(c Cell) float64 { return c.PerSecond }})
	}
	for _, load := range []string{"1", r.costly("approval")} {
		what := "the p95 of a decision with " + inWords(load)
		all = append(all, question{what, "approval", load, false, func(c Cell) float64 { return c.Decision.P95 }})
	}
	return append(all,
		question{"the p95 of a hand-over with 1 in flight", handOver, "1", false, func(c Cell) float64 { return c.Decision.P95 }},
		question{"the CPU time of an approval", "approval", r.costly("approval"), false, func(c Cell) float64 { return c.Cost.CPU }},
		question{"what an approval writes to disk", "approval", r.costly("approval"), false, func(c Cell) float64 {
			return c.Cost.Log + c.Cost.File
		}})
}

// The outcomes of a comparison.
const (
	won   = "won"
	lost  = "lost"
	equal = "equal"
)

// answer compares this product with another: it has won or lost what it has won or lost in every run.
func (q question) answer(ratios []float64) (outcome, text string) {
	if !q.more {
		ratios = slices.Clone(ratios)
		for i := range ratios {
			ratios[i] = 1 / ratios[i]
		}
		slices.Sort(ratios)
	}
	least, most := ratios[0], ratios[len(ratios)-1]
	switch {
	case least > 1:
		return won, fmt.Sprintf("%s: %s times better", q.what, spread(ratios))
	case most < 1:
		for i := range ratios {
			ratios[i] = 1 / ratios[i]
		}
		slices.Sort(ratios)
		return lost, fmt.Sprintf("%s: %s times worse", q.what, spread(ratios))
	}
	return equal, fmt.Sprintf("%s: %s", q.what, spread(ratios))
}

// Verdict says what this product has won or lost against each other engine.
func (r Results) Verdict(outcome string) string {
	var b strings.Builder
	for _, k := range r.engines() {
		var found []string
		for _, q := range r.questions() {
			ratios := r.ratio(k, q.name, q.load, q.figure)
			if k.small == "" || len(ratios) == 0 {
				continue
			}
			if is, text := q.answer(ratios); is == outcome {
				found = append(found, text)
			}
		}
		if len(found) > 0 {
			fmt.Fprintf(&b, "* %s: %s.\n", k.title, strings.Join(found, "; "))
		}
	}
	if b.Len() == 0 {
		return "* nothing"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
