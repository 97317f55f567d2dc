package main

import "slices"

// A plan is what a case consists of: steps that write one row each.
type plan struct {
	steps  int    // that the engine performs
	fork   int    // the step that a case of the plan child performs, and that is over when that is; 0 for none
	child  string // name of a plan
	people int    // who act then, one after another: it waits for each, and writes one more row; with the last it ends
}

// handOver is the case in which one person's step is followed by another's, so that nothing but his step is in his time. It is asked
// of those who have Temporal beneath them only.
const handOver = "hand-over"

// plans by the name of the case. The first three have the steps of the workflows of these numbers, 6, 15 and 23 with those of the
// cases that they fork.
var plans = map[string]plan{
	"workflow 5": {steps: 6},
	"workflow 2": {steps: 9, fork: 6, child: "workflow 5"},
	"workflow 1": {steps: 8, fork: 6, child: "workflow 2"},
	"approval":   {steps: 5, people: 1},
	handOver:     {steps: 2, people: 2},
	"asleep":     {steps: 1, people: 1},
}

// last is the number of the row that ends a case.
func (p plan) last() int { return p.steps + p.people }

// rows that a case writes, those of the cases that it forks included.
func (p plan) rows() int {
	rows := p.last()
	if p.child != "" {
		rows += plans[p.child].rows()
	}
	return rows
}

// childID names the case that another forks; it forks one.
func childID(id string) string { return id + "+" }

// schema is what the small engines write their rows to. Whoever wrote a row twice would get an error.
const schema = `
CREATE TABLE cases (id text PRIMARY KEY, plan text NOT NULL, parent text NOT NULL, step integer NOT NULL, state text NOT NULL);
CREATE INDEX cases_ready ON cases (id) WHERE state = 'ready';
CREATE TABLE tasks (case_id text, step integer, PRIMARY KEY (case_id, step));
CREATE TABLE writes (case_id text, step integer, line text NOT NULL, PRIMARY KEY (case_id, step));`

// line is what a step writes.
const line = "What was done, and how it went"

// loads of a case: none of what is not asked of an engine. Where Temporal keeps its data on a file nobody has hundreds of people at
// work, so the largest are left out.
func (m measurement) loads(k kind, name string) []string {
	all := slices.Clone(m.grid[name])
	if name == handOver && k.temporal == "" {
		return nil
	}
	if k.temporal != onFile {
		return all
	}
	return slices.DeleteFunc(all, func(load string) bool { return load == "200" || load == openLoad })
}
