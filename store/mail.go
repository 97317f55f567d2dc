package store

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

const (
	// mailGathers is how long a mail waits for more to tell before it is sent.
	mailGathers = 2 * time.Second
	// mailHolds is how many notices a mail has before another one is begun.
	mailHolds = 50
	// mailLease is how long one gateway has a mail for itself.
	mailLease = 2 * time.Minute
	// mailTries is how often a mail is tried; the last time is some four days after the first.
	mailTries = 20
	// noticesAtATime bounds what one transaction makes mails of.
	noticesAtATime = 200
)

// linksAtATime is how many links that are over are forgotten at once.
const linksAtATime = 500

// NoMail says that no mail waits, whatever the time.
const NoMail = time.Duration(-1)

// Mails makes mails of what has to be told, that a delegation has begun included, and returns those that are due, the longest
// due first, each to one gateway at a time, and how long it takes until there is more to do: NoMail when nothing waits. What
// asks for an approval is returned only while it does, with a link of its own; a mail that has nothing left to say counts as
// sent.
func (s *Store) Mails(ctx context.Context, limit int) (due []usm.Mail, wait time.Duration, err error) {
	defer wrapf(&err, "Mails")
	if err = errors.Join(s.forgetLinks(ctx), s.begun(ctx), s.gather(ctx)); err != nil {
		return nil, NoMail, err
	}
	if due, err = s.takeMails(ctx, limit); err != nil {
		return nil, NoMail, err
	}
	ready := make([]usm.Mail, 0, len(due))
	for _, mail := range due {
		if mail.Items, err = s.mailItems(ctx, mail); err != nil {
			return nil, NoMail, err
		}
		if len(mail.Items) == 0 {
			if err = s.MailSent(ctx, mail.ID); err != nil {
				return nil, NoMail, err
			}
			continue
		}
		ready = append(ready, mail)
	}
	var seconds *float64
	err = s.db.GetContext(ctx, &seconds, `
		SELECT extract(epoch FROM least(
			(SELECT min(due_at) FROM mails WHERE sent_at IS NULL AND left_at IS NULL),
			(SELECT min(from_at) FROM delegations WHERE told_at IS NULL AND revoked_at IS NULL AND until_at > now())) - now())::float8`)
	if err != nil || seconds == nil {
		return ready, NoMail, err
	}
	return ready, max(0, time.Duration(*seconds*float64(time.Second))), nil
}

// forgetLinks deletes links that have been over for a day: nobody can tell them from links that never were.
func (s *Store) forgetLinks(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM mail_links WHERE secret IN (
			SELECT secret FROM mail_links WHERE expires_at <= now() - interval '1 day'
			ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`, linksAtATime)
	return err
}

// takeMails leases mails that are due.
func (s *Store) takeMails(ctx context.Context, limit int) (mails []usm.Mail, err error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Key    string `db:"key"`
		Person string `db:"person"`
		Tries  int    `db:"tries"`
		Name   string `db:"name"`
		Email  string `db:"email"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		WITH taken AS (
			UPDATE mails SET tries = tries + 1, due_at = now() + make_interval(secs => $2) WHERE id IN (
				SELECT id FROM mails WHERE sent_at IS NULL AND left_at IS NULL AND due_at <= now()
				ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING id, key, person, tries)
		SELECT t.id, t.key, t.person, t.tries, coalesce(p.name, '') AS name, coalesce(p.email, '') AS email FROM taken t
		LEFT JOIN LATERAL (
			SELECT name, email FROM people WHERE id = t.person AND NOT inactive ORDER BY email = '', domain LIMIT 1) p ON true
		ORDER BY t.id`, limit, mailLease.Seconds())
	for _, row := range rows {
		mails = append(mails, usm.Mail{
			ID: row.ID, Key: row.Key, Person: row.Person, Name: row.Name, Email: row.Email, Tries: row.Tries,
		})
	}
	return mails, err
}

// MailSent marks a mail as sent.
func (s *Store) MailSent(ctx context.Context, id int64) (err error) {
	defer wrapf(&err, "MailSent(%d)", id)
	_, err = s.db.ExecContext(ctx, `UPDATE mails SET sent_at = now(), problem = '' WHERE id = $1 AND left_at IS NULL`, id)
	return err
}

// MailFailed notes why a mail could not be sent and when it is tried again: after one minute, and each time after twice as
// long, up to eight hours. It is left after twenty tries, or at once when it can never be sent; left says so.
func (s *Store) MailFailed(ctx context.Context, id int64, problem string, never bool) (left bool, err error) {
	defer wrapf(&err, "MailFailed(%d)", id)
	err = s.db.GetContext(ctx, &left, `
		UPDATE mails SET problem = $2,
			left_at = CASE WHEN $3 OR tries >= $4 THEN now() END,
			due_at = now() + make_interval(mins => least(480, (2 ^ least(tries - 1, 12))::integer))
		WHERE id = $1 AND sent_at IS NULL AND left_at IS NULL RETURNING left_at IS NOT NULL`, id, problem, never, mailTries)
	return left, noneAs(err, "there is no mail %d to send", id)
}

// Link returns what a link in a mail is good for, and who it speaks for as he is now: his profiles are those that he holds,
// and he is nobody's token. usm.CodeNotFound for a link that is unknown or over and for somebody who has left; one that was
// used is returned with UsedAt, for its answer may be asked for again.
func (s *Store) Link(ctx context.Context, secret string) (link usm.MailLink, caller usm.Caller, err error) {
	defer wrapf(&err, "Link")
	err = s.db.GetContext(ctx, &link, `
		SELECT approval, person, by_person, digest, expires_at, used_at FROM mail_links
		WHERE secret = $1 AND expires_at > now()`, hash(secret))
	if err != nil {
		return usm.MailLink{}, usm.Caller{}, noneAs(err, "the link is not known, or over")
	}
	link.ExpiresAt, link.UsedAt = link.ExpiresAt.UTC(), utc(link.UsedAt)
	var row struct {
		Name string                             `db:"name"`
		Held document[map[string][]usm.Profile] `db:"held"`
	}
	err = s.db.GetContext(ctx, &row, `
		SELECT min(p.name) AS name, jsonb_object_agg(p.domain, (
			SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.profile, 'class', r.document ->> 'class') ORDER BY g.profile), '[]')
			FROM grants g LEFT JOIN profiles r ON (r.domain, r.id) = (g.domain, g.profile)
			WHERE (g.domain, g.person) = (p.domain, p.id))) AS held
		FROM people p WHERE p.id = $1 AND NOT p.inactive HAVING count(*) > 0`, link.By)
	if err != nil {
		return usm.MailLink{}, usm.Caller{}, noneAs(err, "whoever got the link has left")
	}
	caller = usm.Caller{Token: usm.Token{Person: link.By, Name: "link in a mail"}, Name: row.Name}
	hold(&caller, row.Held.value)
	return link, caller, nil
}

// names returns the names of people by id; somebody unknown has none.
func (s *Store) names(ctx context.Context, ids ...string) (names map[string]string, err error) {
	defer wrapf(&err, "names")
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (id) id, name FROM people WHERE id = ANY($1) ORDER BY id, domain`, pq.StringArray(ids))
	names = map[string]string{}
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, err
}

// UseLink marks a link as used; again, it changes nothing.
func (s *Store) UseLink(ctx context.Context, secret string) (err error) {
	defer wrapf(&err, "UseLink")
	_, err = s.db.ExecContext(ctx, `UPDATE mail_links SET used_at = now() WHERE secret = $1 AND used_at IS NULL`, hash(secret))
	return err
}

// RenewLink uses a link up and sends its reader another one, on the content as it is then. A link that was used sends none.
func (s *Store) RenewLink(ctx context.Context, secret string) (err error) {
	defer wrapf(&err, "RenewLink")
	_, err = s.db.ExecContext(ctx, `
		WITH used AS (
			UPDATE mail_links SET used_at = now() WHERE secret = $1 AND used_at IS NULL RETURNING notice, by_person),
		mail AS (INSERT INTO mails (person, due_at) SELECT by_person, now() FROM used RETURNING id),
		told AS (INSERT INTO mail_notices (mail, notice) SELECT mail.id, notice FROM mail, used)
		SELECT pg_notify('usm', '')`, hash(secret))
	return err
}
