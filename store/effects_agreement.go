package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// The states of an agreement.
const (
	draft   = "draft"
	agreed  = "agreed"
	inForce = "in_force"
	ended   = "ended"
)

// writeAgreement drafts, agrees, puts in force or drops the agreement that the wish is about. Nothing else writes
// agreements after a domain's first load.
func (f *finishing) writeAgreement(ctx context.Context) error {
	if f.effects.Offer != nil {
		if err := f.draftOffer(ctx, *f.effects.Offer); err != nil {
			return err
		}
	}
	switch f.effects.OfferState {
	case agreed:
		return f.setState(ctx, draft, agreed)
	case inForce:
		return f.putInForce(ctx)
	case string(usm.NotAgreed):
		return f.dropOffer(ctx, f.row.Number)
	}
	return f.releaseOffer(ctx, f.row.callRow)
}

// releaseOffer drops the draft of a wish that ends before its agreement is in force, whatever the reason.
func (t *tx) releaseOffer(ctx context.Context, row callRow) error {
	if row.Type != usm.Wish || !row.Status.Ended() {
		return nil
	}
	return t.dropOffer(ctx, row.Number)
}

func (t *tx) dropOffer(ctx context.Context, wish string) error {
	_, err := t.ExecContext(ctx, `
		WITH dropped AS (
			UPDATE agreements SET state = 'ended', document = jsonb_set(document, '{state}', '"ended"')
			WHERE call = $1 AND state IN ('draft', 'agreed') RETURNING id)
		UPDATE reservations SET released = true WHERE call = $1 AND NOT released AND EXISTS (SELECT FROM dropped)`, wish)
	return err
}

// draftOffer replaces what the wish offered before by a new version of the agreement, in draft.
func (f *finishing) draftOffer(ctx context.Context, offer usm.Offer) error {
	if err := f.dropOffer(ctx, f.row.Number); err != nil {
		return err
	}
	agreement := usm.Agreement{
		ID: offer.Agreement, Type: offer.Type, Customer: offer.Customer, Provider: offer.Provider, Services: offer.Services,
		State: draft, Under: offer.Under, Norms: offer.Norms, Cost: offer.Cost, Ready: offer.Ready,
		ValidFrom: offer.ValidFrom, ValidUntil: offer.ValidUntil, Call: f.row.Number,
	}
	if err := f.parties(ctx, &agreement); err != nil {
		return err
	}
	// Two wishes about one agreement draft one after the other.
	err := f.GetContext(ctx, &agreement.Version, `
		WITH turn AS (SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0)))
		SELECT coalesce(max(version), 0) + 1 FROM turn LEFT JOIN agreements ON domain = $1 AND id = $2`,
		f.row.Domain, agreement.ID)
	if err != nil {
		return err
	}
	if err := f.insertAgreements(ctx, f.row.Domain, agreement); err != nil {
		return err
	}
	if len(offer.Reservations) == 0 {
		return nil
	}
	_, err = f.ExecContext(ctx, `
		INSERT INTO reservations (call, team, what, "from")
		SELECT $1, team, what, coalesce("from", '') FROM jsonb_populate_recordset(NULL::reservations, $2)`,
		f.row.Number, doc(offer.Reservations))
	return err
}

// parties fills in who agrees: a customer and the domain, or the domain and a team.
func (f *finishing) parties(ctx context.Context, a *usm.Agreement) error {
	if a.Type != usm.SA {
		a.Customer = f.row.Domain
		return nil
	}
	a.Provider = orElse(a.Provider, f.row.Domain)
	if a.Customer != "" {
		return nil
	}
	person, err := f.person(ctx, f.row.Domain, f.row.Requester)
	if err != nil {
		return err
	}
	if person.Customer == "" {
		return usm.Invalid("/fields/customer", "name the customer: none authorises the requester %s", f.row.Requester)
	}
	a.Customer = person.Customer
	return nil
}

// insertAgreements writes versions of agreements in the order given.
func (t *tx) insertAgreements(ctx context.Context, domain string, agreements ...usm.Agreement) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO agreements (domain, id, version, state, type, customer, services, valid_from, valid_until, document, call)
		SELECT $1, a.id, a.version, a.state, a.type, coalesce(a.customer, ''), coalesce(a.services, '{}'),
			coalesce(a.valid_from, ''), coalesce(a.valid_until, ''), d.document, nullif(a.call, '')
		FROM jsonb_array_elements($2) WITH ORDINALITY d (document, place),
			jsonb_populate_record(NULL::agreements, d.document - 'document') a
		ORDER BY d.place`, domain, doc(agreements))
	return err
}

// setState moves the agreement of the wish from one state to the next. A wish whose steps were not applicable has none.
func (f *finishing) setState(ctx context.Context, from, to string) error {
	_, err := f.ExecContext(ctx, `
		UPDATE agreements SET state = $3, document = jsonb_set(document, '{state}', to_jsonb($3::text))
		WHERE call = $1 AND state = $2`, f.row.Number, from, to)
	return err
}

// putInForce puts the agreed version in force, ends the one it replaces, and brings the service as specified. A version
// that is valid from a later day leaves the present one in force until then.
func (f *finishing) putInForce(ctx context.Context) error {
	_, err := f.ExecContext(ctx, `
		UPDATE agreements old SET state = 'ended', document = jsonb_set(old.document, '{state}', '"ended"')
		FROM agreements new
		WHERE new.call = $1 AND new.state = 'agreed' AND (old.domain, old.id) = (new.domain, new.id) AND old.state = 'in_force'
			AND (new.valid_from = '' OR left(new.valid_from, 10) <= to_char(now(), 'YYYY-MM-DD'))`,
		f.row.Number)
	if err != nil {
		return err
	}
	if err := f.setState(ctx, agreed, inForce); err != nil {
		return err
	}
	var specification document[usm.ServiceDraft]
	err = f.GetContext(ctx, &specification,
		`SELECT document FROM specifications WHERE call = $1 ORDER BY attempt DESC LIMIT 1`, f.row.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.bringService(ctx, specification.value)
}

func (f *finishing) bringService(ctx context.Context, drafted usm.ServiceDraft) error {
	service := usm.Service{ID: drafted.Service, Name: orElse(drafted.Name, drafted.Service), Specification: drafted.Specification}
	var known document[usm.Service]
	err := f.GetContext(ctx, &known,
		`SELECT document FROM services WHERE domain = $1 AND id = $2 FOR UPDATE`, f.row.Domain, drafted.Service)
	switch {
	case err == nil:
		service.Owner = known.value.Owner
		service.Name = orElse(drafted.Name, known.value.Name)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	_, err = f.ExecContext(ctx, `
		INSERT INTO services (domain, id, document, call) VALUES ($1, $2, $3, $4)
		ON CONFLICT (domain, id) DO UPDATE SET document = excluded.document, call = excluded.call`,
		f.row.Domain, service.ID, doc(service), f.row.Number)
	return err
}

// covered returns the agreement (id@version) in force that covers the person for the service, "" for none.
func covered(ctx context.Context, q querier, domain, person, service string) (agreement string, err error) {
	err = q.GetContext(ctx, &agreement, `
		SELECT coalesce((
			SELECT a.id || '@' || a.version FROM agreements a JOIN people p USING (domain, customer)
			WHERE a.domain = $1 AND p.id = $2 AND NOT p.inactive AND p.customer <> '' AND a.type = 'SA'
				AND a.state = 'in_force' AND a.services @> $3
				AND (a.valid_from = '' OR left(a.valid_from, 10) <= to_char(now(), 'YYYY-MM-DD'))
				AND (a.valid_until = '' OR left(a.valid_until, 10) >= to_char(now(), 'YYYY-MM-DD'))
			ORDER BY a.id, a.version DESC LIMIT 1), '')`, domain, person, pq.StringArray{service})
	return agreement, err
}
