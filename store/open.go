package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// Open registers the call when it is not there yet (a bare Temporal client started it), binds it to the versions of
// procedure, agreement and calendars that are in force now, opens its first step, starts its clocks and returns the
// binding. Called again, also under the name of a sibling workflow, it returns the same binding and what the clocks want by
// then. usm.CodeInvalid: a bare call names what is not there. usm.CodeConflict: the agreement promises what its calendar
// never comes to.
func (s *Store) Open(ctx context.Context, call usm.Call, workflow string) (binding usm.Binding, err error) {
	defer wrapf(&err, "Open(%s)", call.Number)
	err = s.transact(ctx, func(t *tx) error {
		row, err := t.lock(ctx, call.Number, "opened")
		if usm.CodeOf(err) == usm.CodeNotFound {
			row, err = t.registerBare(ctx, call, workflow)
		}
		if err != nil {
			return err
		}
		if row.DomainVersion == 0 {
			if err := t.open(ctx, row, workflow, call.Barred); err != nil {
				return err
			}
		}
		binding, err = t.store.binding(ctx, t, row.callRow)
		return err
	})
	return binding, err
}

// registerBare registers a call that was not taken by a gateway. Its number is the workflow ID, which must be a tracking
// number of the workflow's register: under any other nobody would find the call.
func (t *tx) registerBare(ctx context.Context, call usm.Call, workflow string) (*locked, error) {
	w, ok := usm.WorkflowNamed(workflow)
	if !ok {
		return nil, usm.Errorf(usm.CodeInvalid, "there is no workflow %q", workflow)
	}
	call.Type = w.Process.CallType()
	if register, ok := usm.TypeOfNumber(call.Number); !ok || register != call.Type {
		return nil, usm.Invalid("/number", "the workflow ID %q is no tracking number such as %s", call.Number, call.Type.Number(1))
	}
	if call.Subject == "" {
		return nil, usm.Invalid("/subject", "a call has a subject")
	}
	if err := t.checkNew(ctx, call.NewCall); err != nil {
		return nil, err
	}
	if call.Typing.Type == "" {
		call.Typing = usm.Typing{Type: call.Type, Reason: "typed by the workflow that was started"}
	}
	var c change
	if _, err := t.admit(ctx, &c, admission{call: call, workflow: workflow, actor: usm.Engine}); err != nil {
		return nil, err
	}
	if err := t.write(ctx, c); err != nil {
		return nil, err
	}
	return t.lock(ctx, call.Number, "opened")
}

// open binds the call and opens its first step, from which those are kept who approved what it implements.
func (t *tx) open(ctx context.Context, row *locked, workflow string, barred []string) error {
	domain, err := t.currentDomain(ctx, row.Domain)
	if err != nil {
		return err
	}
	row.DomainVersion = domain.Version
	var c change
	if row.Terms == "" { // a child call has those of its parent
		if err := t.bind(ctx, &c, row, domain); err != nil {
			return err
		}
	}
	row.Unauthorised, err = t.unauthorised(ctx, row)
	if err != nil {
		return err
	}
	first, call := row.Process.Steps()[0], row.call()
	call.Barred = barred
	waiting := domain.Procedure(row.Process).WaitingAt(call, first, 1, usm.Segregated(call, nil, first))
	row.move(usm.Next{
		Workflow: orElse(workflow, row.Workflow), Step: first, Attempt: 1, Status: waiting.Status(), Waiting: waiting,
	})
	event := row.event(usm.EventOpened, "opened", usm.Engine)
	event.Step, event.Attempt, event.Text = first, 1, row.Unauthorised
	event.Before.value, event.After.value = difference(row.was.facts(), row.facts())
	notification, err := t.notification(ctx, row)
	if err != nil {
		return err
	}
	if _, err := t.fold(ctx, &c, row, &event, notification); err != nil {
		return err
	}
	c.Update, c.Steps = []callRow{row.callRow}, row.stepRows()
	c.record(row.callRow, event, nil)
	if err := t.write(ctx, c); err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `UPDATE starts SET started_at = now() WHERE call = $1 AND started_at IS NULL`, row.Number)
	return err
}

// unauthorised says why no customer authorises the requester, "" when one does. What the provider itself raises needs no
// customer, and a wish needs no agreement: it may be what asks for one.
func (t *tx) unauthorised(ctx context.Context, row *locked) (string, error) {
	person, err := t.person(ctx, row.Domain, row.Requester)
	switch {
	case err != nil, row.Parent != nil, row.Type == usm.Risk && person.provider:
		return "", err
	case !person.known:
		return fmt.Sprintf("%s is not a person of this domain", row.Requester), nil
	case person.Customer == "":
		return fmt.Sprintf("no customer authorises %s", row.Requester), nil
	case row.Service != "" && row.Agreement == "" && row.Type != usm.Wish:
		return fmt.Sprintf("customer %s has no agreement in force for service %s", person.Customer, row.Service), nil
	}
	return "", nil
}

type authority struct {
	known    bool   // the domain has the person, active
	provider bool   // he holds a profile there
	Customer string `db:"customer"`
	Profiles int    `db:"profiles"`
}

func (t *tx) person(ctx context.Context, domain, id string) (authority, error) {
	var a authority
	err := t.GetContext(ctx, &a, `
		SELECT customer, (SELECT count(*) FROM grants g WHERE (g.domain, g.person) = (p.domain, p.id)) AS profiles
		FROM people p WHERE domain = $1 AND id = $2 AND NOT inactive`, domain, id)
	if errors.Is(err, sql.ErrNoRows) {
		return authority{}, nil
	}
	a.known, a.provider = true, a.Profiles > 0
	return a, err
}

// call is the row as the input of a workflow.
func (c *callRow) call() usm.Call {
	call := usm.Call{
		NewCall: usm.NewCall{
			Domain: c.Domain, Type: c.Type, Subject: c.Subject, Description: c.Description, Requester: c.Requester,
			Service: c.Service, Components: orNone(c.Components), Impact: c.Impact, Urgency: c.Urgency, Fields: c.Request.value,
		},
		Number: c.Number, OpenedBy: c.OpenedBy, Typing: c.Typing.value, ForkedAt: c.ForkedAt,
		Coordinator: orNone(c.Coordinator), Priority: c.Priority, Category: c.Category,
	}
	if c.Parent != nil {
		call.Parent = *c.Parent
	}
	return call
}

// Binding returns what the call was bound to when it opened; usm.CodeOutOfTurn before that.
func (s *Store) Binding(ctx context.Context, number string) (binding usm.Binding, err error) {
	defer wrapf(&err, "Binding(%s)", number)
	row, err := s.row(ctx, number)
	if err != nil {
		return usm.Binding{}, err
	}
	if row.DomainVersion == 0 {
		return usm.Binding{}, usm.Errorf(usm.CodeOutOfTurn, "call %s is registered and not opened yet", number)
	}
	return s.binding(ctx, s.db, row)
}

func (s *Store) binding(ctx context.Context, q querier, row callRow) (usm.Binding, error) {
	domain, err := s.version(ctx, q, row.Domain, row.DomainVersion)
	if err != nil {
		return usm.Binding{}, err
	}
	binding := usm.Binding{
		Version: row.DomainVersion, Agreement: row.Agreement, Unauthorised: row.Unauthorised,
		Procedure: domain.Procedure(row.Process), Priorities: domain.Priorities, TaskQueue: domain.TaskQueue,
		ConsoleURL: s.options.ConsoleURL, Categories: each(domain.Categories, func(c usm.Category) string { return c.ID }),
		Gated: gated(domain.Approvals, row.Process),
	}
	if binding.Watch, err = s.watch(ctx, q, row); err != nil || row.Terms == "" {
		return binding, err
	}
	terms, err := s.book(ctx, q, row.Terms)
	if err != nil {
		return usm.Binding{}, err
	}
	binding.Reasons = terms.reasons()
	return binding, nil
}

// row reads a call as it is kept.
func (s *Store) row(ctx context.Context, number string) (row callRow, err error) {
	err = s.db.GetContext(ctx, &row, `SELECT `+callColumns+` FROM calls WHERE number = $1`, number)
	return row, noneAs(err, "there is no call %s", number)
}
