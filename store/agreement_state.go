package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/usm-works/usm/usm"
)

// lockAgreement keeps others out of an agreement until the transaction ends, also while it has no version yet.
func (t *tx) lockAgreement(ctx context.Context, domain, id string) error {
	_, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))`, domain, id)
	return err
}

// insertAgreements writes versions of agreements in the order given, each with the first row of its history.
func (t *tx) insertAgreements(ctx context.Context, domain string, agreements ...usm.Agreement) error {
	_, err := t.ExecContext(ctx, `
		WITH written AS (
			INSERT INTO agreements (domain, id, version, state, type, customer, services, valid_from, valid_until, document,
				call, confirmed)
			SELECT $1, a.id, a.version, a.state, a.type, coalesce(a.customer, ''), coalesce(a.services, '{}'),
				coalesce(a.valid_from, ''), coalesce(a.valid_until, ''), d.document, nullif(a.call, ''),
				a.call IS NULL AND a.state <> 'draft'
			FROM jsonb_array_elements($2) WITH ORDINALITY d (document, place),
				jsonb_populate_record(NULL::agreements, d.document - 'document') a
			ORDER BY d.place
			RETURNING domain, id, version, state, call, place)
		INSERT INTO agreement_history (domain, id, version, kind, call, text)
		SELECT domain, id, version, state, coalesce(call, ''), CASE WHEN call IS NULL THEN 'the first load' ELSE '' END
		FROM written ORDER BY place`, domain, doc(agreements))
	return err
}

// agreementMove is a change of state of versions of agreements.
type agreementMove struct {
	to   string
	at   *time.Time // when it counts; nil: now
	call string     // the wish that does it; "" for time
	text string
}

// moveAgreements moves the versions, as a, for which the condition holds, and says so in their history. The parameters of
// the condition begin with $5.
func (t *tx) moveAgreements(ctx context.Context, m agreementMove, condition string, args ...any) (moved int64, err error) {
	result, err := t.ExecContext(ctx, `
		WITH moved AS (
			UPDATE agreements a SET state = $1, document = jsonb_set(document, '{state}', to_jsonb($1::text))
			WHERE `+condition+` RETURNING domain, id, version, place)
		INSERT INTO agreement_history (domain, id, version, kind, at, call, text)
		SELECT domain, id, version, $1, coalesce($2, now()), $3, $4 FROM moved ORDER BY place`,
		append([]any{m.to, m.at, m.call, m.text}, args...)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// presentVersion is the version of an agreement that is in force, and since when. The zero value: none.
type presentVersion struct {
	Agreement document[usm.Agreement] `db:"document"`
	Since     time.Time               `db:"since"`
}

func (t *tx) presentVersion(ctx context.Context, domain, id string) (present presentVersion, err error) {
	err = t.GetContext(ctx, &present, `
		SELECT document, (SELECT max(at) FROM agreement_history h
			WHERE (h.domain, h.id, h.version) = (a.domain, a.id, a.version) AND h.kind = 'in_force') AS since
		FROM agreements a WHERE domain = $1 AND id = $2 AND state = 'in_force'`, domain, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return present, err
}

// putInForce puts an agreed version in force from the moment at, ends the one it replaces, and brings the service that its
// wish specified. A version whose last day was over before has expired, whoever comes to say so.
func (t *tx) putInForce(ctx context.Context, domain string, a usm.Agreement, at time.Time, call string) error {
	if err := t.lockAgreement(ctx, domain, a.ID); err != nil {
		return err
	}
	present, err := t.presentVersion(ctx, domain, a.ID)
	if err != nil {
		return err
	}
	if present.Agreement.value.ID != "" {
		current, err := t.currentDomain(ctx, domain)
		if err != nil {
			return err
		}
		move := agreementMove{to: usm.AgreementEnded, at: &at, call: call, text: "replaced by " + a.Versioned()}
		if end := lastMoment(current, present.Agreement.value); !end.IsZero() && !end.After(at) {
			move = agreementMove{to: usm.AgreementExpired, at: &end}
		}
		if err := t.moveAgreement(ctx, domain, present.Agreement.value, move); err != nil {
			return err
		}
	}
	if err := t.moveAgreement(ctx, domain, a, agreementMove{to: usm.AgreementInForce, at: &at, call: call}); err != nil {
		return err
	}
	return t.bringService(ctx, domain, a.Call)
}

// moveAgreement moves one version.
func (t *tx) moveAgreement(ctx context.Context, domain string, a usm.Agreement, m agreementMove) error {
	_, err := t.moveAgreements(ctx, m, `(a.domain, a.id, a.version) = ($5, $6, $7)`, domain, a.ID, a.Version)
	return err
}

// AgreementHistory returns what happened to the versions of an agreement, oldest first; usm.CodeNotFound when there is none.
func (s *Store) AgreementHistory(ctx context.Context, domain, agreement string) (events []usm.AgreementEvent, err error) {
	defer wrapf(&err, "AgreementHistory(%s, %s)", domain, agreement)
	var rows []struct {
		Version  int       `db:"version"`
		At       time.Time `db:"at"`
		Recorded time.Time `db:"recorded_at"`
		Kind     string    `db:"kind"`
		Call     string    `db:"call"`
		Text     string    `db:"text"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		SELECT version, at, recorded_at, kind, call, text FROM agreement_history
		WHERE domain = $1 AND id = $2 ORDER BY at, place`, domain, agreement)
	if err == nil && len(rows) == 0 {
		err = usm.Errorf(usm.CodeNotFound, "there is no agreement %q in domain %q", agreement, domain)
	}
	for _, row := range rows {
		event := usm.AgreementEvent{
			Domain: domain, Agreement: agreement, Version: row.Version, At: row.At.UTC(), Kind: row.Kind, Call: row.Call, Text: row.Text,
		}
		if !row.Recorded.Equal(row.At) {
			event.Recorded = row.Recorded.UTC()
		}
		events = append(events, event)
	}
	return events, err
}
