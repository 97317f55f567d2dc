package rehearse

import (
	"cmp"
	"maps"
	"slices"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// maxExamples is how many cases are shown of each direction of a change.
const maxExamples = 3

// changes holds what the cases came to under the proposal beside what they came to without it.
type changes struct{ rows map[changeKey]*ChangeRow }

type changeKey struct{ agreement, link, norm string }

func newChanges() *changes { return &changes{rows: map[changeKey]*ChangeRow{}} }

// promise is a norm of one case: the agreement with the customer counts as the same whatever its id.
type promise struct{ link, norm string }

func (c *changes) count(story replay.Story, before, after outcome) {
	was, is := before.worst(), after.worst()
	all := maps.Clone(was)
	maps.Copy(all, is)
	for p, clock := range all {
		old, kept := was[p]
		now, stays := is[p]
		row := c.row(changeKey{idOf(clock.Agreement), p.link, p.norm})
		from, to := resultOf(old), resultOf(now)
		switch {
		case !kept:
			row.New++
		case !stays:
			row.Gone++
		case from == to:
			row.Same++
		case from == met && to == breached:
			row.Breached++
			row.example(story, row.Breached, old, now)
		case from == breached && to == met:
			row.Met++
			row.example(story, row.Met, old, now)
		default:
			row.Other++
		}
	}
}

func (c *changes) row(key changeKey) *ChangeRow {
	if c.rows[key] == nil {
		c.rows[key] = &ChangeRow{Agreement: key.agreement, Link: key.link, Norm: key.norm, Examples: []Example{}}
	}
	return c.rows[key]
}

func (r *ChangeRow) example(story replay.Story, n int, before, after usm.Clock) {
	if n <= maxExamples {
		r.Examples = append(r.Examples, Example{Case: story.Case, Line: story.Line, Before: verdict(before), After: verdict(after)})
	}
}

func verdict(c usm.Clock) Verdict {
	return Verdict{Result: string(resultOf(c)), Promise: c.Promise, Target: c.Target, Used: c.Used}
}

// worst returns the clock of each norm, the worst one where it ran several times.
func (o outcome) worst() map[promise]usm.Clock {
	order := []result{breached, running, met, cancelled}
	worst := map[promise]usm.Clock{}
	for _, c := range o.clocks {
		p := promise{c.Link, c.Norm}
		known, twice := worst[p]
		if resultOf(c) == "" || twice && slices.Index(order, resultOf(known)) <= slices.Index(order, resultOf(c)) {
			continue
		}
		worst[p] = c
	}
	return worst
}

func (c *changes) list() []ChangeRow {
	rows := []ChangeRow{}
	for _, row := range c.rows {
		slices.SortStableFunc(row.Examples, func(a, b Example) int { return cmp.Compare(a.After.Result, b.After.Result) })
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b ChangeRow) int {
		return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(a.Norm, b.Norm))
	})
	return rows
}
