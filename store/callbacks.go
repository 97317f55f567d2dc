package store

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Callback makes the secret part of the address at which another system reports that the step is done. The address is good
// for that step and attempt only. Only a hash is kept, so a repeated call makes another secret, as good as the first:
// an outgoing request that is sent twice may have carried either.
func (s *Store) Callback(ctx context.Context, number string, step usm.Step, attempt int) (secret string, err error) {
	defer wrapf(&err, "Callback(%s, %s)", number, step)
	secret, kept := newSecret()
	_, err = s.db.ExecContext(ctx, `INSERT INTO callbacks (secret, call, step, attempt) VALUES ($1, $2, $3, $4)`,
		kept, number, step, attempt)
	if isViolation(err, "23503") {
		err = usm.Errorf(usm.CodeNotFound, "there is no call %s", number)
	}
	return secret, err
}

// Reader is the store for those who only read. It differs in one method: here Callback looks a secret up.
type Reader struct{ *Store }

// Reader returns the store for those who only read.
func (s *Store) Reader() Reader { return Reader{s} }

// Callback returns call, step and attempt of a callback secret; usm.CodeNotFound when it is unknown or its step is over.
func (r Reader) Callback(ctx context.Context, secret string) (number string, step usm.Step, attempt int, err error) {
	defer wrapf(&err, "Callback")
	var row struct {
		Call    string   `db:"call"`
		Step    usm.Step `db:"step"`
		Attempt int      `db:"attempt"`
	}
	err = r.db.GetContext(ctx, &row, `
		SELECT b.call, b.step, b.attempt FROM callbacks b
		JOIN calls c ON (c.number, c.step, c.attempt) = (b.call, b.step, b.attempt)
		WHERE b.secret = $1`, hash(secret))
	return row.Call, row.Step, row.Attempt, noneAs(err, "the address is not known, or its step is over")
}
