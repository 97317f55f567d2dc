package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// bind puts the clocks of the call under the agreement that covers it now, and under the calendars of this version of its
// domain. The customer of a child call is the provider: it has its parent's agreement, in the version in force.
func (t *tx) bind(ctx context.Context, c *change, row *locked, domain usm.Domain) error {
	agreements, err := agreementsInForce(ctx, t, row.Domain)
	if err != nil {
		return err
	}
	if row.ForkedAt == "" {
		err = t.cover(ctx, row)
	} else if at := slices.IndexFunc(agreements, sameAgreement(row.Agreement)); at >= 0 {
		row.Agreement = agreements[at].Versioned()
	}
	if err != nil {
		return err
	}
	terms := usm.NewTerms(domain, row.Agreement, agreements)
	row.Terms = terms.Key
	return t.keepTerms(c, terms)
}

// cover asks which agreement covers the call now, and by which clause.
func (t *tx) cover(ctx context.Context, row *locked) error {
	coverage, err := covering(ctx, t, row.call().NewCall)
	row.Agreement, row.Clause = coverage.Agreement, coverage.Clause
	return err
}

// sameAgreement holds for every version of the agreement, which is given as id@version.
func sameAgreement(versioned string) func(usm.Agreement) bool {
	id, _, _ := strings.Cut(versioned, "@")
	return func(a usm.Agreement) bool { return a.ID == id }
}

// coverAgain is for a call that turned out to be about another service. Where another agreement covers that, its clocks
// come under it; their calendars stay those that they have.
func (t *tx) coverAgain(ctx context.Context, c *change, row *locked) error {
	if row.Service == row.was.Service || row.Terms == "" || row.ForkedAt != "" {
		return nil
	}
	if err := t.cover(ctx, row); err != nil || row.Agreement == row.was.Agreement {
		return err
	}
	b, err := t.store.book(ctx, t, row.Terms)
	if err != nil {
		return err
	}
	domain, err := t.store.version(ctx, t, row.Domain, b.terms.Version)
	if err != nil {
		return err
	}
	return t.bind(ctx, c, row, domain)
}

// notification is the first fact of a call: it counts from the moment at which the call was taken. A call that another one
// was retyped to counts from that one's, and goes on with its clocks.
func (t *tx) notification(ctx context.Context, row *locked) (usm.Fact, error) {
	var earlier struct {
		Clock    document[clock.State] `db:"clock"`
		OpenedAt time.Time             `db:"opened_at"`
	}
	err := t.GetContext(ctx, &earlier, `
		SELECT c.clock, c.opened_at FROM links l JOIN calls c ON c.number = l."to"
		WHERE l.call = $1 AND l.kind = 'retyped_from'`, row.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return usm.Fact{At: row.OpenedAt.UTC()}, nil
	}
	first := usm.Fact{At: earlier.Clock.value.Notified, Carried: earlier.Clock.value.Clocks}
	if first.At.IsZero() { // it was opened before clocks were kept
		first.At = earlier.OpenedAt.UTC()
	}
	return first, err
}
