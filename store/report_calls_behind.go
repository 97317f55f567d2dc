package store

import (
	"context"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// ReportCalls returns the calls behind a number of the reports on calls: those that waited longest first, others the latest
// first. next is the cursor of the next page, "" at the end; usm.CodeInvalid for a cursor that is none.
func (s *Store) ReportCalls(ctx context.Context, filter usm.ReportFilter) (calls []usm.ReportCall, next string, err error) {
	defer wrapf(&err, "ReportCalls(%s)", filter.Of)
	q := &query{}
	found := q.behind(filter)
	after, err := q.afterReported(filter.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		Call     string      `db:"call"`
		Subject  string      `db:"subject"`
		Domain   string      `db:"domain"`
		Process  usm.Process `db:"process"`
		Status   usm.Status  `db:"status"`
		Step     usm.Step    `db:"step"`
		At       time.Time   `db:"at"`
		Waited   *usm.Span   `db:"waited"`
		Bounce   string      `db:"bounce"`
		Sequence int         `db:"sequence"`
		Rank     int64       `db:"rank"`
	}
	//nolint:unqueryvet // the columns are those that the statement itself names before
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		WITH found AS (`+found+`),
		ranked AS (SELECT *, coalesce(waited, (extract(epoch FROM at) * 1e6)::bigint) AS rank FROM found)
		SELECT r.*, c.subject, c.domain, c.status
		FROM (SELECT * FROM ranked`+after+` ORDER BY rank DESC, call DESC, sequence DESC LIMIT `+q.arg(limit(filter.Page)+1)+`) r
		JOIN calls c ON c.number = r.call ORDER BY rank DESC, call DESC, sequence DESC`, q.args...)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, filter.Page)
	for _, row := range rows {
		calls = append(calls, usm.ReportCall{
			Call: row.Call, Subject: row.Subject, Domain: row.Domain, Process: row.Process, Status: row.Status, Step: row.Step,
			At: row.At.UTC(), Waited: row.Waited, Bounce: row.Bounce,
		})
	}
	if more {
		last := rows[len(rows)-1]
		next = writeCursor(strconv.FormatInt(last.Rank, 10), last.Call, strconv.Itoa(last.Sequence))
	}
	return calls, next, nil
}

// behind is what a number counts.
func (q *query) behind(f usm.ReportFilter) string {
	calls := func(at, condition string) string {
		return "SELECT c.number AS call, 0 AS sequence, c.process, c.step, " + at + " AS at, NULL::bigint AS waited, '' AS bounce" +
			" FROM calls c WHERE " + condition + " AND " + q.reported(f)
	}
	within := func(at string) string {
		return calls(at, at+" >= "+q.arg(f.From)+" AND "+at+" < "+q.arg(f.Until))
	}
	switch f.Of {
	case "closed":
		return within("c.closed_at")
	case "open":
		condition := "c.closed_at IS NULL"
		if f.Age != "" {
			condition += " AND " + age + " = " + q.arg(f.Age)
		}
		return calls("c.opened_at", condition)
	case "waited":
		return q.waited(f)
	case "bounced":
		return q.bounced(f)
	default:
		return within("c.opened_at")
	}
}

// afterReported continues behind the call that a cursor names.
func (q *query) afterReported(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	key, err := readCursor(cursor, 3)
	if err != nil {
		return "", err
	}
	rank, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return "", badCursor()
	}
	sequence, err := strconv.Atoi(key[2])
	if err != nil {
		return "", badCursor()
	}
	return " WHERE (rank, call, sequence) < (" + q.arg(rank) + ", " + q.arg(key[1]) + ", " + q.arg(sequence) + ")", nil
}
