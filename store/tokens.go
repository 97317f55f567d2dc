package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// tokenPrefix tells people and secret scanners what a token is.
const tokenPrefix = "usm_"

// newSecret returns 256 random bits as text, and what is kept of them.
func newSecret() (secret string, kept []byte) {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // never fails: crypto/rand ends the program instead
	secret = base64.RawURLEncoding.EncodeToString(bits[:])
	return secret, hash(secret)
}

// hash is what is kept of a secret. It has 256 bits of its own, so a slow hash would protect nothing.
func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// tokenRow is a token as it is kept.
type tokenRow struct {
	ID        string     `db:"id"`
	Person    string     `db:"person"`
	Name      string     `db:"name"`
	Admin     bool       `db:"admin"`
	CreatedAt time.Time  `db:"created_at"`
	ExpiresAt *time.Time `db:"expires_at"`
	RevokedAt *time.Time `db:"revoked_at"`

	Scopes    pq.StringArray `db:"scopes"`
	Session   bool           `db:"session"`
	SignedIn  *time.Time     `db:"signed_in"`
	IdleUntil *time.Time     `db:"idle_until"`
}

// tokenColumns are those of a tokenRow.
const tokenColumns = "id, person, name, admin, created_at, expires_at, revoked_at, scopes, session, signed_in, idle_until"

func (r tokenRow) token() usm.Token {
	return usm.Token{
		ID: r.ID, Person: r.Person, Name: r.Name, Admin: r.Admin, CreatedAt: r.CreatedAt.UTC(),
		ExpiresAt: utc(r.ExpiresAt), RevokedAt: utc(r.RevokedAt),
		Scopes: r.Scopes, Session: r.Session, SignedIn: utc(r.SignedIn), IdleUntil: utc(r.IdleUntil),
	}
}

// IssueToken makes a token and returns it in clear, the only time that it can be read. ID "" gets a random one; CreatedAt
// and RevokedAt are ignored. usm.CodeInvalid for a person that no domain knows, usm.CodeConflict for an ID that is taken.
func (s *Store) IssueToken(ctx context.Context, token usm.Token) (inClear string, err error) {
	defer wrapf(&err, "IssueToken(%s)", token.Person)
	err = s.transact(ctx, func(t *tx) error {
		var r references
		r.add("person", token.Person, "/person")
		if err := r.check(ctx, t, ""); err != nil {
			return err
		}
		secret, _ := newSecret()
		inClear = tokenPrefix + secret
		id := orElse(token.ID, rand.Text()[:16])
		made, err := t.ExecContext(ctx, `
			INSERT INTO tokens (id, secret, person, name, admin, expires_at, scopes) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING`,
			id, hash(inClear), token.Person, token.Name, token.Admin, token.ExpiresAt, pq.StringArray(token.Scopes))
		if err != nil {
			return err
		}
		if rows, err := made.RowsAffected(); err != nil || rows == 0 {
			return errors.Join(err, usm.Errorf(usm.CodeConflict, "there is a token %q already", id))
		}
		return nil
	})
	return inClear, err
}

// RevokeToken ends a token at once, and returns it; again, it changes nothing. usm.CodeNotFound when there is no such token.
func (s *Store) RevokeToken(ctx context.Context, id string) (token usm.Token, err error) {
	defer wrapf(&err, "RevokeToken(%s)", id)
	var row tokenRow
	err = s.db.GetContext(ctx, &row,
		`UPDATE tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING `+tokenColumns, id)
	return row.token(), noneAs(err, "there is no token %q", id)
}

// stillGood holds for a token that is neither revoked nor over, as usm.Token.GoodAt says it.
const stillGood = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AND (idle_until IS NULL OR idle_until > now())`

// tokenConditions are those of a filter, by what it names.
var tokenConditions = map[string]string{
	usm.TokenOfSession: "session", usm.TokenOfPerson: "NOT session AND person <> ''", usm.TokenOfMachine: "person = ''",
	"good": stillGood, "over": "NOT (" + stillGood + ")",
}

// Tokens lists those that the filter leaves, the latest first, without their secrets. next is the cursor of the next page, "" at the
// end.
func (s *Store) Tokens(ctx context.Context, f usm.TokenFilter) (tokens []usm.Token, next string, err error) {
	defer wrapf(&err, "Tokens")
	q := &query{conditions: []string{"true"}}
	equals(q, "person", f.Person)
	for _, named := range []string{f.Kind, f.State} {
		if named != "" {
			q.conditions = append(q.conditions, tokenConditions[named])
		}
	}
	if f.Cursor != "" {
		key, err := readCursor(f.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		at, err := time.Parse(time.RFC3339Nano, key[0])
		if err != nil {
			return nil, "", badCursor()
		}
		q.where("(created_at, id) < ("+q.arg(at)+", %s)", key[1])
	}
	var rows []tokenRow
	err = s.db.SelectContext(ctx, &rows, anyPlan+"SELECT "+tokenColumns+" FROM tokens WHERE "+strings.Join(q.conditions, " AND ")+
		" ORDER BY created_at DESC, id DESC LIMIT "+q.arg(limit(f.Page)+1), q.args...)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, f.Page)
	if more {
		last := rows[len(rows)-1]
		next = writeCursor(last.CreatedAt.Format(time.RFC3339Nano), last.ID)
	}
	return each(rows, tokenRow.token), next, nil
}

// Caller returns who holds the token (given in clear, kept hashed); usm.CodeUnauthenticated when it is unknown, expired or
// revoked, or when its person is not active in any domain.
func (s *Store) Caller(ctx context.Context, token string) (caller usm.Caller, err error) {
	defer wrapf(&err, "Caller")
	var row struct {
		tokenRow
		PersonName sql.NullString                     `db:"person_name"`
		Held       document[map[string][]usm.Profile] `db:"held"` // by domain: id and class of each
	}
	err = s.db.GetContext(ctx, &row, `
		SELECT `+tokenColumns+`,
			(SELECT p.name FROM people p WHERE p.id = t.person AND NOT p.inactive ORDER BY p.domain LIMIT 1) AS person_name,
			(SELECT jsonb_object_agg(p.domain, (
					SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.profile, 'class', r.document ->> 'class') ORDER BY g.profile), '[]')
					FROM grants g LEFT JOIN profiles r ON (r.domain, r.id) = (g.domain, g.profile)
					WHERE (g.domain, g.person) = (p.domain, p.id)))
				FROM people p WHERE p.id = t.person AND NOT p.inactive) AS held
		FROM tokens t
		WHERE secret = $1 AND `+stillGood, hash(token))
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Person != "" && !row.PersonName.Valid {
		return usm.Caller{}, usm.Errorf(usm.CodeUnauthenticated, "the token is not known, or no longer good")
	}
	if err != nil {
		return usm.Caller{}, err
	}
	caller = usm.Caller{Token: row.token(), Name: row.Name}
	if row.PersonName.Valid {
		caller.Name = row.PersonName.String
	}
	hold(&caller, row.Held.value)
	return caller, nil
}

// hold gives the caller the profiles that are held in each domain, and what their classes allow.
func hold(caller *usm.Caller, held map[string][]usm.Profile) {
	caller.Domains, caller.Steers, caller.Manages = map[string][]string{}, map[string][]string{}, map[string]bool{}
	for domain, profiles := range held {
		caller.Domains[domain] = []string{}
		for _, profile := range profiles {
			caller.Domains[domain] = append(caller.Domains[domain], profile.ID)
			switch profile.Class { //nolint:exhaustive // operators do not steer
			case usm.Coordinator:
				caller.Steers[domain] = append(caller.Steers[domain], profile.ID)
			case usm.Manager:
				caller.Steers[domain] = slices.Insert(caller.Steers[domain], 0, profile.ID)
				caller.Manages[domain] = true
			}
		}
	}
}
