package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// askingRow is an approval that asks one of some people, with its place in the order.
type askingRow struct {
	readApproval
	Due string `db:"due"` // RFC 3339, or never
}

// asking lists what a person may decide now. Whoever he stands in for may be asked too, so the index finds candidates, and the
// rules of the approval decide.
func (s *Store) asking(ctx context.Context, f usm.ApprovalFilter) (found []usm.Approval, next string, err error) {
	people, err := s.stoodInFor(ctx, s.db, f.Asks)
	if err != nil {
		return nil, "", err
	}
	found = []usm.Approval{}
	for cursor := f.Cursor; ; {
		rows, err := s.asked(ctx, f, people, cursor)
		if err != nil {
			return nil, "", err
		}
		approvals, err := s.deciding(ctx, each(rows, func(r askingRow) readApproval { return r.readApproval })...)
		if err != nil {
			return nil, "", err
		}
		for i, a := range approvals {
			cursor = writeCursor(rows[i].Due, a.ID)
			last := func(known usm.Approval) bool { return known.ID == a.ID }
			if len(a.DecidesFor(f.Asks)) == 0 || slices.ContainsFunc(found, last) {
				continue
			}
			if len(found) == limit(f.Page) {
				return found, next, nil
			}
			found, next = append(found, a), cursor
		}
		if len(rows) <= limit(f.Page) {
			return found, "", nil
		}
	}
}

// asked reads the next approvals that ask one of the people, a page and one more.
func (s *Store) asked(ctx context.Context, f usm.ApprovalFilter, people []string, cursor string) (rows []askingRow, err error) {
	q, err := selectAsked(f, people, cursor)
	if err != nil {
		return nil, err
	}
	err = s.db.SelectContext(ctx, &rows, q.text, q.args...)
	return rows, err
}

func selectAsked(f usm.ApprovalFilter, people []string, cursor string) (*query, error) {
	q := &query{}
	from := q.arg(pq.StringArray(people))
	q.approvals(f)
	if cursor != "" {
		key, err := readCursor(cursor, 2)
		if err != nil {
			return nil, err
		}
		if _, err := time.Parse(time.RFC3339Nano, key[0]); err != nil && key[0] != never {
			return nil, badCursor()
		}
		id := q.arg(key[1])
		q.where("(coalesce(k.due, 'infinity'), k.approval) > (%s::timestamptz, "+id+")", key[0])
	}
	where := ""
	if len(q.conditions) > 0 {
		where = " AND " + strings.Join(q.conditions, " AND ")
	}
	most := q.arg(limit(f.Page) + 1)
	// Each of the people has a piece of the index in the right order.
	q.text = anyPlan + `
		SELECT o.document, o.agreement, o.components, now() AS now, coalesce(to_char(o.due AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'infinity') AS due
		FROM unnest(` + from + `::text[]) AS asked (person) CROSS JOIN LATERAL (
			SELECT a.document, c.agreement, c.components, k.due, k.approval
			FROM approval_asks k JOIN approvals a ON a.id = k.approval JOIN calls c ON c.number = a.call
			WHERE k.person = asked.person` + where + `
			ORDER BY coalesce(k.due, 'infinity'), k.approval LIMIT ` + most + `) o
		ORDER BY coalesce(o.due, 'infinity'), o.approval LIMIT ` + most
	return q, nil
}
