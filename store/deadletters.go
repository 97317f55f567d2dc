package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// DeadLetter keeps a signal that no open call can take; a repeated one (same source, id and call) is absorbed.
func (s *Store) DeadLetter(ctx context.Context, number string, signal usm.Signal, reason string) (err error) {
	defer wrapf(&err, "DeadLetter(%s)", number)
	return deadLetters(ctx, s.db, number, reason, signal)
}

func deadLetters(ctx context.Context, q querier, number, reason string, signals ...usm.Signal) error {
	_, err := q.ExecContext(ctx, `
		INSERT INTO dead_letters (call, name, source, event, signal, reason)
		SELECT $1, coalesce(signal ->> 'name', ''), signal ->> 'source', signal ->> 'id', signal, $2
		FROM jsonb_array_elements($3) signal ON CONFLICT (call, source, event) DO NOTHING`, number, reason, doc(list(signals)))
	return err
}

// DeadLetters lists the signals that nothing could take, the newest first, replayed ones included.
func (s *Store) DeadLetters(ctx context.Context, page usm.Page) (letters []usm.DeadLetter, next string, err error) {
	defer wrapf(&err, "DeadLetters")
	before, err := readPlace(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []deadLetterRow
	err = s.db.SelectContext(ctx, &rows, `
		SELECT `+deadLetterColumns+` FROM dead_letters
		WHERE $1 = 0 OR id < $1 ORDER BY id DESC LIMIT $2`, before, limit(page)+1)
	if err != nil {
		return nil, "", err
	}
	rows, more := cut(rows, page)
	if more {
		next = writePlace(rows[len(rows)-1].ID)
	}
	return each(rows, deadLetterRow.letter), next, nil
}

// FindDeadLetter returns one of them; usm.CodeNotFound when there is none.
func (s *Store) FindDeadLetter(ctx context.Context, id int64) (letter usm.DeadLetter, err error) {
	defer wrapf(&err, "FindDeadLetter(%d)", id)
	var row deadLetterRow
	if err := s.db.GetContext(ctx, &row, `SELECT `+deadLetterColumns+` FROM dead_letters WHERE id = $1`, id); err != nil {
		return usm.DeadLetter{}, noneAs(err, "there is no dead letter %d", id)
	}
	return row.letter(), nil
}

const deadLetterColumns = `id, call, name, signal, reason, at, replayed_at`

type deadLetterRow struct {
	ID         int64                `db:"id"`
	Call       string               `db:"call"`
	Name       string               `db:"name"`
	Signal     document[usm.Signal] `db:"signal"`
	Reason     string               `db:"reason"`
	At         time.Time            `db:"at"`
	ReplayedAt *time.Time           `db:"replayed_at"`
}

func (r deadLetterRow) letter() usm.DeadLetter {
	return usm.DeadLetter{
		ID: r.ID, Call: r.Call, Name: r.Name, Signal: r.Signal.value, Reason: r.Reason, At: r.At.UTC(),
		ReplayedAt: utc(r.ReplayedAt),
	}
}

// DeadLetterReplayed marks a dead letter as delivered after all; usm.CodeNotFound when there is none.
func (s *Store) DeadLetterReplayed(ctx context.Context, id int64) (err error) {
	defer wrapf(&err, "DeadLetterReplayed(%d)", id)
	var replayed int64
	err = s.db.GetContext(ctx, &replayed,
		`UPDATE dead_letters SET replayed_at = coalesce(replayed_at, now()) WHERE id = $1 RETURNING id`, id)
	return noneAs(err, "there is no dead letter %d", id)
}
