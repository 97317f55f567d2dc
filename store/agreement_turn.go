package store

import (
	"context"
	"fmt"
	"time"

	"github.com/usm-works/usm/usm"
)

// Turn writes a turn in the life of an agreement: in force (the version before is ended), a notice of renewal, expired. A
// turn that has been written, or that the agreement's state has overtaken, changes nothing; usm.CodeNotFound when there is
// no such version.
func (s *Store) Turn(ctx context.Context, term usm.AgreementTerm, turn usm.AgreementTurn) (err error) {
	defer wrapf(&err, "Turn(%s, %s)", term.WorkflowID(), turn.Kind)
	return s.transact(ctx, func(t *tx) error {
		if err := t.lockAgreement(ctx, term.Domain, term.Agreement); err != nil {
			return err
		}
		var kept document[usm.Agreement]
		err := t.GetContext(ctx, &kept, `
			SELECT document FROM agreements WHERE (domain, id, version) = ($1, $2, $3) FOR UPDATE`,
			term.Domain, term.Agreement, term.Version)
		if err != nil {
			return noneAs(err, "domain %q has no version %d of agreement %q", term.Domain, term.Version, term.Agreement)
		}
		a := kept.value
		switch {
		case turn.Kind == usm.TurnInForce && a.State == usm.AgreementAgreed:
			return t.firstDay(ctx, term.Domain, a, turn.At)
		case turn.Kind == usm.TurnRenewal && a.State == usm.AgreementInForce:
			return t.remind(ctx, term.Domain, a, turn.At)
		case turn.Kind == usm.TurnExpired && a.State == usm.AgreementInForce:
			return t.moveAgreement(ctx, term.Domain, a, agreementMove{to: usm.AgreementExpired, at: &turn.At})
		}
		return nil
	})
}

// firstDay puts a version in force unless another one came into force after that day: then nobody waits for it any more.
func (t *tx) firstDay(ctx context.Context, domain string, a usm.Agreement, at time.Time) error {
	present, err := t.presentVersion(ctx, domain, a.ID)
	if err != nil {
		return err
	}
	if now := present.Agreement.value; present.Since.After(at) || present.Since.Equal(at) && now.Version > a.Version {
		return t.moveAgreement(ctx, domain, a, agreementMove{to: usm.AgreementEnded, at: &at, text: "overtaken by " + now.Versioned()})
	}
	return t.putInForce(ctx, domain, a, at, "")
}

// remind gives one notice to the owners of the services that a version ends soon, unless the next version has been agreed.
func (t *tx) remind(ctx context.Context, domain string, a usm.Agreement, at time.Time) error {
	text := fmt.Sprintf("agreement %s with %s ends after %s", a.Versioned(), a.Customer, a.ValidUntil)
	const topic = "usm.agreement.renewal"
	id := fmt.Sprintf("agreement/%s/%s/renewal/%s", domain, a.Versioned(), at.UTC().Format(time.RFC3339))
	_, err := t.ExecContext(ctx, `
		WITH noted AS (
			INSERT INTO agreement_history (domain, id, version, at, kind, call, text)
			SELECT $1, $2, $3, $4, 'renewal', '', $5
			WHERE NOT EXISTS (SELECT FROM agreements WHERE domain = $1 AND id = $2 AND state = 'agreed' AND confirmed)
			ON CONFLICT DO NOTHING RETURNING true)
		INSERT INTO outbox (id, topic, payload)
		SELECT $6, $7, jsonb_set($8, '{data,to}', to_jsonb(ARRAY(
			SELECT DISTINCT document ->> 'owner' FROM services WHERE domain = $1 AND id = ANY($9))))
		FROM noted`,
		domain, a.ID, a.Version, at, text, id, topic, doc(cloudEvent(id, topic, "/usm/agreements", a.Versioned(), at, map[string]any{
			"domain": domain, "agreement": a.ID, "version": a.Version, "type": a.Type, "customer": a.Customer,
			"provider": a.Provider, "services": a.Services, "valid_until": a.ValidUntil, "text": text,
		})), texts(a.Services))
	return err
}
