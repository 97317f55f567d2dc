package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/usm-works/usm/usm"
)

// writeAgreement drafts, agrees, puts in force or drops the agreement that the wish is about. Nothing else writes
// agreements after a domain's first load, but for the turns that time brings.
func (f *finishing) writeAgreement(ctx context.Context) error {
	if f.effects.Offer != nil {
		if err := f.draftOffer(ctx, *f.effects.Offer); err != nil {
			return err
		}
	}
	switch f.effects.OfferState {
	case usm.AgreementAgreed:
		// A wish whose steps were not applicable has none.
		_, err := f.moveAgreements(ctx, agreementMove{to: usm.AgreementAgreed, call: f.row.Number},
			`a.call = $5 AND a.state = 'draft'`, f.row.Number)
		return err
	case usm.AgreementInForce:
		return f.confirmOffer(ctx)
	case string(usm.NotAgreed):
		return f.dropOffer(ctx, f.row.Number, "not agreed")
	}
	return f.releaseOffer(ctx, f.row.callRow)
}

// releaseOffer drops the offer of a wish that ends before its review confirmed the agreement, whatever the reason.
func (t *tx) releaseOffer(ctx context.Context, row callRow) error {
	if row.Type != usm.Wish || !row.Status.Ended() {
		return nil
	}
	return t.dropOffer(ctx, row.Number, "the wish ended as "+string(row.Status))
}

func (t *tx) dropOffer(ctx context.Context, wish, why string) error {
	dropped, err := t.moveAgreements(ctx, agreementMove{to: usm.AgreementEnded, call: wish, text: why},
		`a.call = $5 AND a.state IN ('draft', 'agreed') AND NOT a.confirmed`, wish)
	if err != nil || dropped == 0 {
		return err
	}
	_, err = t.ExecContext(ctx, `UPDATE reservations SET released = true WHERE call = $1 AND NOT released`, wish)
	return err
}

// draftOffer replaces what the wish offered before by a new version of the agreement, in draft.
func (f *finishing) draftOffer(ctx context.Context, offer usm.Offer) error {
	if err := f.dropOffer(ctx, f.row.Number, "drafted again"); err != nil {
		return err
	}
	agreement := usm.Agreement{
		ID: offer.Agreement, Type: offer.Type, Customer: offer.Customer, Provider: offer.Provider, Services: offer.Services,
		State: usm.AgreementDraft, Under: offer.Under, Coverage: offer.Coverage, Requests: offer.Requests,
		Calendar: offer.Calendar, Norms: offer.Norms, Pauses: offer.Pauses, Warnings: offer.Warnings,
		Escalation: offer.Escalation, Applies: offer.Applies, Cost: offer.Cost, Ready: offer.Ready,
		ValidFrom: offer.ValidFrom, ValidUntil: offer.ValidUntil, Renewal: offer.Renewal, Call: f.row.Number,
	}
	if err := f.parties(ctx, &agreement); err != nil {
		return err
	}
	// Two wishes about one agreement draft one after the other.
	if err := f.lockAgreement(ctx, f.row.Domain, agreement.ID); err != nil {
		return err
	}
	err := f.GetContext(ctx, &agreement.Version,
		`SELECT coalesce(max(version), 0) + 1 FROM agreements WHERE domain = $1 AND id = $2`, f.row.Domain, agreement.ID)
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

// confirmOffer puts the agreed version in force and brings the service as specified, or leaves it agreed until its first
// day. A wish whose steps were not applicable may have specified a service and offered nothing.
func (f *finishing) confirmOffer(ctx context.Context) error {
	var offered struct {
		Agreement document[usm.Agreement] `db:"document"`
		Later     bool                    `db:"later"`
	}
	err := f.GetContext(ctx, &offered, `
		UPDATE agreements SET confirmed = true WHERE call = $1 AND state = 'agreed' AND NOT confirmed
		RETURNING document, left(valid_from, 10) > local_date(domain, now()) AS later`, f.row.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return f.bringService(ctx, f.row.Domain, f.row.Number)
	}
	if err != nil {
		return err
	}
	agreement := offered.Agreement.value
	if !offered.Later {
		if err := f.putInForce(ctx, f.row.Domain, agreement, f.row.Now, f.row.Number); err != nil {
			return err
		}
		agreement.State = usm.AgreementInForce
	}
	domain, err := f.currentDomain(ctx, f.row.Domain)
	if err != nil {
		return err
	}
	if term := termOf(domain, agreement); len(term.Events) > 0 {
		f.result.Validity = &term
	}
	return nil
}

// bringService makes the service what the wish specified last, if it specified one.
func (t *tx) bringService(ctx context.Context, domain, wish string) error {
	var specification document[usm.ServiceDraft]
	err := t.GetContext(ctx, &specification,
		`SELECT document FROM specifications WHERE call = $1 ORDER BY attempt DESC LIMIT 1`, wish)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	drafted := specification.value
	service := usm.Service{ID: drafted.Service, Name: orElse(drafted.Name, drafted.Service), Specification: drafted.Specification}
	var known document[usm.Service]
	err = t.GetContext(ctx, &known, `SELECT document FROM services WHERE domain = $1 AND id = $2 FOR UPDATE`, domain, service.ID)
	switch {
	case err == nil:
		service.Owner = known.value.Owner
		service.Name = orElse(drafted.Name, known.value.Name)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO services (domain, id, document, call) VALUES ($1, $2, $3, $4)
		ON CONFLICT (domain, id) DO UPDATE SET document = excluded.document, call = excluded.call`,
		domain, service.ID, doc(service), wish)
	return err
}
