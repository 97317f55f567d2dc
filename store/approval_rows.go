package store

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// approvalRow is a row of the approvals. Its JSON has the names of the columns.
type approvalRow struct {
	ID       string            `json:"id"`
	Call     string            `json:"call"`
	N        int               `json:"n"`
	Domain   string            `json:"domain"`
	Step     usm.Step          `json:"step"`
	Attempt  int               `json:"attempt"`
	Policy   string            `json:"policy"`
	State    usm.ApprovalState `json:"state"`
	Retro    bool              `json:"retro"`
	Stuck    string            `json:"stuck"`
	OpenedAt time.Time         `json:"opened_at"`
	Due      *time.Time        `json:"due"`
	ClosedAt *time.Time        `json:"closed_at"`
	Alarm    usm.Alarm         `json:"alarm"`
	Document usm.Approval      `json:"document"`
}

// askRow says that an open approval asks a person now.
type askRow struct {
	Approval string     `json:"approval"`
	Person   string     `json:"person"`
	Due      *time.Time `json:"due"`
}

// writeApprovals is the part of change.statement that is about approvals.
const writeApprovals = `,
approved AS (
	INSERT INTO approvals (id, call, n, domain, step, attempt, policy, state, retro, stuck, opened_at, due, closed_at, alarm, document)
	SELECT id, call, n, domain, step, attempt, policy, state, retro, stuck, opened_at, due, closed_at, alarm, document
	FROM input, jsonb_populate_recordset(NULL::approvals, change -> 'approvals')
	ON CONFLICT (id) DO UPDATE SET (state, stuck, due, closed_at, alarm, document)
	= (excluded.state, excluded.stuck, excluded.due, excluded.closed_at, excluded.alarm, excluded.document)),
unasked AS (
	DELETE FROM approval_asks a USING input, jsonb_populate_recordset(NULL::approval_asks, change -> 'unasked') g
	WHERE (a.approval, a.person) = (g.approval, g.person)),
asked AS (
	INSERT INTO approval_asks (approval, person, due)
	SELECT approval, person, due FROM input, jsonb_populate_recordset(NULL::approval_asks, change -> 'asked')
	ON CONFLICT (approval, person) DO UPDATE SET due = excluded.due)`

// approvalID is the id of the n-th approval of a call.
func approvalID(call string, n int) string { return call + "." + strconv.Itoa(n) }

func approvalRowOf(a usm.Approval, alarm usm.Alarm) approvalRow {
	_, number, _ := strings.Cut(a.ID, ".")
	n, _ := strconv.Atoi(number)
	a.Deciders = nil
	return approvalRow{
		ID: a.ID, Call: a.Call, N: n, Domain: a.Domain, Step: a.Step, Attempt: a.Attempt, Policy: a.Policy.ID, State: a.State,
		Retro: a.Retro, Stuck: a.Stuck, OpenedAt: a.OpenedAt, Due: a.Due, ClosedAt: a.ClosedAt, Alarm: alarm, Document: a,
	}
}

// asks puts into the change whom the approval asks now and did not before.
func (c *change) asks(before, after []askRow) {
	was := index(before, askedPerson)
	for _, row := range after {
		if known, ok := was[row.Person]; !ok || !reflect.DeepEqual(known, row) {
			c.Asked = append(c.Asked, row)
		}
		delete(was, row.Person)
	}
	for _, row := range before {
		if _, gone := was[row.Person]; gone {
			c.Unasked = append(c.Unasked, row)
		}
	}
}

func askedPerson(row askRow) string { return row.Person }
