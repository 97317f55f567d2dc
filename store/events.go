package store

import (
	"context"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Events returns the trail of a call, oldest first; usm.CodeNotFound when there is no such call.
func (s *Store) Events(ctx context.Context, number string, page usm.Page) (events []usm.Event, next string, err error) {
	defer wrapf(&err, "Events(%s)", number)
	after, err := readPlace(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []eventRow
	err = s.db.SelectContext(ctx, &rows, `
		SELECT `+eventColumns+` FROM trail WHERE call = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
		number, after, limit(page)+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) == 0 { // every call has a first row, so either there is no call or no next page
		if _, err := s.row(ctx, number); err != nil {
			return nil, "", err
		}
	}
	rows, more := cut(rows, page)
	if more {
		next = writePlace(int64(rows[len(rows)-1].Sequence))
	}
	return viewEvents(rows), next, nil
}

// Feed returns events of every call after the given position, oldest first, for server-sent events, and the position to
// ask for next. Events of one transaction come together, so there may be a few more than limit. A negative position asks
// where the feed ends now and returns no events. sight nil sees everything.
func (s *Store) Feed(ctx context.Context, after int64, sight *usm.Sight, limit int) (events []usm.Event, position int64, err error) {
	defer wrapf(&err, "Feed(%d)", after)
	// A transaction that still runs is not passed: see 00003_trail.sql.
	var end int64
	if err := s.db.GetContext(ctx, &end, `SELECT feed_end()`); err != nil {
		return nil, 0, err
	}
	if after < 0 {
		return nil, end - 1, nil
	}
	q := &query{}
	q.where("position > %s", after)
	q.where("position < %s", end)
	if sight != nil {
		q.conditions = append(q.conditions, "EXISTS (SELECT FROM calls c WHERE c.number = trail.call AND "+q.visible(sight)+")")
	}
	var rows []struct {
		eventRow
		Position int64 `db:"position"`
	}
	err = s.db.SelectContext(ctx, &rows, anyPlan+`
		WITH batch AS (
			SELECT `+eventColumns+`, position FROM trail WHERE `+strings.Join(q.conditions, " AND ")+`
			ORDER BY position FETCH FIRST `+q.arg(limit)+` ROWS WITH TIES)
		SELECT `+eventColumns+`, position FROM batch ORDER BY position, at, call, sequence`, q.args...)
	if err != nil {
		return nil, 0, err
	}
	position = max(after, end-1)
	if len(rows) >= limit {
		position = rows[len(rows)-1].Position
	}
	plain := make([]eventRow, len(rows))
	for i := range rows {
		plain[i] = rows[i].eventRow
	}
	return viewEvents(plain), position, nil
}

func viewEvents(rows []eventRow) []usm.Event {
	events := make([]usm.Event, len(rows))
	for i, r := range rows {
		events[i] = usm.Event{
			Call: r.Call, Sequence: r.Sequence, At: r.At.In(time.UTC), Kind: r.Kind, Process: r.Process, Step: r.Step,
			Attempt: r.Attempt, State: r.State, By: r.By, For: r.For, Profile: r.Profile, Rule: r.Rule, Outcome: r.Outcome,
			Text: r.Text, Fields: object(r.Fields.value), Before: object(r.Before.value), After: object(r.After.value),
			Version: r.Version, Agreement: r.Agreement, RequestID: r.RequestID,
		}
	}
	return events
}
