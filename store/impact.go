package store

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// impactNodes is how many components an impact shows at most, beside the one it is about.
const impactNodes = 100

// Impact returns what rests on a component and what it rests on; usm.CodeNotFound when there is no such component.
func (s *Store) Impact(ctx context.Context, domain, id string) (impact usm.Impact, err error) {
	defer wrapf(&err, "Impact(%s, %s)", domain, id)
	var nodes []struct {
		ID     string `db:"id"`
		Level  int    `db:"level"`
		Name   string `db:"name"`
		Type   string `db:"type"`
		Status string `db:"status"`
	}
	err = s.db.SelectContext(ctx, &nodes, `
		WITH RECURSIVE below AS (
			SELECT $2::text AS id, 0 AS level
			UNION SELECT r."to", b.level - 1 FROM below b JOIN relations r ON (r.domain, r.component) = ($1, b.id) WHERE b.level > -2),
		above AS (
			SELECT $2::text AS id, 0 AS level
			UNION SELECT r.component, a.level + 1 FROM above a JOIN relations r ON (r.domain, r."to") = ($1, a.id) WHERE a.level < 2),
		nearest AS (
			SELECT DISTINCT ON (id) id, level FROM (SELECT id, level FROM below UNION ALL SELECT id, level FROM above) found
			ORDER BY id, abs(level), level)
		SELECT n.id, n.level, c.document ->> 'name' AS name, c.document ->> 'type' AS type, c.status
		FROM nearest n JOIN components c ON (c.domain, c.id) = ($1, n.id)
		ORDER BY abs(n.level), n.level DESC, c.place LIMIT $3`, domain, id, impactNodes+2)
	if err != nil {
		return usm.Impact{}, err
	}
	if len(nodes) == 0 {
		return usm.Impact{}, noComponent(domain, id)
	}
	if len(nodes) > impactNodes+1 {
		nodes, impact.More = nodes[:impactNodes+1], true
	}
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
		impact.Nodes = append(impact.Nodes, usm.ImpactNode{ID: n.ID, Name: n.Name, Type: n.Type, Status: n.Status, Level: n.Level})
	}
	impact.Arrows, err = s.arrows(ctx, domain, ids)
	return impact, err
}

// arrows are the relations between components.
func (s *Store) arrows(ctx context.Context, domain string, ids []string) ([]usm.Arrow, error) {
	var rows []struct {
		From string `db:"component"`
		Kind string `db:"kind"`
		To   string `db:"to"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT component, kind, "to" FROM relations WHERE domain = $1 AND component = ANY($2) AND "to" = ANY($2)
		ORDER BY component, "to", kind`, domain, texts(ids))
	arrows := make([]usm.Arrow, len(rows))
	for i, row := range rows {
		arrows[i] = usm.Arrow{From: row.From, Kind: row.Kind, To: row.To}
	}
	return arrows, err
}
