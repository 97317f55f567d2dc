package store

import (
	"context"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// clockedCall is a call with all that its clocks are computed from.
type clockedCall struct {
	Number string                         `db:"number"`
	Parent string                         `db:"parent"`
	Bound  string                         `db:"terms"`
	Clock  document[clock.State]          `db:"clock"`
	Now    time.Time                      `db:"now"`
	Facts  document[[]usm.Fact]           `db:"facts"`
	Rows   document[[]usm.LedgerRow]      `db:"rows"`
	Terms  document[map[string]usm.Terms] `db:"documents"`
}

// Clocks returns the clocks of a call as they stand at the moment, with all that they are computed from, and those of the
// children of its forks. usm.CodeNotFound when there is no such call; a call that is not opened yet has none.
func (s *Store) Clocks(ctx context.Context, number string) (export usm.ClockExport, err error) {
	defer wrapf(&err, "Clocks(%s)", number)
	var family []clockedCall
	err = s.db.SelectContext(ctx, &family, `
		WITH RECURSIVE family AS (
			SELECT number, '' AS parent, terms, clock, opened_at FROM calls WHERE number = $1
			UNION ALL
			SELECT c.number, c.parent, c.terms, c.clock, c.opened_at
			FROM calls c JOIN family f ON c.parent = f.number WHERE c.forked_at <> '')
		SELECT number, parent, terms, clock, now() AS now,
			(SELECT jsonb_agg(t.fact ORDER BY t.sequence) FROM trail t WHERE t.call = number AND t.fact <> '{}') AS facts,
			(SELECT jsonb_agg(l.document ORDER BY l.revision, l."row") FROM clock_ledger l WHERE l.call = number) AS rows,
			(SELECT jsonb_object_agg(k.key, k.document) FROM terms k
				WHERE k.key IN (SELECT t.fact ->> 'terms' FROM trail t WHERE t.call = number)) AS documents
		FROM family ORDER BY opened_at, number`, number)
	if err != nil {
		return usm.ClockExport{}, err
	}
	at := slices.IndexFunc(family, func(c clockedCall) bool { return c.Number == number })
	if at < 0 {
		return usm.ClockExport{}, usm.Errorf(usm.CodeNotFound, "there is no call %s", number)
	}
	return s.export(ctx, family, family[at])
}

// export reads the clocks of one call of the family at the moment, and those of its children.
func (s *Store) export(ctx context.Context, family []clockedCall, call clockedCall) (usm.ClockExport, error) {
	state := call.Clock.value
	export := usm.ClockExport{
		Call: call.Number, At: call.Now.UTC(), Revision: state.Revision, Facts: list(call.Facts.value), Terms: call.Terms.value,
		Ledger: usm.Ledger{Clocks: []usm.Clock{}, Rows: []usm.LedgerRow{}},
	}
	if state.Last.At.After(export.At) { // recorded while this was read
		export.At = state.Last.At
	}
	if export.Terms == nil {
		export.Terms = map[string]usm.Terms{}
	}
	for _, row := range call.Rows.value {
		if row.Revision == state.Revision {
			export.Rows = append(export.Rows, row)
		} else {
			export.Earlier = append(export.Earlier, row)
		}
	}
	if call.Bound != "" && state.Last.Kind != "" {
		b, err := s.book(ctx, s.db, call.Bound)
		if err != nil {
			return usm.ClockExport{}, err
		}
		if export.Clocks, err = b.At(state, export.At); err != nil {
			return usm.ClockExport{}, err
		}
	}
	export.Chain = list(clock.Chain(export.Rows, export.Clocks...))
	for _, child := range family {
		if child.Parent != call.Number {
			continue
		}
		of, err := s.export(ctx, family, child)
		if err != nil {
			return usm.ClockExport{}, err
		}
		export.Children = append(export.Children, of)
		export.Chain = append(export.Chain, chainOf(of)...)
	}
	return export, nil
}

// chainOf are the links of a child call in the chain of its parent.
func chainOf(child usm.ClockExport) []usm.ChainLink {
	return each(child.Chain, func(link usm.ChainLink) usm.ChainLink {
		link.Call = orElse(link.Call, child.Call)
		return link
	})
}
