package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/usm-works/usm/usm"
)

// sessionsSwept is how many sessions that are over each sign-in deletes.
const sessionsSwept = 100

// StartSession keeps a sign-in and returns its secret, the only time that it can be read, and whose it is. The session that it
// replaces ends, and sessions that are over are deleted. usm.CodeForbidden when the identity is that of no active person, or its
// mail address that of several.
func (s *Store) StartSession(ctx context.Context, session usm.Session) (secret, person string, err error) {
	defer wrapf(&err, "StartSession(%s)", session.Who.Subject)
	err = s.transact(ctx, func(t *tx) error {
		if person, err = t.personOf(ctx, session.Who); err != nil {
			return err
		}
		if _, err = t.ExecContext(ctx, `
			DELETE FROM tokens WHERE session AND secret = $1 OR id IN (
				SELECT id FROM tokens WHERE session AND expires_at < now() ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
			hash(session.Replaces), sessionsSwept); err != nil {
			return err
		}
		random, _ := newSecret()
		secret = tokenPrefix + random
		_, err = t.ExecContext(ctx, `
			INSERT INTO tokens (id, secret, person, name, admin, session, signed_in, expires_at, idle_until)
			VALUES ($1, $2, $3, 'browser', $4, true, $5, now() + make_interval(secs => $6), now() + make_interval(secs => $7))`,
			rand.Text()[:16], hash(secret), person, session.Who.Admin, session.Who.SignedIn,
			session.Max.Seconds(), min(session.Idle, session.Max).Seconds())
		return err
	})
	return secret, person, err
}

// personOf finds the one active person that an identity is.
func (t *tx) personOf(ctx context.Context, who usm.Identity) (string, error) {
	var found []string
	err := t.SelectContext(ctx, &found, `
		SELECT DISTINCT id FROM people
		WHERE NOT inactive AND CASE WHEN $1 <> '' THEN id = $1 ELSE $2 <> '' AND lower(email) = lower($2) END LIMIT 2`, who.Person, who.Email)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", usm.Errorf(usm.CodeForbidden, "the account %q is that of no active person", who.Subject)
	case len(found) > 1:
		return "", usm.Errorf(usm.CodeForbidden, "the account %q has the mail address of several people", who.Subject)
	}
	return found[0], nil
}

// UseSession lets a session last, from now on, as long as it may without being used, but never longer than it lasts at most. It
// writes once a minute, or four times in the duration when that is shorter.
func (s *Store) UseSession(ctx context.Context, id string, idle time.Duration) (err error) {
	defer wrapf(&err, "UseSession(%s)", id)
	_, err = s.db.ExecContext(ctx, `
		UPDATE tokens SET idle_until = least(now() + make_interval(secs => $2), expires_at)
		WHERE id = $1 AND session AND idle_until > now()
			AND idle_until + make_interval(secs => $3) < least(now() + make_interval(secs => $2), expires_at)`,
		id, idle.Seconds(), usm.SessionStep(idle).Seconds())
	return err
}

// EndSession signs out; a session that is not known has ended already.
func (s *Store) EndSession(ctx context.Context, secret string) (err error) {
	defer wrapf(&err, "EndSession")
	_, err = s.db.ExecContext(ctx, `DELETE FROM tokens WHERE session AND secret = $1`, hash(secret))
	return err
}

// AddTerminal makes the token of a terminal good, as long as the session that lets it in. The same again changes nothing.
// usm.CodeUnauthenticated when the session is over, usm.CodeConflict when the token is known otherwise.
func (s *Store) AddTerminal(ctx context.Context, terminal usm.Terminal) (err error) {
	defer wrapf(&err, "AddTerminal(%s)", terminal.Session)
	return s.transact(ctx, func(t *tx) error {
		var person, holder string
		err := t.GetContext(ctx, &person, `
			SELECT person FROM tokens WHERE id = $1 AND session AND revoked_at IS NULL AND least(expires_at, idle_until) > now()`,
			terminal.Session)
		if errors.Is(err, sql.ErrNoRows) {
			return usm.Errorf(usm.CodeUnauthenticated, "the session is over")
		}
		if err != nil {
			return err
		}
		err = t.GetContext(ctx, &holder, `
			INSERT INTO tokens (id, secret, person, name, admin, session, signed_in, expires_at, idle_until)
			SELECT $1, $2, person, $3, admin, true, signed_in, expires_at, least(now() + make_interval(secs => $4), expires_at)
			FROM tokens WHERE id = $5
			ON CONFLICT (secret) DO UPDATE SET secret = excluded.secret
			RETURNING CASE WHEN session AND name = $3 THEN person ELSE '' END`,
			rand.Text()[:16], terminal.Hash, terminal.Name, terminal.Idle.Seconds(), terminal.Session)
		if err == nil && holder != person {
			err = usm.Errorf(usm.CodeConflict, "the token is another's")
		}
		return err
	})
}
