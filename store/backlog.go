package store

import (
	"context"

	"github.com/lib/pq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/usm-works/usm/usm"
)

// countedAtMost is where counting a queue ends: how much longer it is than that tells nobody more.
const countedAtMost = 10_000

// Backlog counts what waits, in one query. All of it comes from indexes: with 1,000,000 calls the open ones alone count.
func (s *Store) Backlog(ctx context.Context) (_ usm.Backlog, err error) {
	defer wrapf(&err, "Backlog")
	var ages pq.Float64Array
	for _, age := range usm.OpenAges() {
		ages = append(ages, age.Seconds())
	}
	var found document[usm.Backlog]
	err = s.db.GetContext(ctx, &found, backlogQuery, ages, countedAtMost)
	return found.value, err
}

// backlogQuery is a usm.Backlog.
const backlogQuery = `
	WITH ages AS (SELECT array_agg(now() - make_interval(secs => age) ORDER BY age DESC) AS since FROM unnest($1::float8[]) age),
	open AS (
		SELECT step, cardinality($1::float8[]) - width_bucket(opened_at, (SELECT since FROM ages)) AS age, count(*)
		FROM calls WHERE closed_at IS NULL GROUP BY 1, 2),
	pending AS (SELECT created_at FROM starts WHERE started_at IS NULL ORDER BY created_at LIMIT $2),
	unheard AS (SELECT noted_at AS created_at FROM unanswered u WHERE ` + isRecorded + ` ORDER BY noted_at LIMIT $2),
	notices AS (
		SELECT created_at FROM outbox WHERE topic = 'usm.call.notice' AND gathered_at IS NULL ORDER BY created_at, id LIMIT $2),
	mails AS (SELECT created_at FROM mails WHERE sent_at IS NULL AND left_at IS NULL ORDER BY due_at LIMIT $2),
	letters AS (SELECT replayed_at FROM dead_letters ORDER BY id DESC LIMIT $2)
	SELECT jsonb_build_object(
		'open', (SELECT coalesce(jsonb_agg(open), '[]') FROM open),
		'pending', (SELECT ` + queue + ` FROM pending),
		'unheard', (SELECT ` + queue + ` FROM unheard),
		'notices', (SELECT ` + queue + ` FROM notices),
		'mails', (SELECT ` + queue + ` FROM mails),
		'dead_letters', (SELECT count(*) FROM letters WHERE replayed_at IS NULL))`

// queue is a usm.Queue.
const queue = `jsonb_build_object('waiting', count(*),
	'oldest', coalesce(extract(epoch FROM now() - min(created_at)), 0))`

// Collector measures the pool of connections, as the collector of database/sql does: go_sql_*{db_name="usm"}.
func (s *Store) Collector() prometheus.Collector {
	return collectors.NewDBStatsCollector(s.db.DB, "usm")
}
