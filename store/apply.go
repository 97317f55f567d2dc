package store

import (
	"context"
	"errors"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// ApplyDomain writes a new version of a domain, or changes nothing when it equals the current one. Components and
// agreements are written by the first version only; later differences are returned and left alone, as are those of a
// service that a wish brought or changed, and of a person whom provisioning keeps. Every application returns the terms of all
// agreements that have turns to come, so that applying a file again also mends a watch that was never started.
// usm.CodeInvalid when somebody, of the file or provisioned, would hold two profiles that conflict.
func (s *Store) ApplyDomain(ctx context.Context, domain usm.Domain, by string) (result usm.DomainResult, err error) {
	defer wrapf(&err, "ApplyDomain(%s)", domain.ID)
	if domain.ID == "" {
		return usm.DomainResult{}, usm.Invalid("/id", "a domain has an id")
	}
	err = s.transact(ctx, func(t *tx) error {
		if result, err = t.apply(ctx, domain, by); err != nil {
			return incoherent(err)
		}
		result.Terms, err = t.standing(ctx, domain.ID)
		return err
	})
	return result, err
}

// incoherent makes a refusal of a file that does not hold together, a relation to nothing or an id that is there twice.
// Files are checked where they are read; this is for those that come by another way.
func incoherent(err error) error {
	if said := (*pq.Error)(nil); errors.As(err, &said) && (said.Code.Class() == "23" || said.Code.Class() == "21") {
		return usm.Errorf(usm.CodeInvalid, "the domain does not hold together: %s", orElse(said.Detail, said.Message))
	}
	return err
}

func (t *tx) apply(ctx context.Context, domain usm.Domain, by string) (usm.DomainResult, error) {
	if err := t.lockDomain(ctx, domain.ID); err != nil {
		return usm.DomainResult{}, err
	}
	version, err := currentVersion(ctx, t, domain.ID)
	if usm.CodeOf(err) == usm.CodeNotFound {
		return t.applyFirst(ctx, domain, by)
	}
	if err != nil {
		return usm.DomainResult{}, err
	}
	now, err := export(ctx, t, domain.ID, version)
	if err != nil {
		return usm.DomainResult{}, err
	}
	held, err := t.heldServices(ctx, domain.ID)
	if err != nil {
		return usm.DomainResult{}, err
	}
	provisioned, err := t.provisioned(ctx, domain.ID)
	if err != nil {
		return usm.DomainResult{}, err
	}
	result := usm.DomainResult{Version: version}
	domain, result.NotApplied = leaveAlone(domain, now, held, provisioned)
	now.People = notIn(now.People, provisioned)
	if equal(domain, now) {
		return result, nil
	}
	if err := conflicts(domain, live(domain.People, provisioned)); err != nil {
		return usm.DomainResult{}, err
	}
	result.Version, result.Changed = version+1, true
	if err := t.writeVersion(ctx, domain, result.Version, by); err != nil {
		return usm.DomainResult{}, err
	}
	changes := peopleChanges(domain.ID, now.People, domain.People)
	if err := t.changePeople(ctx, domain.ID, by, changes); err != nil {
		return usm.DomainResult{}, err
	}
	return result, t.noteNudges(ctx, domain.ID, affectedBy(now, domain, changes))
}

// applyFirst loads the registers too: it is the only time that a file does.
func (t *tx) applyFirst(ctx context.Context, domain usm.Domain, by string) (usm.DomainResult, error) {
	if err := conflicts(domain, domain.People); err != nil {
		return usm.DomainResult{}, err
	}
	if err := t.writeVersion(ctx, domain, 1, by); err != nil {
		return usm.DomainResult{}, err
	}
	if err := t.changePeople(ctx, domain.ID, by, peopleChanges(domain.ID, nil, domain.People)); err != nil {
		return usm.DomainResult{}, err
	}
	var today string
	if err := t.GetContext(ctx, &today, `SELECT local_date($1, now())`, domain.ID); err != nil {
		return usm.DomainResult{}, err
	}
	agreements := make([]usm.Agreement, len(domain.Agreements))
	for i, agreement := range domain.Agreements {
		agreement.Version = max(agreement.Version, 1)
		agreement.State = stateOn(today, agreement)
		agreements[i] = agreement
	}
	if err := t.insertAgreements(ctx, domain.ID, agreements...); err != nil {
		return usm.DomainResult{}, err
	}
	components := make([]usm.Component, len(domain.Components))
	for i, component := range domain.Components {
		component.Version = 1
		components[i] = component
	}
	return usm.DomainResult{Version: 1, Changed: true}, t.insertComponents(ctx, domain.ID, "", components)
}

// conflicts refuses a domain in which somebody holds two profiles that nobody holds both of.
func conflicts(domain usm.Domain, people []usm.Person) error {
	for _, person := range people {
		if one, other, both := domain.Conflict(person.Profiles); both {
			return usm.Invalid("/people", "%s would hold %s and %s, which conflict", person.ID, one, other)
		}
	}
	return nil
}

// stateOn is the state in which an agreement of a file is on a day: what is not said to be a draft or ended is as its
// validity says.
func stateOn(today string, a usm.Agreement) string {
	switch {
	case a.State == usm.AgreementDraft || a.State == usm.AgreementEnded:
		return a.State
	case a.ValidUntil != "" && a.ValidUntil < today:
		return usm.AgreementExpired
	case a.ValidFrom > today:
		return usm.AgreementAgreed
	}
	return usm.AgreementInForce
}

// standing returns the terms of the versions that are in force or will be, where something is to come. It refuses a
// domain in which one of them could not be measured: no call that it covers could be opened.
func (t *tx) standing(ctx context.Context, id string) (watched []usm.AgreementTerm, err error) {
	domain, err := t.currentDomain(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []document[usm.Agreement]
	err = t.SelectContext(ctx, &rows, `
		SELECT document FROM agreements
		WHERE domain = $1 AND (state = 'in_force' OR state = 'agreed' AND confirmed) ORDER BY place`, id)
	if err != nil {
		return nil, err
	}
	terms := usm.NewTerms(domain, "", nil)
	terms.Links = values(rows)
	if _, err := clock.Open(terms); err != nil {
		return nil, usm.Errorf(usm.CodeInvalid, "its calendars and agreements measure nothing: %s", err)
	}
	for _, agreement := range terms.Links {
		if term := termOf(domain, agreement); len(term.Events) > 0 {
			watched = append(watched, term)
		}
	}
	return watched, nil
}

// writeVersion writes the document and what is looked up by query, but for people.
func (t *tx) writeVersion(ctx context.Context, domain usm.Domain, version int, by string) error {
	t.writesDomain = true
	kept := domain
	kept.Version, kept.Components, kept.Agreements = 0, nil, nil
	_, err := t.ExecContext(ctx, `
		WITH domain AS (
			INSERT INTO domains (id, version) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET version = excluded.version)
		INSERT INTO domain_versions (domain, version, document, applied_by) VALUES ($1, $2, $3, $4)`,
		domain.ID, version, doc(kept), by)
	if err != nil {
		return err
	}
	for _, write := range []string{writeServices, writeSolutions} {
		if _, err := t.ExecContext(ctx, write, domain.ID, doc(kept)); err != nil {
			return err
		}
	}
	return nil
}

// A service that is in the file as it was left alone keeps the wish it came from.
const writeServices = `
	WITH file AS (
		SELECT s ->> 'id' AS id, s AS document, place
		FROM jsonb_array_elements($2::jsonb -> 'services') WITH ORDINALITY AS f (s, place)),
	gone AS (DELETE FROM services WHERE domain = $1 AND id NOT IN (SELECT id FROM file))
	INSERT INTO services (domain, id, document) SELECT $1, id, document FROM file ORDER BY place
	ON CONFLICT (domain, id) DO UPDATE SET document = excluded.document`

// Solutions that incidents brought are not the file's.
const writeSolutions = `
	WITH file AS (
		SELECT s ->> 'id' AS id, s AS document, place
		FROM jsonb_array_elements($2::jsonb -> 'solutions') WITH ORDINALITY AS f (s, place)),
	gone AS (DELETE FROM solutions WHERE domain = $1 AND call IS NULL AND id NOT IN (SELECT id FROM file))
	INSERT INTO solutions (domain, id, document) SELECT $1, id, document FROM file ORDER BY place
	ON CONFLICT (domain, id) DO UPDATE SET document = excluded.document`

// heldService is a service that a file cannot simply change or leave out.
type heldService struct {
	ID      string `db:"id"`
	Brought bool   `db:"brought"` // a wish brought or changed it: only another wish may change it
	Agreed  bool   `db:"agreed"`  // by an agreement that is in force or will be
}

func (t *tx) heldServices(ctx context.Context, domain string) (map[string]heldService, error) {
	var held []heldService
	err := t.SelectContext(ctx, &held, `
		SELECT id, call IS NOT NULL AS brought, EXISTS (SELECT FROM agreements a WHERE a.domain = s.domain
			AND a.services @> ARRAY[s.id] AND (a.state = 'in_force' OR a.state = 'agreed' AND a.confirmed)) AS agreed
		FROM services s WHERE domain = $1`, domain)
	return index(held, func(s heldService) string { return s.ID }), err
}
