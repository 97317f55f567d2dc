package rehearse

import (
	"github.com/usm-works/usm/usm"
)

// Outcome is what became of what was to be approved.
type Outcome string

// The outcomes of a case. The log knows only approved and rejected.
const (
	OutcomeApproved Outcome = "approved"
	OutcomeUnasked  Outcome = "unasked" // no policy asks anybody: it goes through
	OutcomeRejected Outcome = "rejected"
	OutcomeExpired  Outcome = "expired" // the time of an approval was over before the answer that the log has
	OutcomeAborted  Outcome = "aborted" // the same, and the policy aborts the call
	OutcomeOpen     Outcome = "open"    // it waits for an answer that the log does not have
)

// Approvals is what the policies of a domain file would have made of the decisions of a log. Each case with a decision is in
// exactly one row of Outcomes, each approval in exactly one column of Policies, each answer of the log in exactly one column
// of Roles.
type Approvals struct {
	Step      usm.Step     `json:"step"`      // the one that waits
	Cases     int          `json:"cases"`     // of which the log has a decision
	Undecided int          `json:"undecided"` // of which it has none: not looked at
	Outcomes  []OutcomeRow `json:"outcomes"`  // that occur: approved in the log first
	Policies  []PolicyRow  `json:"policies"`  // all of the step, in the order of the file
	Roles     []RoleRow    `json:"roles"`     // in the order of the mapping; then who is no role of the log
	Examples  []CaseRow    `json:"examples"`  // the first cases of each outcome that differs from the log
	// Against is nil unless the proposal is compared with another domain.
	Against *ApprovalChanges `json:"against,omitempty"`
}

// OutcomeRow counts cases by what the log says and what would have been.
type OutcomeRow struct {
	Log     Outcome `json:"log"` // approved or rejected
	Now     Outcome `json:"now"`
	Cases   int     `json:"cases"`
	LogLate int     `json:"log_late"` // of those that the log approves: what was to be approved had begun
	Late    int     `json:"late"`     // of those that would have gone through: the same
}

// PolicyRow counts the approvals that a policy would have asked for. One that is escalated asks for another one, which counts
// for itself.
type PolicyRow struct {
	Policy    string `json:"policy"` // id
	Asked     int    `json:"asked"`
	Approved  int    `json:"approved"`
	Silent    int    `json:"silent"` // of those approved: by silence
	Rejected  int    `json:"rejected"`
	Expired   int    `json:"expired"`
	Escalated int    `json:"escalated"`
	Void      int    `json:"void"`  // it was submitted again before the approval ended
	Open      int    `json:"open"`  // it waits for an answer that the log does not have
	Stuck     int    `json:"stuck"` // when it was asked for, nobody could give it
	Apart     int    `json:"apart"` // segregation of duties kept somebody from it whom the policy names
	// Waited is the median of the business time that those which were approved or rejected took; nil: none was.
	Waited *usm.Span `json:"waited,omitempty"`
}

// RoleRow counts answers of a role about amounts of a band.
type RoleRow struct {
	Role      string `json:"role"` // of the log, or whom a policy names that is none: a person, profile or relation
	Band      string `json:"band"`
	Log       int    `json:"log"`       // answers in the log
	Counted   int    `json:"counted"`   // in at least one approval
	Unneeded  int    `json:"unneeded"`  // no policy asks for it, or what it asks was settled without it
	Overdue   int    `json:"overdue"`   // it comes when the time of the approval is over
	Unreached int    `json:"unreached"` // what is asked before is rejected, expired or open
	Missing   int    `json:"missing"`   // approvals that wait for the role, and the log has no answer
	Late      int    `json:"late"`      // of those counted: what was to be approved had begun
	// Waited is the median of the business time from when the role was asked to its answer, of those counted; nil: none did.
	Waited *usm.Span `json:"waited,omitempty"`
	Slow   *usm.Span `json:"slow,omitempty"` // nine of ten answers took no longer
}

// CaseRow is a case that would have ended otherwise.
type CaseRow struct {
	Case string  `json:"case"`
	Line int     `json:"line"` // of its first row
	Was  Outcome `json:"was"`  // in the log, or under the other file
	Now  Outcome `json:"now"`
	Why  string  `json:"why"` // it ends so under the proposal
}

// ApprovalChanges is what a proposal changes beside another domain file, and nothing that stays.
type ApprovalChanges struct {
	Same     int             `json:"same"` // cases that end the same
	Outcomes []OutcomeChange `json:"outcomes"`
	Roles    []RoleChange    `json:"roles"`
	Examples []CaseRow       `json:"examples"` // the first cases of each change
}

// OutcomeChange counts cases that end otherwise under the proposal.
type OutcomeChange struct {
	Was   Outcome `json:"was"`
	Now   Outcome `json:"now"`
	Cases int     `json:"cases"`
}

// RoleChange is a role and a band in which a number differs.
type RoleChange struct {
	Role string  `json:"role"`
	Band string  `json:"band"`
	Was  RoleRow `json:"was"`
	Now  RoleRow `json:"now"`
}
