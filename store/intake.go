package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/usm-works/usm/usm"
)

// claimLasts is how long a request may run before another one with the same key takes it over. It is also how long a client
// waits whose gateway was killed; taking over early is harmless, because registers and calls recognise what was done under the
// key.
const claimLasts = 8 * time.Second

// Begin claims an idempotency key. done is the first answer when there is one (Status not 0); usm.CodeKeyReused for
// another fingerprint, usm.CodeInProgress while the first request runs (a claim older than 8 seconds is taken over).
func (s *Store) Begin(ctx context.Context, in usm.IntakeRequest) (done usm.IntakeAnswer, err error) {
	defer wrapf(&err, "Begin(%s)", in.Key)
	var claim struct {
		Mine        bool                        `db:"mine"`
		Fingerprint string                      `db:"fingerprint"`
		Status      *int                        `db:"status"`
		Header      document[map[string]string] `db:"header"`
		Body        []byte                      `db:"body"`
	}
	// An insert that meets a row waits for it, so one of several requests gets the claim and the others see it taken. It need not
	// wait for the disk: were it lost with Postgres, so would be all that was written after it.
	err = s.db.GetContext(ctx, &claim, `
		WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true)),
		mine AS (
			INSERT INTO intake AS i (caller, key, fingerprint) SELECT $1, $2, $3 FROM lazily
			ON CONFLICT (caller, key) DO UPDATE SET claimed_at = now()
			WHERE i.status IS NULL AND i.fingerprint = excluded.fingerprint
				AND i.claimed_at < now() - make_interval(secs => $4)
			RETURNING true AS mine, fingerprint, status, header, body)
		SELECT mine, fingerprint, status, header, body FROM mine
		UNION ALL
		SELECT false, fingerprint, status, header, body FROM intake
		WHERE caller = $1 AND key = $2 AND NOT EXISTS (SELECT FROM mine)`,
		in.Caller, in.Key, in.Fingerprint, claimLasts.Seconds())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		// The claim was made after this statement began, so it is fresh.
		return usm.IntakeAnswer{}, inProgress()
	case err != nil || claim.Mine:
		return usm.IntakeAnswer{}, err
	case claim.Fingerprint != in.Fingerprint:
		return usm.IntakeAnswer{}, keyReused()
	case claim.Status == nil:
		return usm.IntakeAnswer{}, inProgress()
	}
	return usm.IntakeAnswer{Status: *claim.Status, Header: claim.Header.value, Body: claim.Body}, nil
}

func inProgress() error {
	return usm.Errorf(usm.CodeInProgress, "the first request with this idempotency key still runs")
}

func keyReused() error {
	return usm.Errorf(usm.CodeKeyReused, "this idempotency key was used for another request")
}

// Finish keeps the answer; an answer of 5xx frees the key instead, so that the request can be tried again. A call that was
// registered under the key is remembered either way.
func (s *Store) Finish(ctx context.Context, in usm.IntakeRequest, answer usm.IntakeAnswer) (err error) {
	defer wrapf(&err, "Finish(%s)", in.Key)
	if answer.Status >= 500 {
		_, err = s.db.ExecContext(ctx, `
			WITH freed AS (DELETE FROM intake WHERE caller = $1 AND key = $2 AND status IS NULL AND call IS NULL)
			UPDATE intake SET claimed_at = '-infinity' WHERE caller = $1 AND key = $2 AND status IS NULL AND call IS NOT NULL`,
			in.Caller, in.Key)
		return err
	}
	// What the answer speaks of is durable already. Were the answer lost with Postgres, the claim would be taken over and the call
	// would recognise what was done; so it need not wait for the disk.
	_, err = s.db.ExecContext(ctx, `
		WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true))
		UPDATE intake SET status = $3, header = $4, body = $5 FROM lazily
		WHERE caller = $1 AND key = $2 AND status IS NULL`,
		in.Caller, in.Key, answer.Status, doc(answer.Header), list(answer.Body))
	return err
}

// Register takes a call: next number of its register, intake row, and the row of the register as `registered`, in one
// transaction. With an in.Key that registered a call before it returns that call. usm.CodeInvalid says what the call names
// that is not there.
func (s *Store) Register(ctx context.Context, in usm.IntakeRequest, call usm.Call) (registered usm.Call, err error) {
	defer wrapf(&err, "Register(%s)", in.Key)
	err = s.transact(ctx, func(t *tx) error {
		if earlier, err := t.claimed(ctx, in); err != nil || earlier != nil {
			if earlier != nil {
				registered = *earlier
			}
			return err
		}
		if err := t.checkNew(ctx, call.NewCall); err != nil {
			return err
		}
		var c change
		fresh := call
		fresh.Number = ""
		opener := usm.Actor{Person: orElse(call.OpenedBy, call.Requester), Rule: "requester"}
		calls, err := t.admit(ctx, &c, admission{call: fresh, actor: opener})
		if err != nil {
			return err
		}
		registered = calls[0]
		if err := t.write(ctx, c); err != nil || in.Key == "" {
			return err
		}
		_, err = t.ExecContext(ctx, `UPDATE intake SET call = $3 WHERE caller = $1 AND key = $2`,
			in.Caller, in.Key, registered.Number)
		return err
	})
	return registered, err
}

// claimed returns the call that the key registered before, nil when there is none. It keeps others with the same key out
// until the transaction ends.
func (t *tx) claimed(ctx context.Context, in usm.IntakeRequest) (*usm.Call, error) {
	if in.Key == "" {
		return nil, nil //nolint:nilnil // no key, so no earlier call: the ordinary case
	}
	var claim struct {
		Fingerprint string              `db:"fingerprint"`
		Call        *string             `db:"call"`
		Input       document[*usm.Call] `db:"input"`
	}
	err := t.GetContext(ctx, &claim, `
		WITH claim AS (
			INSERT INTO intake AS i (caller, key, fingerprint) VALUES ($1, $2, $3)
			ON CONFLICT (caller, key) DO UPDATE SET fingerprint = i.fingerprint
			RETURNING fingerprint, call)
		SELECT claim.fingerprint, claim.call, starts.input FROM claim LEFT JOIN starts ON starts.call = claim.call`,
		in.Caller, in.Key, in.Fingerprint)
	if err != nil {
		return nil, err
	}
	if claim.Fingerprint != in.Fingerprint {
		return nil, keyReused()
	}
	if claim.Call != nil && claim.Input.value == nil {
		// Another transaction with this key has just committed: its start was not visible when the statement began.
		err = t.GetContext(ctx, &claim.Input, `SELECT input FROM starts WHERE call = $1`, *claim.Call)
	}
	return claim.Input.value, err
}

// Started marks that the engine has the call.
func (s *Store) Started(ctx context.Context, number string) (err error) {
	defer wrapf(&err, "Started(%s)", number)
	_, err = s.db.ExecContext(ctx, `UPDATE starts SET started_at = now() WHERE call = $1 AND started_at IS NULL`, number)
	return err
}

// tryLasts is how long a gateway has a pending call for itself.
const tryLasts = 5 * time.Second

// Pending returns calls that wait for the engine for more than a second, oldest first, each to one gateway at a time.
func (s *Store) Pending(ctx context.Context, limit int) (calls []usm.Call, err error) {
	defer wrapf(&err, "Pending")
	var taken []document[usm.Call]
	err = s.db.SelectContext(ctx, &taken, `
		WITH taken AS (
			UPDATE starts SET taken_at = now() WHERE call IN (
				SELECT call FROM starts
				WHERE started_at IS NULL AND created_at < now() - interval '1 second'
					AND (taken_at IS NULL OR taken_at < now() - make_interval(secs => $2))
				ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING created_at, input)
		SELECT input FROM taken ORDER BY created_at`, limit, tryLasts.Seconds())
	for _, start := range taken {
		calls = append(calls, start.value)
	}
	return calls, err
}
