package store

import (
	"context"
	"errors"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// fold lets the clocks of the call take in what an event says, before the event is recorded, and returns what they want
// done next. said is what the event's own columns do not say. A call without terms has no clocks.
func (t *tx) fold(ctx context.Context, c *change, row *locked, event *eventRow, said usm.Fact) (usm.Watch, error) {
	if row.Terms == "" {
		return usm.Watch{}, nil
	}
	now, err := t.store.book(ctx, t, row.Terms)
	if err != nil {
		return usm.Watch{}, err
	}
	fact := row.fact(*event, said)
	event.Fact.value = &fact
	state, rows, err := t.next(ctx, row, now, fact)
	if err != nil {
		return usm.Watch{}, uncountable(row.Number, err)
	}
	for _, r := range rows {
		c.Ledger = append(c.Ledger, ledgerRow{Call: row.Number, Revision: r.Revision, Row: r.Row, Sequence: r.Sequence, Document: r})
	}
	row.Clock.value = state
	watch, err := now.Watch(state)
	if err != nil {
		return usm.Watch{}, uncountable(row.Number, err)
	}
	row.Due = nil
	if !watch.Due.IsZero() {
		row.Due = &watch.Due
	}
	c.clocks(row.was, row.callRow)
	return watch, nil
}

// uncountable lets people see that an agreement promises what its calendar never comes to.
func uncountable(number string, err error) error {
	if errors.Is(err, clock.ErrNeverOpens) {
		return usm.Errorf(usm.CodeConflict, "the clocks of %s cannot be computed: %v", number, err)
	}
	return err
}

// next is the state after the fact. Only an explicit recomputation looks at the facts before it.
func (t *tx) next(ctx context.Context, row *locked, now *book, fact usm.Fact) (clock.State, []usm.LedgerRow, error) {
	if fact.Kind == usm.EventRebound && fact.Applies == usm.Recompute {
		return t.recompute(ctx, row, now, fact)
	}
	var before *clock.Book
	if row.was.Terms != "" && row.was.Terms != row.Terms {
		old, err := t.store.book(ctx, t, row.was.Terms)
		if err != nil {
			return clock.State{}, nil, err
		}
		before = old.Book
	}
	return now.Next(before, row.Clock.value, fact)
}

// fact is what the event means for the clocks: said, completed by the event and by how the call stands after it.
func (c *locked) fact(event eventRow, said usm.Fact) usm.Fact {
	fact, last := said, c.Clock.value.Last
	fact.Sequence, fact.Kind, fact.Step, fact.Outcome = event.Sequence, orElse(said.Kind, event.Kind), event.Step, event.Outcome
	if event.Kind == usm.EventStepFinished {
		fact.State = orElse(event.State, usm.StepDone)
	}
	now := c.Now.UTC()
	switch {
	case fact.At.IsZero():
		fact.At = now
	case !fact.At.Equal(now):
		fact.Recorded = now
	}
	if last.Kind == "" || c.Terms != c.was.Terms {
		fact.Terms = c.Terms
	}
	fact.By = c.side(event)
	fact.Status, fact.Open, fact.Attempt, fact.Waiting = c.Status, c.Step, c.Attempt, c.Waiting.value.Kind
	fact.Type, fact.Priority, fact.Service, fact.Team = c.Type, c.Priority, c.Service, c.Team
	fact.Child = c.ForkedAt != ""
	return fact
}

// side says for whom the actor of the event acted. Who asked for a child call is its parent.
func (c *callRow) side(event eventRow) usm.Side {
	actor := usm.Actor{Person: event.By, For: event.For, Rule: event.Rule}
	switch {
	case event.Kind == usm.EventAlarm, actor.Person == "", actor.Person == usm.Automatic.Person, actor.Person == usm.Engine.Person:
		return usm.SideMachine
	case actor.Is(c.Requester), actor.Rule == usm.RuleParent:
		return usm.SideRequester
	}
	return usm.SideProvider
}

// recompute folds all that ever happened to the call anew, under the terms that it has now, as the next revision.
func (t *tx) recompute(ctx context.Context, row *locked, now *book, fact usm.Fact) (clock.State, []usm.LedgerRow, error) {
	var kept []document[usm.Fact]
	err := t.SelectContext(ctx, &kept,
		`SELECT fact FROM trail WHERE call = $1 AND fact <> '{}' ORDER BY sequence`, row.Number)
	if err != nil {
		return clock.State{}, nil, err
	}
	facts := append(values(kept), fact)
	terms := map[string]usm.Terms{now.terms.Key: now.terms}
	for _, f := range facts {
		if f.Terms == "" || f.Terms == now.terms.Key {
			continue
		}
		earlier, err := t.store.book(ctx, t, f.Terms)
		if err != nil {
			return clock.State{}, nil, err
		}
		terms[f.Terms] = earlier.terms
	}
	state, rows, err := clock.Fold(facts, terms)
	if err != nil {
		return clock.State{}, nil, err
	}
	newest := rows[:0]
	for _, r := range rows {
		if r.Revision == state.Revision {
			newest = append(newest, r)
		}
	}
	return state, newest, nil
}
