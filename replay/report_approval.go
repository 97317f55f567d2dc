package replay

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// ApprovalRows is what a replay decided through approvals; empty for a log that tells nothing of decisions.
type ApprovalRows struct {
	Decisions  int           `json:"decisions"`  // recorded by the product as the log tells them
	Mismatched int           `json:"mismatched"` // recorded otherwise, or not at all
	Reordered  int           `json:"reordered"`  // rounds in which the log has another order than the policies
	Rows       []ApprovalRow `json:"rows"`       // by role, then by amount
}

// ApprovalRow counts the decisions of a role about amounts of a band.
type ApprovalRow struct {
	Role     string `json:"role"`
	Band     string `json:"band"`
	Approved int    `json:"approved"`
	Rejected int    `json:"rejected"`
	Late     int    `json:"late"` // of those approved: what was to be approved had begun
}

func (r *ApprovalRows) count(c caseState) {
	r.Mismatched += c.Mismatched
	r.Reordered += c.Reordered
	for _, verdict := range c.Verdicts {
		r.Decisions++
		i := slices.IndexFunc(r.Rows, func(row ApprovalRow) bool { return row.Role == verdict.Role && row.Band == verdict.Band })
		if i < 0 {
			i = len(r.Rows)
			r.Rows = append(r.Rows, ApprovalRow{Role: verdict.Role, Band: verdict.Band})
		}
		switch {
		case verdict.Decision == usm.Reject:
			r.Rows[i].Rejected++
		case verdict.Late:
			r.Rows[i].Late++
			fallthrough
		default:
			r.Rows[i].Approved++
		}
	}
}

// sorted puts the rows into the order of the mapping.
func (r *ApprovalRows) sorted(rule *ApprovalRule) {
	if rule == nil {
		return
	}
	slices.SortFunc(r.Rows, func(a, b ApprovalRow) int { return rule.Compare(a.Role, a.Band, b.Role, b.Band) })
}
