package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// Refuse records what segregation of duties kept from somebody; At is set here. usm.CodeNotFound when there is no such call.
func (s *Store) Refuse(ctx context.Context, refusal usm.Refusal) (err error) {
	defer wrapf(&err, "Refuse(%s, %s)", refusal.Call, refusal.Person)
	_, err = s.db.ExecContext(ctx, `INSERT INTO refusals (call, person, for_person, what, why) VALUES ($1, $2, $3, $4, $5)`,
		refusal.Call, refusal.Person, refusal.For, refusal.What, refusal.Why)
	if isViolation(err, "23503") {
		return usm.Errorf(usm.CodeNotFound, "there is no call %s", refusal.Call)
	}
	return err
}

// Refusals returns what segregation of duties kept from people at a call, oldest first; none for a call that does not exist.
func (s *Store) Refusals(ctx context.Context, number string) (refusals []usm.Refusal, err error) {
	defer wrapf(&err, "Refusals(%s)", number)
	var rows []refusalRow
	err = s.db.SelectContext(ctx, &rows,
		`SELECT call, person, for_person, what, why, at FROM refusals WHERE call = $1 ORDER BY id`, number)
	return each(rows, refusalRow.refusal), err
}

type refusalRow struct {
	Call   string    `db:"call"`
	Person string    `db:"person"`
	For    string    `db:"for_person"`
	What   string    `db:"what"`
	Why    string    `db:"why"`
	At     time.Time `db:"at"`
}

func (r refusalRow) refusal() usm.Refusal {
	return usm.Refusal{Call: r.Call, Person: r.Person, For: r.For, What: r.What, Why: r.Why, At: r.At.UTC()}
}
