package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// NormReport counts the clocks that the filter leaves, a row for each combination of filter.By, in their order. Medians are
// of the clocks that came to their moment, the lower of two in the middle. usm.CodeInvalid for a dimension that is none.
func (s *Store) NormReport(ctx context.Context, filter usm.NormFilter) (rows []usm.NormRow, err error) {
	defer wrapf(&err, "NormReport")
	q, err := selectNorms(filter)
	if err != nil {
		return nil, err
	}
	var read []normRow
	if err := s.db.SelectContext(ctx, &read, q.text, q.args...); err != nil {
		return nil, err
	}
	return each(read, func(row normRow) usm.NormRow { return row.view(filter.By) }), nil
}

func selectNorms(filter usm.NormFilter) (*query, error) {
	q, err := selectClocks(filter)
	if err != nil {
		return nil, err
	}
	columns := make([]string, len(filter.By))
	for i, dimension := range filter.By {
		if columns[i], err = normColumn(dimension); err != nil {
			return nil, err
		}
		columns[i] += ` COLLATE "C"`
	}
	q.text = fmt.Sprintf(normReport, q.text, strings.Join(columns, ", "))
	return q, nil
}

const normReport = `%s,
grouped AS (SELECT ARRAY[%s]::text[] AS "of", k.result, k.state, k.used_ns, k.phases FROM counted k),
phased AS (
	SELECT "of", p.name, percentile_disc(0.5) WITHIN GROUP (ORDER BY p.used_ns) AS used_ns,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY p.elapsed_ns) AS elapsed_ns
	FROM grouped, jsonb_to_recordset(phases) AS p (name text, used_ns bigint, elapsed_ns bigint)
	WHERE state = 'stopped' GROUP BY "of", p.name)
SELECT "of",
	count(*) FILTER (WHERE result = 'met') AS met,
	count(*) FILTER (WHERE result = 'breached') AS breached,
	count(*) FILTER (WHERE result = 'running') AS running,
	count(*) FILTER (WHERE result = 'cancelled') AS cancelled,
	percentile_disc(0.5) WITHIN GROUP (ORDER BY used_ns) FILTER (WHERE state = 'stopped') AS used,
	(SELECT jsonb_agg(p ORDER BY array_position(ARRAY['detection', 'diagnosis', 'repair', 'recovery'], p.name), p.name)
		FROM phased p WHERE p."of" = g."of") AS phases
FROM grouped g GROUP BY "of" ORDER BY "of"`

type normRow struct {
	Of        pq.StringArray       `db:"of"`
	Met       int                  `db:"met"`
	Breached  int                  `db:"breached"`
	Running   int                  `db:"running"`
	Cancelled int                  `db:"cancelled"`
	Used      *usm.Span            `db:"used"`
	Phases    document[[]phaseRow] `db:"phases"`
}

func (r normRow) view(by []string) usm.NormRow {
	row := usm.NormRow{
		Of: map[string]string{}, Met: r.Met, Breached: r.Breached, Running: r.Running, Cancelled: r.Cancelled,
		Attainment: percent(int64(r.Met), int64(r.Met+r.Breached), 2), Used: r.Used,
	}
	for i, dimension := range by {
		row.Of[dimension] = r.Of[i]
	}
	for _, p := range r.Phases.value {
		row.Phases = append(row.Phases, usm.Phase{Name: p.Name, Used: usm.Span(p.Used), Elapsed: usm.Span(p.Elapsed)})
	}
	return row
}

// NormCalls returns the clocks that the filter leaves, with their calls, as of their last change; those that ended or, if
// they have not, started last come first. next is the cursor of the next page, "" at the end; usm.CodeInvalid for a cursor
// or a dimension that is none.
func (s *Store) NormCalls(ctx context.Context, filter usm.NormFilter) (clocks []usm.CallClock, next string, err error) {
	defer wrapf(&err, "NormCalls")
	q, err := selectClocks(filter)
	if err != nil {
		return nil, "", err
	}
	after, err := q.afterClock(filter.Cursor)
	if err != nil {
		return nil, "", err
	}
	q.text += `, page AS (
			SELECT k.call, k.id, coalesce(k.stopped_at, k.started_at) AS at FROM counted k` + after + `
			ORDER BY at DESC, k.call DESC, k.id DESC LIMIT ` + q.arg(limit(filter.Page)+1) + `)
		SELECT p.call, c.subject, k.document, p.at FROM page p
		JOIN calls c ON c.number = p.call JOIN clocks k ON (k.call, k.id) = (p.call, p.id)
		ORDER BY p.at DESC, p.call DESC, p.id DESC`
	var rows []struct {
		Call    string              `db:"call"`
		Subject string              `db:"subject"`
		Clock   document[usm.Clock] `db:"document"`
		At      time.Time           `db:"at"`
	}
	if err := s.db.SelectContext(ctx, &rows, q.text, q.args...); err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, filter.Page)
	for _, row := range rows {
		clocks = append(clocks, usm.CallClock{Call: row.Call, Subject: row.Subject, Clock: row.Clock.value})
	}
	if more {
		last := rows[len(rows)-1]
		next = writeCursor(last.At.UTC().Format(time.RFC3339Nano), last.Call, last.Clock.value.ID)
	}
	return clocks, next, nil
}

// afterClock continues behind the clock that a cursor names.
func (q *query) afterClock(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	key, err := readCursor(cursor, 3)
	if err != nil {
		return "", err
	}
	at, err := time.Parse(time.RFC3339Nano, key[0])
	if err != nil {
		return "", badCursor()
	}
	return " WHERE (coalesce(k.stopped_at, k.started_at), k.call, k.id) < (" + q.arg(at) + ", " + q.arg(key[1]) + ", " +
		q.arg(key[2]) + ")", nil
}
