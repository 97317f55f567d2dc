package store

import (
	"context"
	"strings"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// groups reads a page of the groups that a filter leaves; only "" is all of them.
func (s *Store) groups(ctx context.Context, f usm.DirectoryFilter, only string) (groups []usm.Group, total int, err error) {
	if _, err := currentVersion(ctx, s.db, f.Domain); err != nil {
		return nil, 0, err
	}
	q := &query{}
	q.where("r.domain = %s", f.Domain)
	if only != "" {
		q.where("r.id = %s", only)
	}
	for _, c := range f.Where {
		if err := q.group(c); err != nil {
			return nil, 0, err
		}
	}
	from := " FROM profiles r WHERE " + strings.Join(q.conditions, " AND ")
	if err := s.db.GetContext(ctx, &total, anyPlan+"SELECT count(*)"+from, q.args...); err != nil || f.Limit <= 0 {
		return []usm.Group{}, total, err
	}
	var rows []struct {
		Document document[usm.Profile] `db:"document"`
		People   pq.StringArray        `db:"people"`
	}
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		SELECT r.document, ARRAY(
			SELECT g.person FROM grants g JOIN people p ON (p.domain, p.id) = (g.domain, g.person)
			WHERE (g.domain, g.profile) = (r.domain, r.id) AND NOT p.removed ORDER BY g.person COLLATE "C") AS people`+from+
		" ORDER BY r.id LIMIT "+q.arg(min(f.Limit, longestDirectory))+" OFFSET "+q.arg(max(f.Offset, 0)), q.args...)
	for _, row := range rows {
		groups = append(groups, groupOf(f.Domain, row.Document.value, row.People))
	}
	return list(groups), total, err
}

// group adds a condition on groups.
func (q *query) group(c usm.Condition) error {
	switch c.Field {
	case "id":
		return q.comparing("r.id", c, false)
	case "name":
		return q.comparing("(r.document ->> 'name')", c, false)
	case "member":
		inner := &query{args: q.args}
		if err := inner.comparing("g.person", c, false); err != nil {
			return err
		}
		q.args = inner.args
		q.conditions = append(q.conditions, `EXISTS (
			SELECT FROM grants g JOIN people p ON (p.domain, p.id) = (g.domain, g.person)
			WHERE (g.domain, g.profile) = (r.domain, r.id) AND NOT p.removed AND `+inner.conditions[0]+")")
		return nil
	}
	return badCondition(c)
}

// DirectoryChanges returns who changed what about the people of a domain, or about one of them, the latest first.
func (s *Store) DirectoryChanges(
	ctx context.Context, domain, person string, page usm.Page,
) (changes []usm.DirectoryChange, next string, err error) {
	defer wrapf(&err, "DirectoryChanges(%s)", domain)
	before, err := readPlace(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []document[usm.DirectoryChange]
	err = s.db.SelectContext(ctx, &rows, `
		SELECT jsonb_build_object('id', id, 'domain', domain, 'person', person, 'at', at, 'kind', kind, 'source', source,
			'by', by_whom, 'before', before, 'after', after)
		FROM directory_changes
		WHERE domain = $1 AND ($2 = '' OR person = $2) AND ($3 = 0 OR id < $3)
		ORDER BY id DESC LIMIT $4`, domain, person, before, limit(page)+1)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, page)
	if more {
		next = writePlace(rows[len(rows)-1].value.ID)
	}
	return each(rows, func(row document[usm.DirectoryChange]) usm.DirectoryChange {
		row.value.At = row.value.At.UTC()
		return row.value
	}), next, nil
}
