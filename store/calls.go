package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// viewRow is a call with what other tables say about it.
type viewRow struct {
	callRow
	Children pq.StringArray       `db:"children"`
	Links    document[[]usm.Link] `db:"links"`
	People   pq.StringArray       `db:"people"`
	Unheard  bool                 `db:"unheard"` // not in lists
}

// viewColumns are those of viewRow, from calls as c. The people are those who may act at this moment: active, with a
// profile that the step asks for, or the person it waits for, and not kept out by segregation.
const viewColumns = callColumns + `,
	ARRAY(SELECT k.number FROM calls k WHERE k.parent = c.number AND k.forked_at <> '' ORDER BY k.opened_at, k.number) AS children,
	(SELECT jsonb_agg(jsonb_build_object('to', l."to", 'kind', l.kind) ORDER BY l.at, l."to") FROM links l
		WHERE l.call = c.number) AS links,
	ARRAY(SELECT who.id FROM (
			SELECT g.person AS id FROM grants g JOIN people p ON (p.domain, p.id) = (g.domain, g.person)
			WHERE g.domain = c.domain AND NOT p.inactive AND c.waiting -> 'profiles' ? g.profile
			UNION SELECT c.waiting ->> 'person') AS who
		WHERE who.id IS NOT NULL AND NOT coalesce(c.waiting -> 'exclude' ? who.id, false) ORDER BY who.id) AS people`

// Call returns the call as it is now. AllowedActions and TemporalURL are left to the API; usm.CodeNotFound when there is none.
func (s *Store) Call(ctx context.Context, number string) (call usm.CallView, err error) {
	defer wrapf(&err, "Call(%s)", number)
	var row viewRow
	if err := s.db.GetContext(ctx, &row, `
		SELECT `+viewColumns+`, EXISTS (SELECT 1 FROM unanswered u WHERE u.call = c.number AND `+isRecorded+`) AS unheard
		FROM calls c WHERE number = $1`, number); err != nil {
		return usm.CallView{}, noneAs(err, "there is no call %s", number)
	}
	view := []usm.CallView{row.view()}
	if err := s.standingIn(ctx, nil, []viewRow{row}, view); err != nil {
		return usm.CallView{}, err
	}
	err = s.approving(ctx, view)
	return view[0], err
}

// Calls lists the calls that the filter leaves, the newest first, or with MayAct the most urgent first, by
// priority and then by due date. next is the cursor of the next page, "" at the end; usm.CodeInvalid for a cursor that is
// none. A page is shorter than it was asked for only at the end.
func (s *Store) Calls(ctx context.Context, filter usm.CallFilter) (calls []usm.CallView, next string, err error) {
	defer wrapf(&err, "Calls")
	people, err := s.mayActFor(ctx, filter.MayAct)
	if err != nil {
		return nil, "", err
	}
	calls = []usm.CallView{}
	for {
		found, page, more, err := s.callPage(ctx, filter, people)
		if err != nil {
			return nil, "", err
		}
		for i, call := range page {
			if !actable(call, filter.MayAct) {
				continue
			}
			calls = append(calls, call)
			if len(calls) == limit(filter.Page) && (more || i+1 < len(page)) {
				return calls, cursorAfter(found[i], filter.MayAct != ""), nil
			}
		}
		if !more {
			return calls, "", nil
		}
		filter.Cursor = cursorAfter(found[len(found)-1], filter.MayAct != "")
	}
}

// callPage finds the calls after the cursor of the filter, a page at most, and reads them; more says that there are others after them.
// A call that changes between the two is there as it is then, and the next page begins where it was found.
func (s *Store) callPage(ctx context.Context, filter usm.CallFilter, people []string) (
	found []foundCall, calls []usm.CallView, more bool, err error,
) {
	statements, err := selectCalls(filter, people)
	if err != nil {
		return nil, nil, false, err
	}
	for _, q := range statements {
		found = nil
		if err := s.db.SelectContext(ctx, &found, q.text, q.args...); err != nil {
			return nil, nil, false, err
		}
		if len(found) > limit(filter.Page) {
			break
		}
	}
	found, more = cut(found, filter.Page)
	if len(found) == 0 {
		return nil, nil, false, nil
	}
	var rows []viewRow
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT `+viewColumns+` FROM unnest($1::text[]) WITH ORDINALITY f (number, place) JOIN calls c USING (number)
		ORDER BY f.place`, pq.StringArray(each(found, func(f foundCall) string { return f.Number }))); err != nil {
		return nil, nil, false, err
	}
	calls = make([]usm.CallView, len(rows))
	for i := range rows {
		calls[i] = rows[i].view()
	}
	if err = s.standingIn(ctx, nil, rows, calls); err == nil {
		err = s.approving(ctx, calls)
	}
	return found, calls, more, err
}

// query is a statement that is put together from conditions.
type query struct {
	mark       string // anyPlan, or "" when it is prepared
	text       string
	args       []any
	conditions []string
}

// arg adds a parameter and returns its placeholder.
func (q *query) arg(value any) string {
	q.args = append(q.args, value)
	return "$" + strconv.Itoa(len(q.args))
}

// where adds a condition; %s in it stands for the placeholder of the value.
func (q *query) where(condition string, value any) {
	q.conditions = append(q.conditions, strings.ReplaceAll(condition, "%s", q.arg(value)))
}

// equals adds a condition unless the value is empty.
func equals[T ~string](q *query, column string, value T) {
	if value != "" {
		q.where(column+" = %s", string(value))
	}
}

// workflowName takes a workflow's number for its name.
func workflowName(asked string) string {
	if n, err := strconv.Atoi(asked); err == nil && n >= 1 && n <= len(usm.Workflows()) {
		return usm.Workflows()[n-1].Name
	}
	return asked
}

// after continues behind the row that a cursor names.
func (q *query) after(cursor string, work bool) error {
	if cursor == "" {
		return nil
	}
	parts, err := readCursor(cursor, map[bool]int{true: 4, false: 2}[work])
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, parts[len(parts)-2])
	if err != nil {
		return badCursor()
	}
	number := q.arg(parts[len(parts)-1])
	if !work {
		q.where("(c.opened_at, c.number) < (%s, "+number+")", at)
		return nil
	}
	rank, err := strconv.Atoi(parts[0])
	if err != nil {
		return badCursor()
	}
	if _, err := time.Parse(time.RFC3339Nano, parts[1]); err != nil && parts[1] != never {
		return badCursor()
	}
	due, since := q.arg(parts[1]), q.arg(at)
	q.where("("+workOrder+") > (%s, "+due+"::timestamptz, "+since+", "+number+")", rank)
	return nil
}

func cursorAfter(f foundCall, work bool) string {
	if !work {
		return writeCursor(f.OpenedAt.Format(time.RFC3339Nano), f.Number)
	}
	due := never
	if f.Due != nil {
		due = f.Due.Format(time.RFC3339Nano)
	}
	return writeCursor(strconv.Itoa(f.Rank), due, f.WaitingSince.Format(time.RFC3339Nano), f.Number)
}

// never is the due date of a call that has none, as Postgres writes it.
const never = "infinity"

// view is the row as the API shows it.
func (r viewRow) view() usm.CallView {
	waiting := r.Waiting.value
	workflow, _ := usm.WorkflowNamed(r.Workflow)
	call := usm.CallView{
		Number: r.Number, Type: r.Type, Domain: r.Domain, Subject: r.Subject, Description: r.Description, Status: r.Status,
		Workflow: usm.WorkflowView{Number: workflow.Number, Name: r.Workflow}, Process: r.Process, Step: r.Step,
		Attempt: r.Attempt, Priority: r.Priority, Impact: r.Impact, Urgency: r.Urgency, Category: r.Category,
		Requester: r.Requester, Service: r.Service, Components: list(r.Components), Children: list(r.Children),
		Links: list(r.Links.value), Clocks: list(r.Clock.value.Clocks), Paused: list(r.Clock.value.Paused),
		Due: utc(r.Due), Agreement: r.Agreement, Clause: r.Clause,
		Team: r.Team, AllowedActions: []string{}, Typing: r.Typing.value,
		DomainVersion: r.DomainVersion, OpenedBy: r.OpenedBy, OpenedAt: r.OpenedAt.UTC(), FulfilledAt: utc(r.FulfilledAt),
		ClosedAt: utc(r.ClosedAt), Outcome: r.Outcome, Fields: object(r.Fields.value), Revision: r.Changes,
		Forked: r.ForkedAt != "", Unheard: r.Unheard,
		WaitingFor: usm.WaitingView{
			Kind: waiting.Kind, Step: waiting.Step, Profiles: list(waiting.Profiles), People: list(r.People),
			Signal: waiting.Signal, Question: waiting.Question, Approval: waiting.Approval, Claimed: waiting.Claimed,
			Steered: waiting.Steered, Accountable: waiting.Accountable,
		},
	}
	if r.Parent != nil {
		call.Parent = *r.Parent
	}
	if waiting.Kind != usm.WaitNone {
		call.WaitingFor.Since = utc(&r.WaitingSince)
	}
	return call
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
