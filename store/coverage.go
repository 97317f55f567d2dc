package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// Covered returns how an agreement in force covers the request, and by which clause; the zero Coverage for none. Only the
// request's Domain, Requester, Service and Components count.
func (s *Store) Covered(ctx context.Context, request usm.NewCall) (coverage usm.Coverage, err error) {
	defer wrapf(&err, "Covered(%s, %s, %s)", request.Domain, request.Requester, request.Service)
	return covering(ctx, s.db, request)
}

// valid holds for the agreements, as a, of a domain that count now: a last day that is over ends a version also before its
// state says so. A first day needs no look, because a version is not in force before it.
func valid(domain string) string {
	return `(a.state = 'in_force' AND (a.valid_until = '' OR left(a.valid_until, 10) >= (SELECT local_date(` + domain + `, now()))))`
}

// agreementsInForce returns the agreements of a domain that count now, by id.
func agreementsInForce(ctx context.Context, q querier, domain string) ([]usm.Agreement, error) {
	var rows []document[usm.Agreement]
	err := q.SelectContext(ctx, &rows,
		`SELECT a.document FROM agreements a WHERE a.domain = $1 AND `+valid("$1")+` ORDER BY a.id`, domain)
	return values(rows), err
}

// covering finds the first agreement, by id, that covers the request. Somebody uses the components that name him and those
// that his request names.
func covering(ctx context.Context, q querier, request usm.NewCall) (usm.Coverage, error) {
	if request.Service == "" {
		return usm.Coverage{}, nil
	}
	var asking struct {
		Customer   string                    `db:"customer"`
		Site       string                    `db:"site"`
		Uses       pq.StringArray            `db:"uses"`
		Agreements document[[]usm.Agreement] `db:"agreements"`
	}
	err := q.GetContext(ctx, &asking, `
		SELECT customer, site,
			ARRAY(SELECT c.id FROM components c WHERE c.domain = p.domain AND c.document -> 'users' ? p.id) AS uses,
			(SELECT jsonb_agg(a.document ORDER BY a.id) FROM agreements a
				WHERE a.domain = p.domain AND a.customer = p.customer AND a.services @> $3 AND `+valid("$1")+`) AS agreements
		FROM people p WHERE domain = $1 AND id = $2 AND NOT inactive`,
		request.Domain, request.Requester, pq.StringArray{request.Service})
	if errors.Is(err, sql.ErrNoRows) {
		return usm.Coverage{}, nil
	}
	person := usm.Person{ID: request.Requester, Customer: asking.Customer, Site: asking.Site}
	uses := slices.Concat(asking.Uses, request.Components)
	for _, agreement := range asking.Agreements.value {
		if clause, ok := agreement.Covers(person, request.Service, uses); ok {
			return agreement.CoveredBy(clause, request.Service), nil
		}
	}
	return usm.Coverage{}, err
}
