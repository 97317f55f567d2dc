package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// placed is a document of a register, with its place in the order of the lists.
type placed[T any] struct {
	Place    int64       `db:"place"`
	Document document[T] `db:"document"`
}

// Components lists the components of a domain that the filter leaves. usm.CodeNotFound when there is no such domain.
func (s *Store) Components(ctx context.Context, f usm.ComponentFilter) (components []usm.Component, next string, err error) {
	defer wrapf(&err, "Components(%s)", f.Domain)
	has := map[string]string{}
	for name, value := range map[string]string{"type": f.Type, "owner": f.Owner} {
		if value != "" {
			has[name] = value
		}
	}
	var more []condition
	if len(f.IDs) > 0 {
		more = append(more, condition{"id = ANY(%s)", pq.StringArray(f.IDs)})
	}
	if f.User != "" {
		more = append(more, condition{"document -> 'users' ? %s", f.User})
	}
	return listPlaced[usm.Component](ctx, s, "components", f.Domain, f.Q, has, f.Page, more...)
}

// condition is one that rows of a list fulfil beside others; %s stands for its value.
type condition struct {
	text  string
	value any
}

// Solutions lists the known solutions of a domain, those that have the words of q; q "" is all. usm.CodeNotFound when there
// is no such domain.
func (s *Store) Solutions(ctx context.Context, domain, q string, page usm.Page) (solutions []usm.Solution, next string, err error) {
	defer wrapf(&err, "Solutions(%s)", domain)
	return listPlaced[usm.Solution](ctx, s, "solutions", domain, q, map[string]string{}, page)
}

// listPlaced reads a page of one of the registers that keep documents in the order of the domain file: those that have the words
// of q, the properties and what more is asked for.
func listPlaced[T any](
	ctx context.Context, s *Store, register, domain, q string, has map[string]string, page usm.Page, more ...condition,
) (all []T, next string, err error) {
	after, err := readPlace(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	if _, err := currentVersion(ctx, s.db, domain); err != nil {
		return nil, "", err
	}
	args, also := []any{domain, after, q, limit(page) + 1, doc(has)}, ""
	for _, c := range more {
		args = append(args, c.value)
		also += " AND " + fmt.Sprintf(c.text, "$"+strconv.Itoa(len(args)))
	}
	var rows []placed[T]
	err = s.db.SelectContext(ctx, &rows, `
		SELECT place, document FROM `+register+`
		WHERE domain = $1 AND place > $2 AND ($3 = '' OR words @@ websearch_to_tsquery('simple', $3)) AND document @> $5`+also+`
		ORDER BY place LIMIT $4`, args...)
	if err != nil {
		return nil, "", err
	}
	rows, follow := cut(rows, page)
	if follow {
		next = writePlace(rows[len(rows)-1].Place)
	}
	return each(rows, func(row placed[T]) T { return row.Document.value }), next, nil
}

// Component returns a component as it is now and every version it had, the newest first; usm.CodeNotFound when there is none.
func (s *Store) Component(ctx context.Context, domain, id string) (now usm.Component, history []usm.ComponentVersion, err error) {
	defer wrapf(&err, "Component(%s, %s)", domain, id)
	var rows []struct {
		Document document[usm.Component] `db:"document"`
		Call     string                  `db:"call"`
		At       time.Time               `db:"at"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		SELECT document, coalesce(call, '') AS call, at FROM component_history WHERE domain = $1 AND id = $2 ORDER BY version DESC`,
		domain, id)
	if err != nil {
		return usm.Component{}, nil, err
	}
	if len(rows) == 0 {
		return usm.Component{}, nil, noComponent(domain, id)
	}
	for _, row := range rows {
		history = append(history, usm.ComponentVersion{Component: row.Document.value, Call: row.Call, At: row.At.UTC()})
	}
	return history[0].Component, history, nil
}

func noComponent(domain, id string) error {
	return usm.Errorf(usm.CodeNotFound, "there is no component %q in domain %q", id, domain)
}
