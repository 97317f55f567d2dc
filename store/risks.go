package store

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// CountRisks counts the open risks that the filter leaves by effect and likelihood; of what there is none of there is no row.
func (s *Store) CountRisks(ctx context.Context, f usm.RiskFilter) (counts []usm.RiskCount, err error) {
	defer wrapf(&err, "CountRisks")
	q := &query{conditions: []string{"c.type = 'risk'", "c.closed_at IS NULL"}} // as the index says
	equals(q, "c.domain", f.Domain)
	equals(q, "c.service", f.Service)
	q.see(f.Visible, f.Domain)
	var rows []struct {
		Effect     usm.Level `db:"impact"`
		Likelihood usm.Level `db:"urgency"`
		Count      int       `db:"count"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		SELECT c.impact, c.urgency, count(*) AS count FROM calls c`+where(q.conditions)+` GROUP BY 1, 2 ORDER BY 1, 2`, q.args...)
	counts = make([]usm.RiskCount, len(rows))
	for i, row := range rows {
		counts[i] = usm.RiskCount{Effect: row.Effect, Likelihood: row.Likelihood, Count: row.Count}
	}
	return counts, err
}
