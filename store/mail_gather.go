package store

import (
	"context"
	"maps"
	"slices"

	"github.com/lib/pq"
)

// letter is one notice for one of the people whom it names.
type letter struct {
	Mail   int64  `db:"-" json:"mail"`
	Notice string `db:"notice" json:"notice"`
	Person string `db:"person" json:"-"` // '' when it names nobody who is there
}

// gather makes mails of the notices that were recorded since. Several gateways may do it: each notice is gathered once.
func (s *Store) gather(ctx context.Context) error {
	for {
		var letters []letter
		err := s.db.SelectContext(ctx, &letters, `
			WITH found AS (
				SELECT id, created_at, payload #>> '{data,domain}' AS domain, payload #>> '{data,to}' AS "to"
				FROM outbox WHERE topic = 'usm.call.notice' AND gathered_at IS NULL ORDER BY created_at, id LIMIT $1)
			SELECT f.id AS notice, coalesce(w.person, '') AS person FROM found f LEFT JOIN LATERAL (
				SELECT f."to" AS person WHERE EXISTS (SELECT FROM people WHERE id = f."to" AND NOT inactive)
				UNION
				SELECT p.id FROM grants g JOIN people p ON (p.domain, p.id) = (g.domain, g.person)
				WHERE (g.domain, g.profile) = (f.domain, f."to") AND NOT p.inactive
					AND NOT EXISTS (SELECT FROM people WHERE id = f."to")) w ON true
			ORDER BY f.created_at, f.id, w.person`, noticesAtATime)
		if err != nil || len(letters) == 0 {
			return err
		}
		ids := slices.Compact(each(letters, func(l letter) string { return l.Notice }))
		if err := s.transact(ctx, func(t *tx) error { return t.post(ctx, ids, letters) }); err != nil {
			return err
		}
		if len(ids) < noticesAtATime {
			return nil
		}
	}
}

// post puts letters into mails: into one that still gathers, else into a new one. Notices that another gateway has gathered
// meanwhile are left out.
func (t *tx) post(ctx context.Context, ids []string, letters []letter) error {
	var mine []string
	err := t.SelectContext(ctx, &mine, `
		WITH free AS (
			SELECT id FROM outbox WHERE id = ANY($1) AND gathered_at IS NULL ORDER BY id FOR UPDATE)
		UPDATE outbox o SET gathered_at = now() FROM free WHERE o.id = free.id RETURNING o.id`, pq.StringArray(ids))
	if err != nil {
		return err
	}
	letters = slices.DeleteFunc(slices.Clone(letters), func(l letter) bool { return l.Person == "" || !slices.Contains(mine, l.Notice) })
	if len(letters) == 0 {
		return nil
	}
	mails, err := t.mailsOf(ctx, letters)
	if err != nil {
		return err
	}
	for i := range letters {
		letters[i].Mail = mails[letters[i].Person]
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO mail_notices (mail, notice)
		SELECT mail, notice FROM jsonb_to_recordset($1::jsonb) n(mail bigint, notice text)
		ON CONFLICT DO NOTHING`, doc(letters))
	return err
}

// mailsOf returns the mail of each reader.
func (t *tx) mailsOf(ctx context.Context, letters []letter) (map[string]int64, error) {
	readers := map[string]bool{}
	for _, l := range letters {
		readers[l.Person] = true
	}
	people := pq.StringArray(slices.Sorted(maps.Keys(readers)))
	var rows []struct {
		ID     int64  `db:"id"`
		Person string `db:"person"`
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT id, person FROM mails m
		WHERE person = ANY($1) AND tries = 0 AND sent_at IS NULL AND left_at IS NULL AND due_at > now()
			AND (SELECT count(*) FROM mail_notices n WHERE n.mail = m.id) < $2
		ORDER BY id FOR UPDATE`, people, mailHolds)
	if err != nil {
		return nil, err
	}
	mails := map[string]int64{}
	for _, row := range rows {
		mails[row.Person] = row.ID
	}
	people = slices.DeleteFunc(people, func(person string) bool { return mails[person] != 0 })
	rows = nil
	err = t.SelectContext(ctx, &rows, `
		INSERT INTO mails (person, due_at) SELECT person, now() + make_interval(secs => $2) FROM unnest($1::text[]) person
		RETURNING id, person`, people, mailGathers.Seconds())
	for _, row := range rows {
		mails[row.Person] = row.ID
	}
	return mails, err
}
