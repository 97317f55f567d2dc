// Package clock measures what agreements promise. Calendars count business time; a Book folds the facts of a call into its
// clocks and their ledger, which anybody can compute again from the same facts and terms. It is pure: no I/O, no present.
package clock

import (
	"fmt"
	"time"

	"github.com/usm-works/usm/usm"
)

// State is how the clocks of a call stand after its facts so far: what Next folds the next fact into. It survives JSON
// exactly. The zero value is a call of which nothing is recorded yet.
type State struct {
	Last     usm.Fact    `json:"last,omitzero"`      // the latest fact; At is never before that of the fact before it
	Terms    string      `json:"terms,omitempty"`    // key of the terms that the clocks run under
	Notified time.Time   `json:"notified,omitzero"`  // when the requester asked
	Reacted  time.Time   `json:"reacted,omitzero"`   // when the provider finished the first step; zero: not yet
	Heard    time.Time   `json:"heard,omitzero"`     // when the requester heard something for the last time; zero: not yet
	Holds    []string    `json:"holds,omitempty"`    // ids of the reasons to pause that hold, the oldest first
	Paused   []string    `json:"paused,omitempty"`   // those of Holds for which somebody paused
	History  []Held      `json:"history,omitempty"`  // how Holds came about, for norms that begin in retrospect
	Clocks   []usm.Clock `json:"clocks,omitempty"`   // in the order in which they began; those that ended stay
	Rows     int         `json:"rows,omitempty"`     // of the ledger in this revision
	Revision int         `json:"revision,omitempty"` // from 1; 0: no fact yet
}

// Held says which reasons to pause held from At on.
type Held struct {
	At    time.Time `json:"at"`
	Holds []string  `json:"holds,omitempty"`
}

// Next folds one fact into the state and returns the rows of the ledger that it brings. b are the terms that hold after the
// fact, old those before it; nil means the same. The state that is passed stays as it is. A fact that is dated before the
// last one counts at the last one's time. Facts that recompute need all the facts before them: they are refused here and
// taken by Fold. ErrNeverOpens: a due date lies where the calendar does not open any more.
func (b *Book) Next(old *Book, state State, fact usm.Fact) (State, []usm.LedgerRow, error) {
	if recomputes(fact) {
		return State{}, nil, usm.Errorf(usm.CodeInternal, "fact %d recomputes the clocks: that takes all facts", fact.Sequence)
	}
	return b.next(old, state, fact, recorded(fact))
}

// Fold folds the facts of a call, in the order of the trail, from nothing: the state that Next comes to one by one, and the
// rows of every revision. terms are by key. A fact that recomputes begins a revision: all facts up to it are folded again
// under its terms, as if those had held from the start.
func Fold(facts []usm.Fact, terms map[string]usm.Terms) (State, []usm.LedgerRow, error) {
	var (
		state State
		all   []usm.LedgerRow
		book  *Book
		books = map[string]*Book{}
	)
	for i, fact := range facts {
		old := book
		if fact.Terms != "" && (book == nil || fact.Terms != book.key) {
			var err error
			if book, err = openOnce(books, terms, fact.Terms); err != nil {
				return State{}, nil, fmt.Errorf("fact %d: %w", fact.Sequence, err)
			}
		}
		if book == nil {
			return State{}, nil, usm.Errorf(usm.CodeInvalid, "the first fact names no terms")
		}
		var rows []usm.LedgerRow
		var err error
		if i > 0 && recomputes(fact) {
			state, rows, err = book.recompute(old, state, facts[:i+1])
		} else {
			state, rows, err = book.Next(old, state, fact)
		}
		if err != nil {
			return State{}, nil, err
		}
		all = append(all, rows...)
	}
	return state, all, nil
}

// recompute folds the facts, the last of which asks for it, as the next revision and says what became of each clock.
func (b *Book) recompute(old *Book, before State, facts []usm.Fact) (State, []usm.LedgerRow, error) {
	asked := facts[len(facts)-1]
	was, err := old.At(before, asked.At)
	if err != nil {
		return State{}, nil, err
	}
	state := State{Terms: b.key, Revision: before.Revision + 1}
	var all []usm.LedgerRow
	for _, fact := range facts {
		fact.Terms = ""
		var rows []usm.LedgerRow
		if state, rows, err = b.next(b, state, fact, recorded(asked)); err != nil {
			return State{}, nil, err
		}
		all = append(all, rows...)
	}
	var f fold
	if err = f.prepare(b, b, state, asked, recorded(asked)); err != nil {
		return State{}, nil, err
	}
	f.compare(was)
	return f.s, append(all, f.rows...), f.err
}

// At reads the clocks at a moment, not before their last change; nothing is recorded. A clock whose target is used up by
// then is read as breached.
func (b *Book) At(state State, at time.Time) ([]usm.Clock, error) {
	at = at.UTC()
	var f fold
	if err := f.prepare(b, b, state, state.Last, at); err != nil {
		return nil, err
	}
	for i := range f.s.Clocks {
		f.breach(i, at)
		if c := &f.s.Clocks[i]; live(c) && at.After(c.Since) {
			f.settle(i, at)
		}
	}
	return f.s.Clocks, f.err
}

func recomputes(fact usm.Fact) bool {
	return fact.Kind == usm.EventRebound && fact.Applies == usm.Recompute
}

// recorded is when a fact was written down.
func recorded(fact usm.Fact) time.Time {
	if fact.Recorded.IsZero() {
		return fact.At.UTC()
	}
	return fact.Recorded.UTC()
}

func openOnce(books map[string]*Book, terms map[string]usm.Terms, key string) (*Book, error) {
	if b := books[key]; b != nil {
		return b, nil
	}
	t, ok := terms[key]
	if !ok {
		return nil, usm.Errorf(usm.CodeInvalid, "the terms %q are not there", key)
	}
	b, err := Open(t)
	if err != nil {
		return nil, err
	}
	books[key] = b
	return b, nil
}
