package store

import (
	"strings"

	"github.com/usm-works/usm/usm"
)

// normColumns are the dimensions of the reports on norms, from clocks as k.
var normColumns = map[string]string{
	"domain": "k.domain", "agreement": "k.agreement", "norm": "k.norm", "link": "k.link", "service": "k.service",
	"workflow": "k.workflow", "type": "k.type", "priority": "k.priority", "team": "k.team",
	"month": "coalesce(to_char(k.stopped_at AT TIME ZONE 'UTC', 'YYYY-MM'), '')",
	"day":   "coalesce(to_char(k.stopped_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), '')",
}

// judged is what a clock counts as. A breach counts however the clock ends, and a clock that runs late has breached its norm
// also before anybody wrote so.
const judged = `CASE WHEN k.breaches > 0 OR k.state = 'running' AND k.due <= now() THEN 'breached'
	WHEN k.state = 'stopped' THEN 'met' WHEN k.state = 'cancelled' THEN 'cancelled' ELSE 'running' END`

// clockColumns are what reports look at; the documents are read for a page at most.
const clockColumns = `k.call, k.id, k.domain, k.agreement, k.norm, k.link, k.service, k.workflow, k.type, k.priority, k.team,
	k.state, k.used_ns, k.phases, k.started_at, k.stopped_at`

// selectClocks begins a statement with the clocks that a filter leaves, as "counted", with their "result". Those that
// ended and those that did not are two lists, each found by an index of its own.
func selectClocks(f usm.NormFilter) (*query, error) {
	q := &query{}
	q.clocksOf(f)
	if err := q.clocksLike(f); err != nil {
		return nil, err
	}
	ended, open := "k.stopped_at IS NOT NULL", "k.stopped_at IS NULL"
	if !f.From.IsZero() {
		from := q.arg(f.From)
		ended += " AND k.stopped_at >= " + from
		open += " AND now() >= " + from
	}
	if !f.Until.IsZero() {
		until := q.arg(f.Until)
		ended += " AND k.stopped_at < " + until
		open += " AND k.started_at < " + until
	}
	clocks := "SELECT " + clockColumns + ", " + judged + " AS result FROM clocks k WHERE k.started_at IS NOT NULL AND " +
		strings.Join(q.conditions, " AND ") + " AND "
	q.text = anyPlan + "WITH counted AS (" + clocks + ended + " UNION ALL " + clocks + open + ")"
	return q, nil
}

// clocksOf narrows to domains, always: the indexes of clocks begin with them.
func (q *query) clocksOf(f usm.NormFilter) {
	equals(q, "k.domain", f.Domain)
	if f.Visible != nil && f.Visible.Person == "" {
		q.where("k.domain = ANY(%s)", texts(f.Visible.Domains))
		return
	}
	q.conditions = append(q.conditions, "k.domain = ANY(ARRAY(SELECT id FROM domains))")
	if f.Visible != nil {
		q.conditions = append(q.conditions, "EXISTS (SELECT FROM calls c WHERE c.number = k.call AND "+q.visible(f.Visible)+")")
	}
}

// clocksLike narrows to what the clocks are about.
func (q *query) clocksLike(f usm.NormFilter) error {
	agreement, version, versioned := strings.Cut(f.Agreement, "@")
	equals(q, "k.agreement", agreement)
	if versioned {
		q.where("k.agreement_version::text = %s", version)
	}
	equals(q, "k.norm", f.Norm)
	equals(q, "k.link", f.Link)
	equals(q, "k.service", f.Service)
	equals(q, "k.workflow", workflowName(f.Workflow))
	equals(q, "k.type", f.Type)
	equals(q, "k.priority", f.Priority)
	equals(q, "k.team", f.Team)
	equals(q, judged, f.Result)
	for dimension, value := range f.Of {
		column, err := normColumn(dimension)
		if err != nil {
			return err
		}
		q.where(column+" = %s", value)
	}
	return nil
}

func normColumn(dimension string) (string, error) {
	column, ok := normColumns[dimension]
	if !ok {
		return "", usm.Invalid("/by", "is no dimension of the report: %q", dimension)
	}
	return column, nil
}
