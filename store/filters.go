package store

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// filtersOfAPerson is how many filters one person may keep.
const filtersOfAPerson = 100

type filterRow struct {
	ID       int64        `db:"id"`
	Register usm.CallType `db:"register"`
	Name     string       `db:"name"`
	Query    string       `db:"query"`
}

func (r filterRow) filter() usm.SavedFilter {
	return usm.SavedFilter{ID: r.ID, Register: r.Register, Name: r.Name, Query: r.Query}
}

// Filters returns the filters that a person keeps for a register, by name; register "" is all of them.
func (s *Store) Filters(ctx context.Context, person string, register usm.CallType) (filters []usm.SavedFilter, err error) {
	defer wrapf(&err, "Filters(%s)", person)
	var rows []filterRow
	err = s.db.SelectContext(ctx, &rows, `
		SELECT id, register, name, query FROM saved_filters WHERE person = $1 AND ($2 = '' OR register = $2)
		ORDER BY register, name`, person, string(register))
	return each(rows, filterRow.filter), err
}

// SaveFilter keeps a filter for a person, in place of one of the same name for the same register. usm.CodeConflict when he keeps
// as many as he may.
func (s *Store) SaveFilter(ctx context.Context, person string, filter usm.SavedFilter) (saved usm.SavedFilter, err error) {
	defer wrapf(&err, "SaveFilter(%s)", person)
	err = s.transact(ctx, func(t *tx) error {
		// One at a time, so that two cannot both be the last.
		_, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('filters ' || $1, 0))`, person)
		if err != nil {
			return err
		}
		var rows []filterRow
		err = t.SelectContext(ctx, &rows, `
			INSERT INTO saved_filters (person, register, name, query)
			SELECT $1, $2, $3, $4 WHERE (
				SELECT count(*) FROM saved_filters WHERE person = $1 AND (register, name) <> ($2, $3)) < $5
			ON CONFLICT (person, register, name) DO UPDATE SET query = excluded.query
			RETURNING id, register, name, query`, person, string(filter.Register), filter.Name, filter.Query, filtersOfAPerson)
		if err == nil && len(rows) == 0 {
			return usm.Errorf(usm.CodeConflict, "nobody keeps more than %d filters: delete one first", filtersOfAPerson)
		}
		if err == nil {
			saved = rows[0].filter()
		}
		return err
	})
	return saved, err
}

// DeleteFilter forgets a filter of a person; usm.CodeNotFound when he keeps none with that number.
func (s *Store) DeleteFilter(ctx context.Context, person string, id int64) (err error) {
	defer wrapf(&err, "DeleteFilter(%s, %d)", person, id)
	var deleted int64
	err = s.db.GetContext(ctx, &deleted, `DELETE FROM saved_filters WHERE person = $1 AND id = $2 RETURNING id`, person, id)
	return noneAs(err, "there is no filter %d", id)
}
