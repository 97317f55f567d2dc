package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// itemRow is a notice that a mail tells, as it is kept.
type itemRow struct {
	Notice   string    `db:"notice"`
	Approval string    `db:"approval"` // that asks the reader; '' for other news
	Call     string    `db:"call"`
	Domain   string    `db:"domain"`
	Subject  string    `db:"subject"`
	Text     string    `db:"text"`
	Zone     string    `db:"zone"`
	At       time.Time `db:"at"`
}

func (r itemRow) item() usm.MailItem {
	return usm.MailItem{Call: r.Call, Domain: r.Domain, Zone: r.Zone, Subject: r.Subject, Text: r.Text, At: r.At.UTC()}
}

// mailItems returns what a mail has to tell now. What asks for an approval that the reader cannot give any more is left out,
// what asks for the same twice is there once, with the words of the later, and somebody who can answer for several approvers
// has an item for each.
func (s *Store) mailItems(ctx context.Context, mail usm.Mail) (items []usm.MailItem, err error) {
	var rows []itemRow
	err = s.db.SelectContext(ctx, &rows, `
		SELECT n.notice, coalesce(payload #>> '{data,approval}', '') AS approval,
			coalesce(payload #>> '{data,call}', '') AS call, coalesce(payload #>> '{data,domain}', '') AS domain,
			coalesce(payload #>> '{data,subject}', '') AS subject, coalesce(payload #>> '{data,text}', '') AS text, o.created_at AS at,
			coalesce((SELECT document ->> 'time_zone' FROM domains d JOIN domain_versions v ON (v.domain, v.version) = (d.id, d.version)
				WHERE d.id = payload #>> '{data,domain}'), '') AS zone
		FROM mail_notices n JOIN outbox o ON o.id = n.notice WHERE n.mail = $1 ORDER BY o.created_at, n.notice`, mail.ID)
	if err != nil {
		return nil, err
	}
	last := map[string]string{} // notice that asks, by approval
	for _, row := range rows {
		last[row.Approval] = row.Notice
	}
	for _, row := range rows {
		switch {
		case row.Approval == "":
			items = append(items, row.item())
		case row.Notice == last[row.Approval]:
			asks, err := s.asks(ctx, mail, row)
			if err != nil {
				return nil, err
			}
			items = append(items, asks...)
		}
	}
	return items, nil
}

// asks returns an item for each approver whom the reader can answer for, himself first.
func (s *Store) asks(ctx context.Context, mail usm.Mail, row itemRow) (items []usm.MailItem, err error) {
	approval, err := s.Approval(ctx, row.Approval)
	if usm.CodeOf(err) == usm.CodeNotFound || err == nil && approval.State != usm.ApprovalOpen {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	whom := approval.DecidesFor(mail.Person)
	if len(whom) == 0 {
		return nil, nil
	}
	names, err := s.names(ctx, append([]string{approval.By.Person}, whom...)...)
	if err != nil {
		return nil, err
	}
	for _, approver := range whom {
		item := row.item()
		item.Approval, item.Proposed = &approval, orElse(names[approval.By.Person], approval.By.Person)
		if approver != mail.Person {
			item.For = orElse(names[approver], approver)
		}
		if item.Secret, err = s.newLink(ctx, mail, row, approval, approver); err != nil {
			return nil, err
		}
		item.Expires = approval.LinkExpiry(time.Now())
		items = append(items, item)
	}
	return items, nil
}

// newLink makes a link. A mail that is tried again carries another one, as good as the first: only hashes are kept, and either
// mail may have arrived.
func (s *Store) newLink(
	ctx context.Context, mail usm.Mail, row itemRow, approval usm.Approval, approver string,
) (secret string, err error) {
	secret, kept := newSecret()
	_, err = s.db.ExecContext(ctx, `
		INSERT INTO mail_links (secret, mail, notice, approval, person, by_person, digest, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		kept, mail.ID, row.Notice, row.Approval, approver, mail.Person, approval.Digest, approval.LinkExpiry(time.Now()))
	return secret, err
}
