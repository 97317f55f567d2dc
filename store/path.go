package store

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// pathCall is a call of a path: the one asked for, or one that a fork below it opened.
type pathCall struct {
	Number   string              `db:"number"`
	Workflow string              `db:"workflow"`
	Route    usm.Outcome         `db:"route"`
	Parent   string              `db:"parent"`
	ForkedAt usm.Step            `db:"forked_at"`
	Fork     int                 `db:"fork_attempt"`
	Steps    document[[]stepRow] `db:"steps"` // the latest attempt of each step that was reached
}

// Path returns every step of the workflow that the call is bound to, in the order of execution, the steps of its latest
// children right after the fork that opened them. Children that are not opened yet are pending, without a number.
func (s *Store) Path(ctx context.Context, number string) (path []usm.PathView, err error) {
	defer wrapf(&err, "Path(%s)", number)
	var calls []pathCall
	err = s.db.SelectContext(ctx, &calls, `
		WITH RECURSIVE family AS (
			SELECT number, workflow, route, '' AS parent, forked_at, fork_attempt, opened_at FROM calls WHERE number = $1
			UNION ALL
			SELECT c.number, c.workflow, c.route, c.parent, c.forked_at, c.fork_attempt, c.opened_at
			FROM calls c JOIN family f ON c.parent = f.number WHERE c.forked_at <> '')
		SELECT number, workflow, route, parent, forked_at, fork_attempt, (
			SELECT jsonb_agg(s) FROM (
				SELECT DISTINCT ON (step) s.* FROM call_steps s WHERE call = family.number ORDER BY step, attempt DESC) s) AS steps
		FROM family ORDER BY opened_at, number`, number)
	if err != nil {
		return nil, err
	}
	top := slices.IndexFunc(calls, func(c pathCall) bool { return c.Number == number })
	if top < 0 {
		return nil, usm.Errorf(usm.CodeNotFound, "there is no call %s", number)
	}
	return expand(calls, calls[top], 0), nil
}

// expand lists the steps of one call, with its children where they fork.
func expand(family []pathCall, call pathCall, depth int) []usm.PathView {
	workflow, _ := usm.WorkflowNamed(call.Workflow)
	var path []usm.PathView
	for _, step := range workflow.Process.Steps() {
		row := call.step(step)
		path = append(path, usm.PathView{
			Process: step.Process(), Step: step, Workflow: workflow.Name, Call: call.Number, Depth: depth, State: row.State,
			By: row.By, For: row.For, At: utc(row.FinishedAt), Attempt: row.Attempt, Outcome: row.Outcome, Reason: row.Reason,
		})
		if step.Kind() != usm.KindFork {
			continue
		}
		children := latestChildren(family, call, row)
		for _, child := range children {
			path = append(path, expand(family, child, depth+1)...)
		}
		if len(children) == 0 && row.State != usm.StepNotApplicable && row.State != usm.StepSkipped {
			path = append(path, expected(workflow.Forks(call.Route), depth+1)...)
		}
	}
	return path
}

// step returns the latest attempt of a step; one that was never reached is pending.
func (c pathCall) step(step usm.Step) stepRow {
	for _, row := range c.Steps.value {
		if row.Step == step {
			return row
		}
	}
	return stepRow{State: usm.StepPending}
}

// latestChildren are those that the current attempt of a fork opened. When the fork is to be repeated they are history.
func latestChildren(family []pathCall, parent pathCall, fork stepRow) []pathCall {
	var children []pathCall
	for _, call := range family {
		if call.Parent == parent.Number && call.ForkedAt == fork.Step && call.Fork == fork.Attempt {
			children = append(children, call)
		}
	}
	return children
}

// expected are the steps of children that a fork has yet to open.
func expected(forks []usm.Workflow, depth int) []usm.PathView {
	var path []usm.PathView
	for _, fork := range forks {
		for _, row := range fork.Path() {
			path = append(path, usm.PathView{
				Process: row.Step.Process(), Step: row.Step, Workflow: row.Workflow.Name, Depth: depth + row.Depth,
				State: usm.StepPending,
			})
		}
	}
	return path
}
