package storetest

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

//go:embed seed.sql
var seed string

// SeedDomains are the domains that Seed applies: each is Domain under another id. Half of the calls are of the first, one
// in twenty of the last.
var SeedDomains = []string{"it", "hr", "facilities", "finance", "healthcare"}

// seedShares are how many of all calls, the types before included, are of each type.
var seedShares = map[usm.CallType]float64{
	usm.Wish: 0.05, usm.Risk: 0.08, usm.ChangeRequest: 0.2, usm.ServiceRequest: 0.55, usm.Incident: 1.01,
}

// Seed fills an empty, migrated database with so many calls of three years: of a million, some 20,000 are open. They have
// what lists show and search, but no steps, trail or run. It may take a minute for a million.
func Seed(tb testing.TB, s *store.Store, url string, calls int) {
	tb.Helper()
	for _, id := range SeedDomains {
		domain := Domain()
		domain.ID = id
		_, err := s.ApplyDomain(tb.Context(), domain, "storetest")
		require.NoError(tb, err)
	}
	db := sqlx.MustConnect("postgres", url+"&options="+"-c%20session_replication_role%3Dreplica%20-c%20maintenance_work_mem%3D512MB")
	defer func() { _ = db.Close() }()
	exec := func(statement string, args ...any) {
		_, err := db.ExecContext(tb.Context(), statement, args...)
		require.NoError(tb, err)
	}
	var indexes []struct {
		Name       string `db:"indexname"`
		Definition string `db:"indexdef"`
	}
	require.NoError(tb, db.SelectContext(tb.Context(), &indexes, `
		SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'calls' AND indexname <> 'calls_pkey'`))
	for _, index := range indexes {
		exec("DROP INDEX " + index.Name)
	}
	exec(seed, calls, seedTypes(tb))
	for _, index := range indexes { // all at once costs a third of one row after the other
		exec(index.Definition)
	}
	for t := range seedShares {
		exec(`SELECT setval('numbers_`+string(t)+`', $1)`, calls)
	}
	exec("VACUUM ANALYZE")
}

// seedTypes is what the statement has to know of the types, as JSON.
func seedTypes(tb testing.TB) string {
	tb.Helper()
	var types []map[string]any
	for t, upto := range seedShares {
		workflows := []string{t.Start().Name}
		for _, w := range usm.Workflows() {
			if w.Process == t.Process() && w.Name != t.Start().Name {
				workflows = append(workflows, w.Name)
			}
		}
		types = append(types, map[string]any{
			"upto": upto, "type": t, "prefix": t.Prefix(), "process": t.Process(), "workflows": workflows, "steps": t.Process().Steps(),
		})
	}
	text, err := json.Marshal(types)
	require.NoError(tb, err)
	return string(text)
}
