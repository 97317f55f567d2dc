package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// readApproval is an approval with what of its call it is looked at with.
type readApproval struct {
	Document   document[usm.Approval] `db:"document"`
	Agreement  string                 `db:"agreement"`
	Components pq.StringArray         `db:"components"`
	Now        time.Time              `db:"now"`
}

// readColumns are those of readApproval, from approvals as a and calls as c.
const readColumns = `a.document, c.agreement, c.components, now() AS now`

// Approval returns an approval with those who may decide it now; usm.CodeNotFound when there is none.
func (s *Store) Approval(ctx context.Context, id string) (found usm.Approval, err error) {
	defer wrapf(&err, "Approval(%s)", id)
	var row readApproval
	err = s.db.GetContext(ctx, &row, `
		SELECT `+readColumns+` FROM approvals a JOIN calls c ON c.number = a.call WHERE a.id = $1`, id)
	if err != nil {
		return usm.Approval{}, noneAs(err, "there is no approval %s", id)
	}
	read, err := s.deciding(ctx, row)
	if err != nil {
		return usm.Approval{}, err
	}
	return read[0], nil
}

// deciding says of each approval who may decide it now: from the directory and the delegations as they are.
func (s *Store) deciding(ctx context.Context, rows ...readApproval) ([]usm.Approval, error) {
	all := make([]usm.Approval, len(rows))
	who := map[string]approval.Directory{}
	for i, row := range rows {
		all[i] = row.Document.value
		if all[i].State != usm.ApprovalOpen {
			continue
		}
		known, ok := who[all[i].Domain]
		if !ok {
			var err error
			if known, err = s.whoIsWho(ctx, s.db, all[i].Domain); err != nil {
				return nil, err
			}
			who[all[i].Domain] = known
		}
		// The members are known: only who substitutes for them may follow from the call.
		substitutes := usm.ApprovalPolicy{Substitute: all[i].Policy.Substitute}
		d, err := s.around(ctx, s.db, known, aboutCall{all[i].Domain, row.Agreement, row.Components}, substitutes)
		if err != nil {
			return nil, err
		}
		all[i].Deciders = approval.Deciders(all[i], approval.World{Directory: d, Now: row.Now.UTC()})
	}
	return all, nil
}

// Approvals lists the approvals that the filter leaves, the newest first; with Asks the open ones that the person may decide
// now, for himself or for another, the earliest due first and those without a due date last. next is the cursor of the next
// page, "" at the end; usm.CodeInvalid for a cursor that is none.
func (s *Store) Approvals(ctx context.Context, filter usm.ApprovalFilter) (approvals []usm.Approval, next string, err error) {
	defer wrapf(&err, "Approvals")
	if filter.Asks != "" {
		return s.asking(ctx, filter)
	}
	q := &query{}
	q.approvals(filter)
	if filter.Cursor != "" {
		key, err := readCursor(filter.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		at, err := time.Parse(time.RFC3339Nano, key[0])
		if err != nil {
			return nil, "", badCursor()
		}
		id := q.arg(key[1])
		q.where("(a.opened_at, a.id) < (%s, "+id+")", at)
	}
	where := ""
	if len(q.conditions) > 0 {
		where = " WHERE " + strings.Join(q.conditions, " AND ")
	}
	var rows []readApproval
	err = s.db.SelectContext(ctx, &rows, anyPlan+`SELECT `+readColumns+` FROM approvals a JOIN calls c ON c.number = a.call`+where+`
		ORDER BY a.opened_at DESC, a.id DESC LIMIT `+q.arg(limit(filter.Page)+1), q.args...)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, filter.Page)
	if approvals, err = s.deciding(ctx, rows...); err == nil && more {
		last := approvals[len(approvals)-1]
		next = writeCursor(last.OpenedAt.Format(time.RFC3339Nano), last.ID)
	}
	return approvals, next, err
}

// approvals adds the conditions of the filter, for approvals as a and calls as c.
func (q *query) approvals(f usm.ApprovalFilter) {
	equals(q, "a.domain", f.Domain)
	equals(q, "a.call", f.Call)
	equals(q, "a.step", f.Step)
	equals(q, "a.state", f.State)
	equals(q, "a.policy", f.Policy)
	if f.Sight != nil {
		q.conditions = append(q.conditions, q.visible(f.Sight))
	}
}
