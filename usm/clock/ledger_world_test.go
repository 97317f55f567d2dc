package clock

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// folded is what a story comes to.
type folded struct {
	testing.TB
	State
	rows []usm.LedgerRow
	book *Book
}

// fold folds the story at once and, with a round trip through JSON after every fact, one by one: both must come to the same.
func (s *story) fold() folded {
	s.t.Helper()
	state, rows, err := Fold(s.facts, s.terms)
	require.NoError(s.t, err)
	require.Equal(s.t, asJSON(s.t, state), asJSON(s.t, through(s.t, state)), "the state survives JSON")
	last := folded{s.t, state, rows, s.book(state.Terms)}
	if state.Revision == 1 {
		one, each := s.oneByOne()
		require.Equal(s.t, state, one)
		require.Equal(s.t, rows, each)
	}
	return last
}

func (s *story) oneByOne() (State, []usm.LedgerRow) {
	s.t.Helper()
	var state State
	var all []usm.LedgerRow
	for _, fact := range s.facts {
		before := through(s.t, state)
		next, rows := s.next(before, through(s.t, fact))
		require.Equal(s.t, asJSON(s.t, state), asJSON(s.t, before), "a fold leaves the state before it alone")
		state, all = next, append(all, rows...)
	}
	return state, all
}

func (s *story) next(state State, fact usm.Fact) (State, []usm.LedgerRow) {
	s.t.Helper()
	now := state.Terms
	if fact.Terms != "" {
		now = fact.Terms
	}
	var old *Book
	if state.Terms != "" {
		old = s.book(state.Terms)
	}
	next, rows, err := s.book(now).Next(old, state, fact)
	require.NoError(s.t, err)
	return next, rows
}

func (s *story) book(key string) *Book {
	s.t.Helper()
	if s.books[key] == nil {
		book, err := Open(through(s.t, s.terms[key]))
		require.NoError(s.t, err)
		s.books[key] = book
	}
	return s.books[key]
}

// nextAlarm is what rings next.
func (s *story) nextAlarm() usm.Alarm {
	s.t.Helper()
	for ; s.known < len(s.facts); s.known++ {
		if fact := s.facts[s.known]; !recomputes(fact) {
			s.state, _ = s.next(s.state, fact)
			continue
		}
		var err error
		s.state, _, err = Fold(s.facts[:s.known+1], s.terms)
		require.NoError(s.t, err)
	}
	watch, err := s.book(s.state.Terms).Watch(s.state)
	require.NoError(s.t, err)
	return watch.Alarm
}

// clock returns one clock by its id.
func (f folded) clock(id string) usm.Clock {
	f.Helper()
	for _, c := range f.Clocks {
		if c.ID == id {
			return c
		}
	}
	require.Fail(f, "there is no clock "+id)
	return usm.Clock{}
}

// ledger returns the rows of a clock as short texts: when (in Amsterdam), what, used and left.
func (f folded) ledger(id string) []string {
	var lines []string
	for _, r := range f.rows {
		if r.Clock == id {
			lines = append(lines, fmt.Sprintf("%s %s used %s left %s", clockTime(r.At), r.Change, r.Used, r.Remaining))
		}
	}
	return lines
}

// cause is that of the n-th row with a change, counted from the end when n is negative.
func (f folded) cause(change usm.ClockChange, n int) string {
	f.Helper()
	var causes []string
	for _, r := range f.rows {
		if r.Change == change {
			causes = append(causes, r.Cause)
		}
	}
	if n < 0 {
		n += len(causes)
	}
	require.Greater(f, len(causes), n)
	return causes[n]
}

func (f folded) watch() usm.Watch {
	f.Helper()
	watch, err := f.book.Watch(f.State)
	require.NoError(f, err)
	return watch
}

var amsterdam = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	return zone
}()

// moment reads a wall clock time of Amsterdam; the first of the two where it shows one twice.
func moment(tb testing.TB, text string) time.Time {
	tb.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", text, amsterdam)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02 15:04", text, amsterdam)
	}
	require.NoError(tb, err)
	return at.UTC()
}

func clockTime(at time.Time) string { return at.In(amsterdam).Format("2006-01-02 15:04:05.999999999") }

func span(text string) usm.Span {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return usm.Span(d)
}

func through[T any](tb testing.TB, value T) T {
	tb.Helper()
	var copied T
	require.NoError(tb, json.Unmarshal([]byte(asJSON(tb, value)), &copied))
	return copied
}

func asJSON(tb testing.TB, value any) string {
	tb.Helper()
	raw, err := json.Marshal(value)
	require.NoError(tb, err)
	return string(raw)
}
