package store

import "github.com/usm-works/usm/usm"

// NormStatement is what NormReport asks the database, for tests that look at its plan.
func NormStatement(f usm.NormFilter) (text string, args []any, err error) {
	q, err := selectNorms(f)
	if err != nil {
		return "", nil, err
	}
	return q.text, q.args, nil
}

// OutageStatement is what Availability asks the database about incidents.
func OutageStatement(f usm.NormFilter) (text string, args []any) {
	q := selectOutages(f)
	return q.text, q.args
}

// Percent is percent.
var Percent = percent
