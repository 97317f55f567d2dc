package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// personChange is what becomes of one person.
type personChange struct {
	before, after *personRow // nil: he is new, or gone
}

// The kinds of changes of a directory.
const (
	personAdded    = "added"
	personChanged  = "changed"
	personLeft     = "left"
	personReturned = "returned"
	personRemoved  = "removed"
)

func (c personChange) kind() string {
	switch {
	case c.before == nil:
		return personAdded
	case c.after == nil || c.after.Removed && !c.before.Removed:
		return personRemoved
	case c.before.Inactive && !c.after.Inactive:
		return personReturned
	case !c.before.Inactive && c.after.Inactive:
		return personLeft
	}
	return personChanged
}

// either is the person as he is now, or was last.
func (c personChange) either() personRow {
	if c.after != nil {
		return *c.after
	}
	return *c.before
}

// changes of the people that a file keeps. A person who is there twice stays so, for Postgres to refuse.
func peopleChanges(domain string, before, after []usm.Person) []personChange {
	row := func(p usm.Person) *personRow {
		r := rowOf(domain, p, usm.SourceFile)
		return &r
	}
	var changes []personChange
	was, is := index(before, personID), index(after, personID)
	for _, person := range before {
		if _, stays := is[person.ID]; !stays {
			changes = append(changes, personChange{before: row(person)})
		}
	}
	seen := map[string]bool{}
	for _, person := range after {
		known, old := was[person.ID]
		change := personChange{after: row(person)}
		if old {
			change.before = row(known)
		}
		if !old || seen[person.ID] || !equal(known, person) {
			changes = append(changes, change)
		}
		seen[person.ID] = true
	}
	return changes
}

// directoryChangeRow is a row of the trail of a directory.
type directoryChangeRow struct {
	Person string      `json:"person"`
	Kind   string      `json:"kind"`
	Source usm.Source  `json:"source"`
	Before *usm.Person `json:"before"`
	After  *usm.Person `json:"after"`
}

func (c personChange) row() directoryChangeRow {
	row := directoryChangeRow{Person: c.either().ID, Kind: c.kind(), Source: c.either().Source}
	if c.before != nil {
		before := c.before.person()
		row.Before = &before
	}
	if c.after != nil {
		after := c.after.person()
		row.After = &after
	}
	return row
}

// lockDomain keeps others from changing the domain and its people until the transaction ends, also while there is no row to
// lock yet.
func (t *tx) lockDomain(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('domain ' || $1, 0))`, id)
	return err
}

// changePeople writes what becomes of people of a domain, with its trail. The domain is locked.
func (t *tx) changePeople(ctx context.Context, domain, by string, changes []personChange) error {
	if len(changes) == 0 {
		return nil
	}
	t.writesDomain = true
	var gone []string
	var stay []personRow
	trail := make([]directoryChangeRow, len(changes))
	for i, change := range changes {
		trail[i] = change.row()
		if change.after == nil {
			gone = append(gone, change.before.ID)
		} else {
			stay = append(stay, *change.after)
		}
	}
	if _, err := t.ExecContext(ctx, writePeople, domain, doc(list(stay)), pq.StringArray(gone)); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, writeGrants, domain, doc(list(stay))); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO directory_changes (domain, person, kind, source, by_whom, revision, before, after)
		SELECT $1, c.person, c.kind, c.source, $2, d.people, nullif(c.before, 'null'), nullif(c.after, 'null')
		FROM domains d, jsonb_to_recordset($3) AS c (person text, kind text, source text, before jsonb, after jsonb)
		WHERE d.id = $1`, domain, by, doc(trail))
	return err
}

const writePeople = `
	WITH now AS (UPDATE domains SET people = people + 1 WHERE id = $1 RETURNING people),
	gone AS (DELETE FROM people WHERE domain = $1 AND id = ANY ($3))
	INSERT INTO people (domain, id, name, email, customer, site, manager, inactive, source, external, removed, revision)
	SELECT $1, id, name, email, customer, site, manager, inactive, source, external, removed, now.people
	FROM now, jsonb_to_recordset($2) AS f (id text, name text, email text, customer text, site text, manager text,
		inactive boolean, source text, external text, removed boolean)
	ON CONFLICT (domain, id) DO UPDATE SET
		(name, email, customer, site, manager, inactive, source, external, removed, revision, changed_at)
		= (excluded.name, excluded.email, excluded.customer, excluded.site, excluded.manager, excluded.inactive, excluded.source,
			excluded.external, excluded.removed, excluded.revision, now())`

const writeGrants = `
	WITH held AS (
		SELECT DISTINCT f.id AS person, profile
		FROM jsonb_to_recordset($2) AS f (id text, profiles jsonb), jsonb_array_elements_text(f.profiles) profile),
	gone AS (
		DELETE FROM grants WHERE domain = $1 AND (person, profile) NOT IN (SELECT person, profile FROM held)
			AND person IN (SELECT f.id FROM jsonb_to_recordset($2) AS f (id text)))
	INSERT INTO grants (domain, person, profile) SELECT $1, person, profile FROM held ON CONFLICT DO NOTHING`
