package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// personRow is a person of the directory. Its JSON has the names of the columns, see writePeople.
type personRow struct {
	Domain    string         `db:"domain" json:"domain"`
	ID        string         `db:"id" json:"id"`
	Name      string         `db:"name" json:"name"`
	Email     string         `db:"email" json:"email"`
	Customer  string         `db:"customer" json:"customer"`
	Site      string         `db:"site" json:"site"`
	Manager   string         `db:"manager" json:"manager"`
	Inactive  bool           `db:"inactive" json:"inactive"`
	Source    usm.Source     `db:"source" json:"source"`
	External  string         `db:"external" json:"external"`
	Removed   bool           `db:"removed" json:"removed"`
	Profiles  pq.StringArray `db:"profiles" json:"profiles"`
	Revision  int64          `db:"revision" json:"revision"`
	CreatedAt time.Time      `db:"created_at" json:"-"`
	ChangedAt time.Time      `db:"changed_at" json:"-"`

	ManagerName string `db:"manager_name" json:"-"`
}

// personColumns are those of personRow, from people as p.
const personColumns = `p.domain, p.id, p.name, p.email, p.customer, p.site, p.manager, p.inactive, p.source, p.external, p.removed,
	p.revision, p.created_at, p.changed_at,
	coalesce((SELECT m.name FROM people m WHERE (m.domain, m.id) = (p.domain, p.manager)), '') AS manager_name,
	ARRAY(SELECT g.profile FROM grants g WHERE (g.domain, g.person) = (p.domain, p.id) ORDER BY g.profile) AS profiles`

func rowOf(domain string, p usm.Person, source usm.Source) personRow {
	return personRow{
		Domain: domain, ID: p.ID, Name: p.Name, Email: p.Email, Customer: p.Customer, Site: p.Site, Manager: p.Manager,
		Inactive: p.Inactive, Source: source, Profiles: list(p.Profiles),
	}
}

func (r personRow) person() usm.Person {
	return usm.Person{
		ID: r.ID, Name: r.Name, Email: r.Email, Customer: r.Customer, Site: r.Site, Manager: r.Manager,
		Profiles: orNone(r.Profiles), Inactive: r.Inactive,
	}
}

// peopleKey says which people of which version of a domain somebody has read.
type peopleKey struct {
	Version int   `db:"version"`
	People  int64 `db:"people"`
}

// knownDirectory is what directory read last of a domain.
type knownDirectory struct {
	peopleKey
	domain usm.Domain
}

// directory is the current version of a domain with its people as they are now, also those whom provisioning keeps or has
// removed; without what the other registers keep. Whoever gets it only reads it. Until a transaction that has read it ends,
// nobody changes the people: who opens an approval is seen by whoever changes them next, who then has it looked at again.
func (s *Store) directory(ctx context.Context, q querier, id string) (usm.Domain, error) {
	lock := ""
	if t, in := q.(*tx); in {
		if t.writesDomain {
			return t.directory(ctx, id)
		}
		lock = " FOR SHARE"
	}
	var now peopleKey
	if err := q.GetContext(ctx, &now, `SELECT version, people FROM domains WHERE id = $1`+lock, id); err != nil {
		return usm.Domain{}, noneAs(err, "there is no domain %q", id)
	}
	if known, ok := s.directories.Load(id); ok {
		if known := known.(knownDirectory); known.peopleKey == now { //nolint:errcheck,forcetypeassert // nothing else is kept there
			return known.domain, nil
		}
	}
	var read struct {
		peopleKey
		Provisioned document[[]usm.Person] `db:"provisioned"`
	}
	// One statement, so that the people are those of the number.
	err := q.GetContext(ctx, &read, `SELECT d.version, d.people, (`+provisionedPeople+`) AS provisioned FROM domains d WHERE d.id = $1`, id)
	if err != nil {
		return usm.Domain{}, err
	}
	domain, err := s.version(ctx, q, id, read.Version)
	if err != nil {
		return usm.Domain{}, err
	}
	domain.People = live(domain.People, read.Provisioned.value)
	s.directories.Store(id, knownDirectory{read.peopleKey, domain})
	return domain, nil
}

// directory is the same of a domain that this transaction has written.
func (t *tx) directory(ctx context.Context, id string) (usm.Domain, error) {
	domain, err := t.currentDomain(ctx, id)
	if err != nil {
		return usm.Domain{}, err
	}
	provisioned, err := t.provisioned(ctx, id)
	domain.People = live(domain.People, provisioned)
	return domain, err
}

// provisionedPeople are those of a domain, as d, whom provisioning keeps: []usm.Person.
const provisionedPeople = `
	SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'email', p.email, 'customer', p.customer, 'site', p.site,
		'manager', p.manager, 'inactive', p.inactive, 'profiles', h.profiles) ORDER BY p.id)
	FROM people p LEFT JOIN (
		SELECT g.person, jsonb_agg(g.profile ORDER BY g.profile) AS profiles FROM grants g WHERE g.domain = d.id GROUP BY g.person) h
		ON h.person = p.id
	WHERE p.domain = d.id AND p.source = 'scim'`

func (t *tx) provisioned(ctx context.Context, domain string) ([]usm.Person, error) {
	var kept document[[]usm.Person]
	err := t.GetContext(ctx, &kept, `SELECT (`+provisionedPeople+`) FROM domains d WHERE d.id = $1`, domain)
	return kept.value, err
}

// live are the people of a domain file, in its order, of whom those that provisioning keeps are as it says; then the others
// that it keeps.
func live(file, provisioned []usm.Person) []usm.Person {
	if len(provisioned) == 0 {
		return file
	}
	kept := index(provisioned, personID)
	people := make([]usm.Person, 0, len(file)+len(provisioned))
	for _, person := range file {
		if known, ok := kept[person.ID]; ok {
			person = known
			delete(kept, person.ID)
		}
		people = append(people, person)
	}
	for _, person := range provisioned {
		if _, more := kept[person.ID]; more {
			people = append(people, person)
		}
	}
	return people
}

func personID(p usm.Person) string { return p.ID }
