package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// begun tells those who stand in for somebody from now on, each delegation once, together with the approvals that they can
// give for him already. A delegation that was revoked or has ended before it could be told is none.
func (s *Store) begun(ctx context.Context) error {
	var rows []delegationRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT `+delegationColumns+` FROM delegations d
		WHERE d.told_at IS NULL AND d.revoked_at IS NULL AND d.from_at <= now() AND d.until_at > now()
		ORDER BY d.from_at, d.id LIMIT $1`, noticesAtATime)
	if err != nil {
		return err
	}
	for _, row := range rows {
		news, err := s.newsOf(ctx, row.delegation())
		if err != nil {
			return err
		}
		if err = s.transact(ctx, func(t *tx) error { return t.tellBegun(ctx, row, news) }); err != nil {
			return err
		}
	}
	return nil
}

// newsOf is what a delegation says to who stands in: that it has begun, and each approval that waits for it.
func (s *Store) newsOf(ctx context.Context, d usm.Delegation) ([]outboxRow, error) {
	names, err := s.names(ctx, d.Person)
	if err != nil {
		return nil, err
	}
	domain, err := s.directory(ctx, s.db, d.Domain)
	if err != nil {
		return nil, err
	}
	id, name, now := fmt.Sprintf("delegation/%d", d.ID), orElse(names[d.Person], d.Person), time.Now()
	until := usm.ShowTime(d.Until, domain.TimeZone)
	data := map[string]any{
		"domain": d.Domain, "delegation": d.ID, "person": d.Person, "to": d.To, "until": d.Until, "subject": "You stand in for " + name,
		"text": fmt.Sprintf("Until %s what waits for %s waits for you too%s.", until, name, narrowed(d)),
	}
	const topic = "usm.delegation.begun"
	news := []outboxRow{{ID: id, Topic: topic, Payload: cloudEvent(id, topic, "/usm/delegations", fmt.Sprint(d.ID), now, data)}}
	open, _, err := s.Approvals(ctx, usm.ApprovalFilter{Asks: d.To, Domain: d.Domain, Page: usm.Page{Limit: mailHolds}})
	for _, a := range open {
		if !slices.Contains(a.DecidesFor(d.To), d.Person) {
			continue
		}
		id := id + "/approval/" + a.ID
		news = append(news, outboxRow{ID: id, Topic: topicNotice, Payload: cloudEvent(id, topicNotice, "/usm/calls", a.Call, now, map[string]any{
			"call": a.Call, "domain": a.Domain, "subject": a.Subject, "to": d.To, "approval": a.ID,
			"text": fmt.Sprintf("approval %s (%s) of %q waits for %s, for whom you stand in", a.ID, a.Policy.Name, a.Subject, name),
		})})
	}
	return news, err
}

// narrowed says in words to what a delegation is narrowed; a condition is for those who read it in full.
func narrowed(d usm.Delegation) string {
	text := ""
	if d.Process != "" {
		text += ", in the process " + string(d.Process)
	}
	if d.Service != "" {
		text += ", for the service " + d.Service
	}
	if d.Amount > 0 {
		text += fmt.Sprintf(", up to an amount of %.2f", d.Amount)
	}
	if d.When != "" {
		text += ", where " + d.When
	}
	return text
}

// tellBegun writes the news and puts them into a mail, unless another gateway has done so or the delegation was revoked
// meanwhile.
func (t *tx) tellBegun(ctx context.Context, row delegationRow, news []outboxRow) error {
	done, err := t.ExecContext(ctx, `
		UPDATE delegations SET told_at = now() WHERE id = $1 AND told_at IS NULL AND revoked_at IS NULL`, row.ID)
	if err != nil {
		return err
	}
	if mine, err := done.RowsAffected(); err != nil || mine == 0 {
		return err
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO outbox (id, topic, payload)
		SELECT id, topic, payload FROM jsonb_to_recordset($1::jsonb) n(id text, topic text, payload jsonb)`, doc(news))
	if err != nil {
		return err
	}
	return t.post(ctx, each(news, func(n outboxRow) string { return n.ID }), each(news, func(n outboxRow) letter {
		return letter{Notice: n.ID, Person: row.To}
	}))
}
