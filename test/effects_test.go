package test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// count runs a statement that gives one number.
func count(t *testing.T, db *sql.DB, statement string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), statement, args...).Scan(&n), statement)
	return n
}

// forked is how many calls become of the first so many mixed ones.
func forked(calls int) (all int) {
	for i := range calls {
		for _, row := range mixed(i).workflow.PathAfter(mixed(i).decision) {
			if row.Step.Kind() == usm.KindAccept {
				all++ // every call, child calls included, accepts once
			}
		}
	}
	return all
}
