package store

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// affected is what of a directory has changed, as far as approvals depend on it.
type affected struct {
	people    []string // who is new, gone, back, holds other profiles or has another manager
	chain     []string // of those, who count otherwise for the people below them
	profiles  []string // that somebody holds now or holds no longer
	services  []string // that have another owner
	speaks    []string // people who speak for customers
	customers bool     // others speak for one
}

func (a affected) nothing() bool {
	return len(a.people) == 0 && len(a.services) == 0 && !a.customers
}

// affectedBy compares a domain and its people before and after a change.
func affectedBy(was, is usm.Domain, changes []personChange) affected {
	var a affected
	for _, change := range changes {
		before, after := change.held(change.before), change.held(change.after)
		differ := notShared(before, after)
		climbs := change.kind() != personChanged || change.before.Manager != change.after.Manager
		if len(differ) > 0 || climbs {
			a.people = append(a.people, change.either().ID)
		}
		if climbs {
			a.chain = append(a.chain, change.either().ID)
		}
		a.profiles = append(a.profiles, differ...)
	}
	owner := func(d usm.Domain) map[string]usm.Service { return index(d.Services, serviceID) }
	before, after := owner(was), owner(is)
	for id, service := range before {
		if service.Owner != after[id].Owner {
			a.services = append(a.services, id)
		}
	}
	customers := index(was.Customers, func(p usm.Party) string { return p.ID })
	for _, customer := range is.Customers {
		a.speaks = append(a.speaks, customer.RepresentedBy...)
		a.customers = a.customers || !slices.Equal(customer.RepresentedBy, customers[customer.ID].RepresentedBy)
	}
	return a
}

// held are the profiles that somebody may use: none before he came and after he left.
func (personChange) held(row *personRow) []string {
	if row == nil || row.Inactive {
		return nil
	}
	return row.Profiles
}

// notShared is what is in one list only.
func notShared(one, other []string) []string {
	var alone []string
	for _, pair := range [][2][]string{{one, other}, {other, one}} {
		for _, value := range pair[0] {
			if !slices.Contains(pair[1], value) {
				alone = append(alone, value)
			}
		}
	}
	return alone
}

// noteNudges has the open approvals looked at again that a change of the directory may concern: rather one too many. Those
// that are being opened now are among them, see directory.
func (t *tx) noteNudges(ctx context.Context, domain string, a affected) error {
	if a.nothing() {
		return nil
	}
	noted, err := t.ExecContext(ctx, writeNudges, domain, pq.StringArray(a.people), pq.StringArray(a.chain),
		pq.StringArray(a.profiles), pq.StringArray(a.services), pq.StringArray(a.speaks), a.customers)
	if err != nil {
		return err
	}
	if rows, err := noted.RowsAffected(); err != nil || rows == 0 {
		return err
	}
	_, err = t.ExecContext(ctx, `SELECT pg_notify('usm', '')`)
	return err
}

// Below are the people whose managers, or theirs, have changed: where somebody cannot be asked, his manager is.
const writeNudges = `
	WITH RECURSIVE below AS (
		SELECT unnest($3::text[]) AS id
		UNION
		SELECT p.id FROM people p JOIN below b ON (p.domain, p.manager) = ($1, b.id)),
	concerned AS (SELECT unnest($2::text[]) AS id UNION SELECT id FROM below),
	keys AS (
		SELECT 'person:' || id AS key FROM concerned
		UNION ALL SELECT 'below:' || id FROM below
		UNION ALL SELECT 'profile:' || unnest($4::text[])
		UNION ALL SELECT 'service:' || unnest($5::text[])
		UNION ALL SELECT 'service:' || s.id FROM services s WHERE s.domain = $1 AND s.document ->> 'owner' = ANY ($4)
		UNION ALL SELECT 'component:' || c.id FROM components c
			WHERE c.domain = $1 AND (c.document ->> 'owner' = ANY ($4) OR c.document ->> 'owner' IN (SELECT id FROM concerned))
		UNION ALL SELECT 'customer' WHERE $7 OR EXISTS (SELECT FROM concerned WHERE id = ANY ($6))
		UNION ALL SELECT 'stuck')
	INSERT INTO nudges (run)
	SELECT DISTINCT CASE WHEN a.retro THEN 'approval:' || a.id ELSE a.call END FROM approvals a
	WHERE a.state = 'open' AND a.domain = $1 AND a.concerns && (SELECT array_agg(key) FROM keys)
	ORDER BY 1
	ON CONFLICT (run) DO UPDATE SET noted_at = excluded.noted_at, taken_at = NULL`
