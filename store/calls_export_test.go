package store

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Statement is one with its parameters.
type Statement struct {
	Text string
	Args []any
}

// CallsStatements are what Calls asks the database, for tests that look at their plans: the second when the first fills no page.
// people are those whom MayAct may stand in for.
func CallsStatements(f usm.CallFilter, people ...string) (statements []Statement, err error) {
	all, err := selectCalls(f, people)
	for _, q := range all {
		statements = append(statements, Statement{q.text, q.args})
	}
	return statements, err
}

// AnyPlan begins a statement that is not prepared.
const AnyPlan = anyPlan

// Look reads rows over the store's own connections.
func (s *Store) Look(ctx context.Context, rows any, query string, args ...any) error {
	return s.db.SelectContext(ctx, rows, query, args...)
}
