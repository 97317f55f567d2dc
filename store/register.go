package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// admission is a call on its way into a register.
type admission struct {
	call      usm.Call
	workflow  string  // Go name; "" takes the one that its type starts on
	fork      int     // attempt of the parent's fork step, 0 for a call that is no child
	parent    callRow // of a child: it takes over the agreement, the team and the terms of its clocks
	actor     usm.Actor
	requestID string
}

// admit gives the calls that have no number one, and puts them in the change as registered, to be started by whoever is
// there first: the workflow that raised them or a gateway. It returns them in the same order, completed.
func (t *tx) admit(ctx context.Context, c *change, admissions ...admission) ([]usm.Call, error) {
	numbers, now, err := t.numbers(ctx, admissions)
	if err != nil {
		return nil, err
	}
	calls := make([]usm.Call, len(admissions))
	for i, a := range admissions {
		if a.call.Number == "" {
			a.call.Number = a.call.Type.Number(numbers[i])
		}
		a.call.OpenedBy = orElse(a.call.OpenedBy, a.call.Requester)
		a.call.Progress = nil
		row := a.row(now)
		c.Insert = append(c.Insert, row)
		c.record(row, a.event(row), nil)
		switch {
		case a.call.IsChild():
			c.link(a.call.Parent, "child", row.Number)
		case a.call.Parent != "":
			c.link(a.call.Parent, "raised", row.Number)
		}
		if !a.call.IsChild() { // its parent starts a child, and has to be the one who does
			c.Starts = append(c.Starts, startRow{Call: row.Number, Input: a.call})
		}
		calls[i] = a.call
	}
	return calls, nil
}

// numbers draws the next number of each call's register (0 for a call that has one), and says what time the transaction has.
func (t *tx) numbers(ctx context.Context, admissions []admission) ([]int64, time.Time, error) {
	registers := make([]usm.CallType, len(admissions))
	for i, a := range admissions {
		if a.call.Number == "" {
			registers[i] = a.call.Type
		}
	}
	var drawn []struct {
		Number int64     `db:"number"`
		Now    time.Time `db:"now"`
	}
	err := t.SelectContext(ctx, &drawn, `
		SELECT CASE register WHEN '' THEN 0 ELSE nextval(('numbers_' || register)::regclass) END AS number, now() AS now
		FROM unnest($1::text[]) AS register`, texts(registers))
	if err != nil {
		return nil, time.Time{}, err
	}
	numbers := make([]int64, len(drawn))
	for i, d := range drawn {
		numbers[i] = d.Number
	}
	return numbers, drawn[0].Now, nil
}

func (a admission) row(now time.Time) callRow {
	call := a.call
	row := callRow{
		Number: call.Number, Type: call.Type, Domain: call.Domain, Subject: call.Subject, Description: call.Description,
		Requester: call.Requester, OpenedBy: call.OpenedBy, Service: call.Service, Components: list(call.Components),
		Category: call.Category, Impact: call.Impact, Urgency: call.Urgency, Priority: call.Priority,
		Status: usm.StatusRegistered, Workflow: orElse(a.workflow, call.Type.Start().Name), Process: call.Type.Process(),
		WaitingSince: now, ForkedAt: call.ForkedAt, ForkAttempt: a.fork, Coordinator: list(call.Coordinator),
		Changes: 1, OpenedAt: now, Agreement: a.parent.Agreement, Clause: a.parent.Clause, Team: a.parent.Team, Terms: a.parent.Terms,
	}
	row.Waiting.value = usm.Waiting{Kind: usm.WaitNone, Since: now}
	row.Typing.value = call.Typing
	row.Request.value = object(call.Fields)
	row.Fields.value = row.Request.value
	if call.Parent != "" {
		row.Parent = &call.Parent
	}
	return row
}

func (a admission) event(row callRow) eventRow {
	event := eventRow{
		Call: row.Number, Sequence: 1, Key: "registered", At: row.OpenedAt, Kind: usm.EventRegistered, Process: row.Process,
		By: orElse(a.actor.Person, row.OpenedBy), For: a.actor.For, Profile: a.actor.Profile, Rule: a.actor.Rule,
		Text: row.Typing.value.Reason, RequestID: a.requestID,
	}
	_, event.After.value = difference(nil, row.facts())
	return event
}

// orElse is value, or other when it is empty.
func orElse[T ~string](value, other T) T {
	if value == "" {
		return other
	}
	return value
}

// checkNew refuses a call that names what is not there. A person is known when any domain knows him: whether a customer
// authorises him is decided when the call opens.
func (t *tx) checkNew(ctx context.Context, call usm.NewCall) error {
	var r references
	if !call.Type.Valid() {
		r.refusef("/type", "a call has one of the five types")
	}
	if call.Domain == "" {
		r.refusef("/domain", "a call is for a domain")
	}
	if call.Requester == "" {
		r.refusef("/requester", "a call has a requester")
	}
	r.add("domain", call.Domain, "/domain")
	r.add("person", call.Requester, "/requester")
	r.add("service", call.Service, "/service")
	r.addEach("component", call.Components, "/components")
	r.add("call", call.Parent, "/parent")
	return r.check(ctx, t, call.Domain)
}
