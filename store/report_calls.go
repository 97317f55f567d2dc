package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// Flow counts the calls that were opened and closed on each day, or in each week, of the period; those with none have a row.
func (s *Store) Flow(ctx context.Context, filter usm.ReportFilter) (rows []usm.FlowRow, err error) {
	defer wrapf(&err, "Flow")
	q := &query{}
	unit, from, until := q.arg(filter.Per), q.arg(filter.From), q.arg(filter.Until)
	begin := "date_trunc(" + unit + ", %s AT TIME ZONE 'UTC')"
	count := func(at string) string {
		return "SELECT " + strings.ReplaceAll(begin, "%s", at) + " AS day, count(*) AS n FROM calls c WHERE " + q.reported(filter) +
			" AND " + at + " >= " + from + " AND " + at + " < " + until + " GROUP BY 1"
	}
	var found []struct {
		Day    time.Time `db:"day"`
		Opened int       `db:"opened"`
		Closed int       `db:"closed"`
	}
	err = s.db.SelectContext(ctx, &found, anyPlan+`
		WITH opened AS (`+count("c.opened_at")+`), closed AS (`+count("c.closed_at")+`)
		SELECT day, coalesce(o.n, 0) AS opened, coalesce(k.n, 0) AS closed
		FROM generate_series(`+strings.ReplaceAll(begin, "%s", from+"::timestamptz")+`,
			(`+until+`::timestamptz - interval '1 microsecond') AT TIME ZONE 'UTC', ('1 ' || `+unit+`)::interval) day
		LEFT JOIN opened o USING (day) LEFT JOIN closed k USING (day) ORDER BY day`, q.args...)
	for _, row := range found {
		rows = append(rows, usm.FlowRow{Day: row.Day.Format(time.DateOnly), Opened: row.Opened, Closed: row.Closed})
	}
	return rows, err
}

// OpenByAge counts the open calls of each process by how long they have been open. There is a row for each process and age.
func (s *Store) OpenByAge(ctx context.Context, filter usm.ReportFilter) (rows []usm.OpenRow, err error) {
	defer wrapf(&err, "OpenByAge")
	q := &query{}
	ages, processes := q.arg(pq.StringArray(usm.ReportAges())), q.arg(texts(usm.Processes()))
	//nolint:musttag // its columns have the names of its fields
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		WITH open AS (SELECT c.process, `+age+` AS age, count(*) AS n FROM calls c
			WHERE c.closed_at IS NULL AND `+q.reported(filter)+` GROUP BY 1, 2)
		SELECT process, age, coalesce(n, 0) AS count
		FROM unnest(`+processes+`::text[]) WITH ORDINALITY p (process, a)
		CROSS JOIN unnest(`+ages+`::text[]) WITH ORDINALITY g (age, b) LEFT JOIN open USING (process, age) ORDER BY a, b`, q.args...)
	return rows, err
}

// age is which of usm.ReportAges the open call c has.
const age = `(ARRAY['1d', '3d', '7d', '30d', 'older'])[1 + width_bucket(extract(epoch FROM now() - c.opened_at),
	ARRAY[86400, 259200, 604800, 2592000]::numeric[])]`

// WaitingByStep says how long the calls waited at the steps that were done in the period, from when they got there.
func (s *Store) WaitingByStep(ctx context.Context, filter usm.ReportFilter) (rows []usm.WaitingRow, err error) {
	defer wrapf(&err, "WaitingByStep")
	q := &query{}
	//nolint:musttag // its columns have the names of its fields
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		SELECT process, step, count(*) AS done, percentile_disc(0.5) WITHIN GROUP (ORDER BY waited) AS median,
			percentile_disc(0.9) WITHIN GROUP (ORDER BY waited) AS slow
		FROM (`+q.waited(filter)+`) w GROUP BY 1, 2 ORDER BY median DESC, process, step`, q.args...)
	return rows, err
}

// BouncesByStep counts what came back in the period, by where and how.
func (s *Store) BouncesByStep(ctx context.Context, filter usm.ReportFilter) (rows []usm.BounceRow, err error) {
	defer wrapf(&err, "BouncesByStep")
	q := &query{}
	//nolint:musttag // its columns have the names of its fields
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		SELECT process, step, bounce, count(*) AS count FROM (`+q.bounced(filter)+`) b
		GROUP BY 1, 2, 3 ORDER BY count DESC, process, step, bounce`, q.args...)
	return rows, err
}

// reported leaves the calls c of the domains that a report is about, of which the indexes begin with one.
func (q *query) reported(f usm.ReportFilter) string {
	condition := "c.domain = ANY(ARRAY(SELECT id FROM domains))"
	if f.Visible != nil {
		condition = "c.domain = ANY(" + q.arg(texts(f.Visible.Domains)) + ")"
	}
	if f.Domain != "" {
		condition += " AND c.domain = " + q.arg(f.Domain)
	}
	if f.Process != "" {
		condition += " AND c.process = " + q.arg(string(f.Process))
	}
	return condition
}

// waited is the steps that were done in the period, each with how long its call had been there.
func (q *query) waited(f usm.ReportFilter) string {
	return `SELECT t.call, t.sequence, c.process, t.step, t.at, (extract(epoch FROM t.at - b.at) * 1e9)::bigint AS waited, '' AS bounce
		FROM trail t JOIN calls c ON c.number = t.call
		CROSS JOIN LATERAL (SELECT at FROM trail b WHERE b.call = t.call AND b.sequence < t.sequence
			AND b.kind IN ('opened', 'step_finished', 'sent_back') ORDER BY b.sequence DESC LIMIT 1) b
		WHERE t.kind = 'step_finished' AND t.state = 'done' AND ` + q.happened(f)
}

// bounced is what came back in the period. Its condition is that of the index.
func (q *query) bounced(f usm.ReportFilter) string {
	bounces := `SELECT t.call, t.sequence, c.process, t.step, t.at, NULL::bigint AS waited,
			CASE WHEN t.kind = 'step_finished' AND t.outcome = 'disputed' THEN 'disputed'
				WHEN t.kind IN ('reassigned', 'retyped') THEN t.kind ELSE 'redone' END AS bounce
		FROM trail t JOIN calls c ON c.number = t.call
		WHERE (t.kind IN ('reassigned', 'sent_back', 'retyped')
			OR t.kind = 'step_finished' AND (t.outcome = 'disputed' OR t.step = 'release_change' AND t.outcome = 'rejected'))
			AND ` + q.happened(f)
	if f.Bounce == "" {
		return bounces
	}
	return "SELECT b.call, b.sequence, b.process, b.step, b.at, b.waited, b.bounce FROM (" + bounces + ") b WHERE bounce = " + q.arg(f.Bounce)
}

// happened leaves the rows t of the trail, of the calls c, that are of the period.
func (q *query) happened(f usm.ReportFilter) string {
	condition := "t.at >= " + q.arg(f.From) + " AND t.at < " + q.arg(f.Until) + " AND " + q.reported(f)
	if f.Step != "" {
		condition += " AND t.step = " + q.arg(string(f.Step))
	}
	return condition
}
