package store

import (
	"context"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// booksKept is how many compiled terms a store remembers: as many as open calls usually run under at a time.
const booksKept = 256

// book is terms with what they compile to. It never changes.
type book struct {
	*clock.Book
	terms usm.Terms
}

func compile(terms usm.Terms) (*book, error) {
	opened, err := clock.Open(terms)
	return &book{opened, terms}, err
}

// reasons are the ids of those for which a person may pause clocks: the others hold by themselves. An agreement's own
// reason goes before one of the domain with its id.
func (b *book) reasons() []string {
	var all []usm.PauseReason
	for _, link := range b.terms.Links {
		all = append(all, link.Pauses...)
	}
	var ids []string
	known := map[string]bool{}
	for _, reason := range append(all, b.terms.Pauses...) {
		if !known[reason.ID] && reason.While == nil {
			ids = append(ids, reason.ID)
		}
		known[reason.ID] = true
	}
	return ids
}

// book returns the terms of that key, also those that the transaction q is about to write. Only the first use of a key
// costs a read.
func (s *Store) book(ctx context.Context, q querier, key string) (*book, error) {
	if t, ok := q.(*tx); ok && t.fresh[key] != nil {
		return t.fresh[key], nil
	}
	if known, ok := s.books.Get(key); ok {
		return known, nil
	}
	var kept document[usm.Terms]
	if err := q.GetContext(ctx, &kept, `SELECT document FROM terms WHERE key = $1`, key); err != nil {
		return nil, noneAs(err, "there are no terms %s", key)
	}
	b, err := compile(kept.value)
	if err != nil {
		return nil, err
	}
	s.books.Add(key, b)
	return b, nil
}

// watch says what the clocks of a call, and the approval that it waits for, want done next.
func (s *Store) watch(ctx context.Context, q querier, row callRow) (watch usm.Watch, err error) {
	if row.Terms != "" {
		b, err := s.book(ctx, q, row.Terms)
		if err != nil {
			return usm.Watch{}, err
		}
		if watch, err = b.Watch(row.Clock.value); err != nil {
			return usm.Watch{}, err
		}
	}
	if row.Waiting.value.Approval == "" {
		return watch, nil
	}
	var alarm document[usm.Alarm]
	err = q.GetContext(ctx, &alarm, `SELECT alarm FROM approvals WHERE id = $1`, row.Waiting.value.Approval)
	return soonest(watch, alarm.value), err
}

// keepTerms lets the change write terms that the store does not remember. It remembers them only once they are committed:
// whoever finds them remembered does not write them.
func (t *tx) keepTerms(c *change, terms usm.Terms) error {
	if t.store.books.Contains(terms.Key) {
		return nil
	}
	b, err := compile(terms)
	if err != nil {
		return err
	}
	t.fresh[terms.Key] = b
	c.Terms = append(c.Terms, termsRow{terms.Key, terms})
	return nil
}

// remember keeps what a transaction compiled, after it was committed.
func (t *tx) remember() {
	for key, b := range t.fresh {
		t.store.books.Add(key, b)
	}
}
