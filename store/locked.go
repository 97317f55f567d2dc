package store

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// locked is a call that this transaction alone may change.
type locked struct {
	callRow
	Now        time.Time                `db:"now"` // the moment of the transaction
	Done       bool                     `db:"done"`
	DoneDigest *string                  `db:"done_digest"`
	DoneResult document[usm.StepResult] `db:"done_result"`
	was        callRow                  // as the transaction found it
	left       stepRow                  // the open step that move went away from, unless undo marks it
}

// lock waits for the call and keeps others out until the transaction ends. Done says that the key is on its trail.
//
// When it had to wait for another transaction that wrote the very same key, Done is still false, because the trail is read
// as it was when the statement began. Then the trail refuses the key and transact begins anew: one round trip is saved
// every time at the price of a repetition in that rare case.
func (t *tx) lock(ctx context.Context, number, key string) (*locked, error) {
	var call locked
	err := t.GetContext(ctx, &call, `
		SELECT `+callColumns+`, now() AS now, done.call IS NOT NULL AS done, done.digest AS done_digest, done.result AS done_result
		FROM calls c
		LEFT JOIN (SELECT call, key, digest, result FROM trail) done ON done.call = c.number AND done.key = $2
		WHERE c.number = $1 FOR UPDATE OF c`, number, key)
	if err != nil {
		return nil, noneAs(err, "there is no call %s", number)
	}
	call.was = call.callRow
	return &call, nil
}

// facts are the parts of a call that the trail shows before and after a change.
func (c *callRow) facts() map[string]any {
	return map[string]any{
		"status": c.Status, "step": c.Step, "priority": c.Priority, "category": c.Category, "workflow": c.Workflow,
		"impact": c.Impact, "urgency": c.Urgency, "service": c.Service, "components": c.Components,
	}
}

// difference returns of both sides what is not the same.
func difference(before, after map[string]any) (was, is map[string]any) {
	was, is = map[string]any{}, map[string]any{}
	for key := range after {
		if !reflect.DeepEqual(before[key], after[key]) {
			was[key], is[key] = before[key], after[key]
		}
	}
	return was, is
}

// merge lets what a step recorded replace what the call's fields said before, name by name.
func (c *callRow) merge(fields map[string]any) {
	merged := maps.Clone(object(c.Fields.value))
	maps.Copy(merged, fields)
	c.Fields.value = merged
}

// about corrects what the call is about; empty parts stay.
func (c *callRow) about(facts *usm.RequestFacts) {
	if facts == nil {
		return
	}
	keep(&c.Service, facts.Service)
	keep(&c.Category, facts.Category)
	keep(&c.Impact, facts.Impact)
	keep(&c.Urgency, facts.Urgency)
	keep(&c.Priority, facts.Priority)
	if len(facts.Components) > 0 {
		c.Components = facts.Components
	}
}

// sendTo hands the call to the team that a step names. An analysis that names none takes it back; a plan does not.
func (c *callRow) sendTo(effects usm.Effects) {
	if effects.Match != nil {
		c.Team = effects.Match.Team
	}
	if effects.OperationPlan != nil {
		keep(&c.Team, effects.OperationPlan.Team)
	}
}

// keep replaces a text unless the new one is empty.
func keep[T ~string](to *T, value T) {
	if value != "" {
		*to = value
	}
}

// move puts the call where the workflow says it is now.
func (c *locked) move(next usm.Next) {
	same := next.Waiting
	same.Since = c.Waiting.value.Since
	if next.Attempt != c.Attempt || !reflect.DeepEqual(same, c.Waiting.value) {
		c.WaitingSince = c.Now
	}
	c.Waiting.value = next.Waiting
	c.Waiting.value.Since = c.WaitingSince
	keep(&c.Workflow, next.Workflow)
	if (c.Step != next.Step || c.Attempt != next.Attempt) && !next.Status.Ended() && !slices.Contains(next.Undone, c.Step) {
		c.left = stepRow{Call: c.Number, Step: c.Step, Attempt: c.Attempt, State: usm.StepPending}
	}
	c.Step, c.Attempt, c.Status = next.Step, next.Attempt, next.Status
	keep(&c.Outcome, next.Outcome)
	if next.Status == usm.StatusFulfilled && c.FulfilledAt == nil {
		c.FulfilledAt = &c.Now
	}
	if next.Status.Ended() {
		c.Step = ""
		c.ClosedAt = &c.Now
	}
	for _, step := range next.Undone {
		if step == usm.PrepareRecovery || step == usm.SelectMeasure {
			c.Route = "" // to be decided again
		}
	}
}

// stepRows are the rows of the call's steps after it has moved: what was finished, and the step that is open now. A step
// that was left open on the way is pending again.
func (c *locked) stepRows(finished ...stepRow) []stepRow {
	var rows []stepRow
	isLeft := c.left.Step != ""
	for _, row := range finished {
		isLeft = isLeft && (row.Step != c.left.Step || row.Attempt != c.left.Attempt)
	}
	if isLeft {
		rows = append(rows, c.left)
	}
	rows = append(rows, finished...)
	if c.Step == "" {
		return rows
	}
	return append(rows, stepRow{Call: c.Number, Step: c.Step, Attempt: max(c.Attempt, 1), State: usm.StepOpen})
}

// event begins the next row of the call's trail.
func (c *locked) event(kind usm.EventKind, key string, actor usm.Actor) eventRow {
	c.Changes++
	return eventRow{
		Call: c.Number, Sequence: c.Changes, Key: key, At: c.Now, Kind: kind, Process: c.Process,
		By: actor.Person, For: actor.For, Profile: actor.Profile, Rule: actor.Rule,
		Version: c.DomainVersion, Agreement: c.Agreement,
	}
}

// undo takes steps back and marks those that will never run. What was finished stays as it is; the path shows the latest
// attempt.
func (t *tx) undo(ctx context.Context, number string, next usm.Next) error {
	if len(next.Undone) == 0 && len(next.Skipped) == 0 && !next.Status.Ended() {
		return nil
	}
	_, err := t.ExecContext(ctx, `
		WITH stopped AS (
			UPDATE call_steps SET state = 'skipped', reason = CASE WHEN $4 THEN 'the call ended' ELSE 'sent back' END
			WHERE call = $1 AND state IN ('open', 'pending') AND ($4 OR step = ANY($2)))
		INSERT INTO call_steps (call, step, attempt, state, by_person, for_person, outcome, reason)
		SELECT $1, step, max(attempt) + 1, 'pending', '', '', '', ''
		FROM call_steps WHERE call = $1 AND step = ANY($2) GROUP BY step
		UNION ALL
		SELECT $1, step, (SELECT coalesce(max(attempt), 0) + 1 FROM call_steps s WHERE s.call = $1 AND s.step = skipped.step),
			'skipped', '', '', '', 'the call ended'
		FROM unnest($3::text[]) AS skipped (step)
		WHERE NOT EXISTS (
			SELECT FROM call_steps s WHERE s.call = $1 AND s.step = skipped.step AND s.finished_at IS NULL)`,
		number, texts(next.Undone), texts(next.Skipped), next.Status.Ended())
	return err
}
