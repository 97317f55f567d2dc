package store_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
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

// explained is how Postgres carries a list out: the second statement only when the first fills no page. What is prepared is planned
// for any values.
func (w world) explained(db *sqlx.DB, f usm.CallFilter) (steps []planned) {
	w.t.Helper()
	statements, err := store.CallsStatements(f, f.MayAct)
	require.NoError(w.t, err)
	for _, s := range statements {
		var raw []byte
		text, args := s.Text, s.Args
		if !strings.HasPrefix(text, store.AnyPlan) {
			text, args = w.prepare(db, s), nil
		}
		require.NoError(w.t, db.GetContext(w.ctx(), &raw, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+text, args...))
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

// prepare prepares a statement, and returns the one that carries it out.
func (w world) prepare(db *sqlx.DB, s store.Statement) string {
	w.t.Helper()
	db.MustExecContext(w.ctx(), "DEALLOCATE ALL")
	db.MustExecContext(w.ctx(), "PREPARE prepared AS "+s.Text)
	values := make([]string, len(s.Args))
	for i, value := range s.Args {
		if array, ok := value.(driver.Valuer); ok {
			var err error
			value, err = array.Value()
			require.NoError(w.t, err)
		}
		values[i] = pq.QuoteLiteral(fmt.Sprint(value))
	}
	return "EXECUTE prepared (" + strings.Join(values, ", ") + ")"
}

// TestListsLookAtFewCalls holds each statement to a number of calls that hardly follows from how many there are: those of an
// index that are walked to fill a page, and where that fills none, those that are rare.
func TestListsLookAtFewCalls(t *testing.T) {
	t.Parallel()
	const calls = 120_000
	w := seeded(t, calls, store.Options{})
	require.Contains(t, read[string](w, `SELECT indexdef FROM pg_indexes WHERE indexname = 'calls_priority_domain'`), "WHERE",
		"with all calls it would be read from end to end for those of a domain; that shows with a million")
	db := sqlx.MustConnect("postgres", w.url+"&plan_cache_mode=force_generic_plan")
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
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
	for _, who := range []string{"olga", "carl", "mia", "p0", "nobody"} {
		work := []listed{{"work of " + who, usm.CallFilter{MayAct: who}}}
		for _, domains := range [][]string{storetest.SeedDomains, inOneDomain.Domains, nil} {
			holds(work, &usm.Sight{Person: who, Domains: domains})
		}
	}
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

	var ranks []struct {
		Priority usm.Priority `db:"priority"`
		Rank     int          `db:"rank"`
	}
	require.NoError(t, db.SelectContext(w.ctx(), &ranks, `
		SELECT DISTINCT priority, priority_rank AS rank FROM calls WHERE priority <> '' ORDER BY rank`))
	require.Len(t, ranks, len(usm.Priorities()))
	for _, r := range ranks { // the work of a priority begins there
		require.Equal(t, r.Priority.Rank()+1, r.Rank, r.Priority)
	}
}
