package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// delegationRow is a delegation as it is kept.
type delegationRow struct {
	ID        int64       `db:"id"`
	Domain    string      `db:"domain"`
	Person    string      `db:"person"`
	To        string      `db:"to_person"`
	From      time.Time   `db:"from_at"`
	Until     time.Time   `db:"until_at"`
	Process   usm.Process `db:"process"`
	Service   string      `db:"service"`
	Amount    float64     `db:"amount"`
	When      string      `db:"condition"`
	Reason    string      `db:"reason"`
	By        string      `db:"made_by"`
	CreatedAt time.Time   `db:"created_at"`
	RevokedAt *time.Time  `db:"revoked_at"`
}

const delegationColumns = `d.id, d.domain, d.person, d.to_person, d.from_at, d.until_at, d.process, d.service, d.amount, d.condition,
	d.reason, d.made_by, d.created_at, d.revoked_at`

func (r delegationRow) delegation() usm.Delegation {
	return usm.Delegation{
		ID: r.ID, Domain: r.Domain, Person: r.Person, To: r.To, From: r.From.UTC(), Until: r.Until.UTC(), Process: r.Process,
		Service: r.Service, Amount: r.Amount, When: r.When, Reason: r.Reason, By: r.By, CreatedAt: r.CreatedAt.UTC(),
		RevokedAt: utc(r.RevokedAt),
	}
}

// Delegate records a delegation and returns it with its number. Its times are kept to the microsecond. usm.CodeInvalid when
// it ends before it begins, or would lead back to where a chain of delegations begins: then it names the chain.
func (s *Store) Delegate(ctx context.Context, d usm.Delegation) (made usm.Delegation, err error) {
	defer wrapf(&err, "Delegate(%s, %s)", d.Person, d.To)
	// A database rounds, and no delegation may count a moment too long.
	d.From, d.Until = d.From.UTC().Truncate(time.Microsecond), d.Until.UTC().Truncate(time.Microsecond)
	if !d.Until.After(d.From) {
		return usm.Delegation{}, usm.Invalid("/until", "is not after its beginning")
	}
	err = s.transact(ctx, func(t *tx) error {
		made, err = t.delegate(ctx, d)
		return err
	})
	return made, err
}

func (t *tx) delegate(ctx context.Context, d usm.Delegation) (usm.Delegation, error) {
	// One at a time, so that two halves of a circle cannot be made at once.
	_, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('delegations ' || $1, 0))`, d.Domain)
	if err != nil {
		return usm.Delegation{}, err
	}
	standing, err := t.store.delegated(ctx, t, d.Domain)
	if err != nil {
		return usm.Delegation{}, err
	}
	if approval.Cyclic(standing, d) {
		return usm.Delegation{}, usm.Invalid("/to", "%s acts for %s already, directly or through others: %s",
			d.Person, d.To, circle(standing, d))
	}
	var row delegationRow
	err = t.GetContext(ctx, &row, `
		INSERT INTO delegations AS d
			(domain, person, to_person, from_at, until_at, process, service, amount, condition, reason, made_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING `+delegationColumns,
		d.Domain, d.Person, d.To, d.From, d.Until, d.Process, d.Service, d.Amount, d.When, d.Reason, d.By)
	if isViolation(err, "23503") {
		err = usm.Invalid("/domain", "there is no domain %q", d.Domain)
	}
	if err == nil {
		_, err = t.ExecContext(ctx, `SELECT pg_notify('usm', '')`) // who tells that it begins has to know when
	}
	return row.delegation(), err
}

// circle names the shortest chain that a delegation would close: "ann → bob → cy → ann".
func circle(standing []usm.Delegation, added usm.Delegation) string {
	paths := [][]string{{added.Person, added.To}}
	seen := map[string]bool{added.To: true}
	for len(paths) > 0 {
		path := paths[0]
		paths = paths[1:]
		if end := path[len(path)-1]; end == added.Person {
			return strings.Join(path, " → ")
		}
		for _, d := range standing {
			meets := d.From.Before(added.Until) && added.From.Before(d.Until)
			if d.Person == path[len(path)-1] && meets && !seen[d.To] {
				seen[d.To] = true
				paths = append(paths, append(slices.Clip(path), d.To))
			}
		}
	}
	return added.Person + " → " + added.To + " → " + added.Person
}

// delegated are the delegations of a domain that count now or will.
func (s *Store) delegated(ctx context.Context, q querier, domain string) ([]usm.Delegation, error) {
	var rows []delegationRow
	err := q.SelectContext(ctx, &rows, `
		SELECT `+delegationColumns+` FROM delegations d
		WHERE d.domain = $1 AND d.until_at > now() AND d.revoked_at IS NULL ORDER BY d.id`, domain)
	return each(rows, delegationRow.delegation), err
}

// RevokeDelegation ends a delegation now; one that has ended already stays as it is. usm.CodeNotFound when there is none.
func (s *Store) RevokeDelegation(ctx context.Context, id int64, by string) (err error) {
	defer wrapf(&err, "RevokeDelegation(%d)", id)
	var revoked int64
	err = s.db.GetContext(ctx, &revoked, `
		UPDATE delegations SET revoked_at = now(), revoked_by = $2
		WHERE id = $1 AND revoked_at IS NULL AND until_at > now() RETURNING id`, id, by)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = s.Delegation(ctx, id)
	}
	return err
}

// Delegation returns a delegation; usm.CodeNotFound when there is none.
func (s *Store) Delegation(ctx context.Context, id int64) (delegation usm.Delegation, err error) {
	defer wrapf(&err, "Delegation(%d)", id)
	var row delegationRow
	err = s.db.GetContext(ctx, &row, `SELECT `+delegationColumns+` FROM delegations d WHERE d.id = $1`, id)
	return row.delegation(), noneAs(err, "there is no delegation %d", id)
}

// Delegations lists those that the filter leaves, the latest first; ended ones included. next is the cursor of the next page,
// "" at the end.
func (s *Store) Delegations(ctx context.Context, f usm.DelegationFilter) (all []usm.Delegation, next string, err error) {
	defer wrapf(&err, "Delegations")
	before, err := readPlace(f.Cursor)
	if err != nil {
		return nil, "", err
	}
	q := &query{}
	equals(q, "d.domain", f.Domain)
	if f.Person != "" {
		q.where("(d.person = %s OR d.to_person = %s)", f.Person)
	}
	if f.Sight != nil {
		person := q.arg(f.Sight.Person)
		q.where("(d.domain = ANY(%s) OR d.person = "+person+" OR d.to_person = "+person+")", texts(f.Sight.Domains))
	}
	if before > 0 {
		q.where("d.id < %s", before)
	}
	where := ""
	if len(q.conditions) > 0 {
		where = " WHERE " + strings.Join(q.conditions, " AND ")
	}
	var rows []delegationRow
	err = s.db.SelectContext(ctx, &rows,
		anyPlan+"SELECT "+delegationColumns+" FROM delegations d"+where+" ORDER BY d.id DESC LIMIT "+q.arg(limit(f.Page)+1), q.args...)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, f.Page)
	if more {
		next = writePlace(rows[len(rows)-1].ID)
	}
	return each(rows, delegationRow.delegation), next, nil
}
