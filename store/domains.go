package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"github.com/usm-works/usm/usm"
)

// querier is the pool or a transaction.
type querier interface {
	GetContext(ctx context.Context, to any, query string, args ...any) error
	SelectContext(ctx context.Context, to any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

var (
	_ querier = (*sqlx.DB)(nil)
	_ querier = (*sqlx.Tx)(nil)
)

type versionKey struct {
	domain  string
	version int
}

// version reads a version of a domain without what the registers keep. It never changes, so it is read once; whoever gets
// it only reads it.
func (s *Store) version(ctx context.Context, q querier, id string, version int) (usm.Domain, error) {
	key := versionKey{id, version}
	if known, ok := s.versions.Load(key); ok {
		return known.(usm.Domain), nil //nolint:errcheck,forcetypeassert // nothing else is kept there
	}
	domain, err := readVersion(ctx, q, id, version)
	if err != nil {
		return usm.Domain{}, err
	}
	s.versions.Store(key, domain)
	return domain, nil
}

func readVersion(ctx context.Context, q querier, id string, version int) (usm.Domain, error) {
	var kept document[usm.Domain]
	err := q.GetContext(ctx, &kept, `SELECT document FROM domain_versions WHERE domain = $1 AND version = $2`, id, version)
	kept.value.Version = version
	return kept.value, noneAs(err, "there is no version %d of domain %q", version, id)
}

// currentDomain is the version that is in force now.
func (t *tx) currentDomain(ctx context.Context, id string) (usm.Domain, error) {
	version, err := currentVersion(ctx, t, id)
	if err != nil {
		return usm.Domain{}, err
	}
	if t.writesDomain {
		return readVersion(ctx, t, id, version)
	}
	return t.store.version(ctx, t, id, version)
}

func currentVersion(ctx context.Context, q querier, id string) (version int, err error) {
	err = q.GetContext(ctx, &version, `SELECT version FROM domains WHERE id = $1`, id)
	return version, noneAs(err, "there is no domain %q", id)
}

// Domains returns the current version of every domain, by id, as Configuration does.
func (s *Store) Domains(ctx context.Context) (domains []usm.Domain, err error) {
	defer wrapf(&err, "Domains")
	var ids []string
	if err := s.db.SelectContext(ctx, &ids, `SELECT id FROM domains ORDER BY id`); err != nil {
		return nil, err
	}
	domains = make([]usm.Domain, len(ids))
	for i, id := range ids {
		if domains[i], err = s.configuration(ctx, id, 0); err != nil {
			return nil, err
		}
	}
	return domains, nil
}

// Domain returns a version of a domain as a file would hold it; version 0 is the current one. Services, agreements and
// components are those of the registers now, people of the current version are as they are now; usm.CodeNotFound when there
// is no such domain or version.
func (s *Store) Domain(ctx context.Context, id string, version int) (domain usm.Domain, err error) {
	defer wrapf(&err, "Domain(%s, %d)", id, version)
	return export(ctx, s.db, id, version)
}

// Configuration returns what Domain does without agreements and components, of which there may be very many. What was read before
// of a version and its people is not read again; whoever gets it only reads it.
func (s *Store) Configuration(ctx context.Context, id string, version int) (domain usm.Domain, err error) {
	defer wrapf(&err, "Configuration(%s, %d)", id, version)
	return s.configuration(ctx, id, version)
}

func (s *Store) configuration(ctx context.Context, id string, version int) (domain usm.Domain, err error) {
	if domain, err = s.directory(ctx, s.db, id); err == nil && version != 0 && version != domain.Version {
		domain, err = s.version(ctx, s.db, id, version)
	}
	if err != nil {
		return usm.Domain{}, err
	}
	var services []document[usm.Service]
	err = s.db.SelectContext(ctx, &services, `SELECT document FROM services WHERE domain = $1 ORDER BY place`, id)
	domain.Services, domain.Agreements, domain.Components = values(services), []usm.Agreement{}, []usm.Component{}
	return domain, err
}

// export reads a version of a domain, completed by what the registers hold now; version 0 is the current one.
func export(ctx context.Context, q querier, id string, version int) (usm.Domain, error) {
	var row exportRow
	err := q.GetContext(ctx, &row, `
		SELECT v.version, v.document,
			(SELECT jsonb_agg(s.document ORDER BY s.place) FROM services s WHERE s.domain = d.id) AS services,
			(SELECT jsonb_agg(a.document ORDER BY a.place) FROM exported_agreements a WHERE a.domain = d.id) AS agreements,
			(SELECT jsonb_agg(c.document ORDER BY c.place) FROM components c WHERE c.domain = d.id) AS components,
			CASE v.version WHEN d.version THEN (`+provisionedPeople+`) END AS provisioned
		FROM domains d JOIN domain_versions v ON v.domain = d.id AND v.version = coalesce(nullif($2::integer, 0), d.version)
		WHERE d.id = $1`, id, version)
	if err != nil {
		return usm.Domain{}, noneAs(err, "there is no domain %q, or no such version of it", id)
	}
	return row.domain(), nil
}

type exportRow struct {
	Version    int                       `db:"version"`
	Document   document[usm.Domain]      `db:"document"`
	Services   document[[]usm.Service]   `db:"services"`
	Agreements document[[]usm.Agreement] `db:"agreements"`
	Components document[[]usm.Component] `db:"components"`
	// Provisioned are the people whom provisioning keeps; none of a version before the current one.
	Provisioned document[[]usm.Person] `db:"provisioned"`
}

func (r exportRow) domain() usm.Domain {
	domain := r.Document.value
	domain.Version = r.Version
	domain.People = live(domain.People, r.Provisioned.value)
	domain.Services = r.Services.value
	domain.Agreements = each(r.Agreements.value, agreementInFile)
	domain.Components = each(r.Components.value, componentInFile)
	return domain
}

// agreementInFile is an agreement without what the register adds.
func agreementInFile(a usm.Agreement) usm.Agreement {
	a.Version, a.Call = 0, ""
	if a.State == usm.AgreementInForce {
		a.State = ""
	}
	return a
}

// componentInFile is a component without what the register adds.
func componentInFile(c usm.Component) usm.Component {
	c.Version = 0
	return c
}

func values[T any](documents []document[T]) []T {
	all := make([]T, len(documents))
	for i, d := range documents {
		all[i] = d.value
	}
	return all
}

// Agreements returns every version of every agreement of a domain, the newest version of each first.
func (s *Store) Agreements(ctx context.Context, domain string) (agreements []usm.Agreement, err error) {
	defer wrapf(&err, "Agreements(%s)", domain)
	if _, err := currentVersion(ctx, s.db, domain); err != nil {
		return nil, err
	}
	var rows []document[usm.Agreement]
	err = s.db.SelectContext(ctx, &rows, `
		SELECT document FROM agreements WHERE domain = $1
		ORDER BY min(place) OVER (PARTITION BY id), version DESC`, domain)
	return values(rows), err
}
