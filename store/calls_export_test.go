package store

import "github.com/usm-works/usm/usm"

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

// Walked is how many calls the first of them looks at.
const Walked = walked
