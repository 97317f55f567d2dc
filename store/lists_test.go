package store_test

import (
	"encoding/json"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// seeded is a world with so many calls.
func seeded(tb testing.TB, calls int, o store.Options) world {
	tb.Helper()
	o.URL = storetest.URL(tb)
	w := world{storetest.Open(tb, o), tb, o.URL}
	storetest.Seed(tb, w.Store, w.url, calls)
	return w
}

// planned is a part of a plan as Postgres carried it out.
type planned struct {
	Kind      string    `json:"Node Type"`                     //nolint:tagliatelle // as Postgres has it
	Table     string    `json:"Relation Name"`                 //nolint:tagliatelle // as Postgres has it
	Rows      float64   `json:"Actual Rows"`                   //nolint:tagliatelle // as Postgres has it
	Loops     float64   `json:"Actual Loops"`                  //nolint:tagliatelle // as Postgres has it
	Dropped   float64   `json:"Rows Removed by Filter"`        //nolint:tagliatelle // as Postgres has it
	Rechecked float64   `json:"Rows Removed by Index Recheck"` //nolint:tagliatelle // as Postgres has it
	Below     []planned `json:"Plans"`                         //nolint:tagliatelle // as Postgres has it
}

// examined is how many calls are looked at. All of them must not be.
func (p planned) examined(t *testing.T, what string) (calls float64) {
	t.Helper()
	if p.Table == "calls" {
		require.False(t, p.Kind == "Seq Scan" && p.Loops > 0, what)
		calls = (p.Rows + p.Dropped + p.Rechecked) * p.Loops
	}
	for _, below := range p.Below {
		calls += below.examined(t, what)
	}
	return calls
}

// explained is how Postgres carries a list out: the second statement only when the first fills no page.
func (w world) explained(db *sqlx.DB, f usm.CallFilter) (steps []planned) {
	w.t.Helper()
	statements, err := store.CallsStatements(f)
	require.NoError(w.t, err)
	for _, s := range statements {
		var raw []byte
		require.NoError(w.t, db.GetContext(w.ctx(), &raw, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+s.Text, s.Args...))
		var plans []struct {
			Plan planned `json:"plan"`
		}
		require.NoError(w.t, json.Unmarshal(raw, &plans))
		steps = append(steps, plans[0].Plan)
		if plans[0].Plan.Rows > 50 {
			break
		}
	}
	return steps
}

// TestListsLookAtFewCalls holds each statement to a number of calls that hardly follows from how many there are: those of an
// index that are walked to fill a page, and where that fills none, those that are rare.
func TestListsLookAtFewCalls(t *testing.T) {
	t.Parallel()
	const calls = 120_000
	w := seeded(t, calls, store.Options{})
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	inOneDomain := usm.Sight{Person: "p77", Domains: []string{"healthcare"}}
	holds := func(lists []listed, sights ...*usm.Sight) {
		for _, l := range lists {
			for _, sight := range sights {
				f := l.filter
				f.Visible = sight
				for _, plan := range w.explained(db, f) {
					require.Less(t, plan.examined(t, l.name), float64(calls/5), "%s %+v", l.name, f)
				}
			}
		}
	}
	holds(filters(), nil, &inOneDomain, &usm.Sight{Person: "p0"})
	holds(pairs(), &inOneDomain)
}

// TestTheStatementsOfAListSayTheSame holds them against each other where none of them stops before it has looked at everything.
func TestTheStatementsOfAListSayTheSame(t *testing.T) {
	t.Parallel()
	w := seeded(t, 3000, store.Options{})
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	found := 0
	for _, filters := range allLists(w) {
		for _, f := range filters {
			statements, err := store.CallsStatements(f)
			require.NoError(t, err)
			var first []string
			for i, s := range statements {
				var numbers []string
				require.NoError(t, db.SelectContext(w.ctx(), &numbers, "SELECT number FROM ("+s.Text+") l", s.Args...), s.Text)
				if i == 0 {
					first = numbers
				}
				require.Equal(t, first, numbers, "%+v %+v: %s", f, f.Visible, s.Text)
			}
			found += len(first)
		}
	}
	require.Greater(t, found, 10_000)
}
