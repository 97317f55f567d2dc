package store

import "github.com/usm-works/usm/usm"

// AskedStatement is what Approvals asks the database about what some people may decide, for tests that look at its plan.
func AskedStatement(f usm.ApprovalFilter, people ...string) (text string, args []any, err error) {
	q, err := selectAsked(f, people, "")
	if err != nil {
		return "", nil, err
	}
	return q.text, q.args, nil
}
