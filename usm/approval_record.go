package usm

import "time"

// Approval asks people to approve what is proposed at a step: exactly the content whose digest their decisions name.
type Approval struct {
	ID       string          `json:"id"` // <call>.<n>, n from 1
	Call     string          `json:"call"`
	Domain   string          `json:"domain"`
	Subject  string          `json:"subject"` // of the call
	Step     Step            `json:"step"`
	Attempt  int             `json:"attempt"`
	Policy   ApprovalPolicy  `json:"policy"`  // as it was when the approval was asked for
	Version  int             `json:"version"` // of the domain, which the policy and the calendar are of
	State    ApprovalState   `json:"state"`
	Outcome  Outcome         `json:"outcome,omitempty"` // proposed
	By       Actor           `json:"by"`                // who proposed
	Content  map[string]any  `json:"content"`           // what is shown: call, fields, proposal
	Digest   string          `json:"digest"`            // sha256 of Content in canonical JSON (RFC 8785), "sha256:<hex>"
	Material string          `json:"material"`          // digest of the parts that the policy names
	Barred   []string        `json:"barred,omitempty"`  // ids of people whom segregation keeps from it: the call's other actors
	Members  []Member        `json:"members"`           // whom the policy names, resolved when anything changed last
	Ballots  []Ballot        `json:"ballots"`           // in the order in which they counted
	Deciders []Decider       `json:"deciders"`          // who may decide now; filled when it is read
	Asking   []string        `json:"asking"`            // paths of the groups that are asked now
	OpenedAt time.Time       `json:"opened_at"`
	Due      *time.Time      `json:"due,omitempty"`
	ClosedAt *time.Time      `json:"closed_at,omitempty"`
	Why      string          `json:"why,omitempty"`      // it ended as it did
	Silence  bool            `json:"silence,omitempty"`  // approved because nobody answered in time
	Retro    bool            `json:"retro,omitempty"`    // owed for a bypass: nothing waits for it but its time
	Replaces string          `json:"replaces,omitempty"` // the approval that was void, bypassed or escalated
	Changed  []ContentChange `json:"changed,omitempty"`  // of the content since that one
	Stuck    string          `json:"stuck,omitempty"`    // why nobody can decide now; "" when somebody can
	Rung     []string        `json:"rung,omitempty"`     // names of alarms that have rung
}

// Member is a person who may approve in a group. Group is the path of a leaf of the quorum: "" the quorum itself, "1/2" the
// second part of its first part.
type Member struct {
	Group     string   `json:"group"`
	Person    string   `json:"person"`
	As        Approver `json:"as"` // whom the policy names
	Weight    int      `json:"weight"`
	Mandatory bool     `json:"mandatory,omitempty"`
}

// Decider is somebody who may decide now, for himself or for the member he stands in for.
type Decider struct {
	Person     string `json:"person"` // of Members
	By         string `json:"by"`     // himself, or who stands in
	Rule       string `json:"rule"`   // RuleApprover, RuleDelegate, RuleSubstitute
	Delegation int64  `json:"delegation,omitempty"`
}

// Ballot is a decision that counted.
type Ballot struct {
	Groups     []string   `json:"groups"`       // in which it counts
	Person     string     `json:"person"`       // whose it is
	By         string     `json:"by,omitempty"` // who gave it for him; "" himself
	Rule       string     `json:"rule"`         // RuleApprover, RuleDelegate, RuleSubstitute
	Delegation int64      `json:"delegation,omitempty"`
	Decision   Decision   `json:"decision"`
	Reason     string     `json:"reason,omitempty"`
	Weight     int        `json:"weight"` // in each of the groups
	Mandatory  bool       `json:"mandatory,omitempty"`
	Digest     string     `json:"digest"` // of what was shown
	At         time.Time  `json:"at"`
	SignedIn   *time.Time `json:"signed_in,omitempty"` // where the policy asks for a fresh sign-in
	Meaning    string     `json:"meaning,omitempty"`
	Through    string     `json:"through,omitempty"` // "api", "link" (in a mail)
}

// ContentChange is one place at which two contents differ. Before and After are JSON texts, "" for what is not there.
type ContentChange struct {
	Pointer string `json:"pointer"`
	Before  string `json:"before,omitempty"`
	After   string `json:"after,omitempty"`
}

// Proposal is what the workflow of a call keeps of an approval that is open: what it does once it is approved.
type Proposal struct {
	Approval string `json:"approval"` // id
	Digest   string `json:"digest"`   // that decisions have to name
	Action   Action `json:"action"`   // finishes the step
	// Asked and Due are for the reader of the Temporal UI: ids of the people who are asked, and when time is up.
	Asked []string   `json:"asked,omitempty"`
	Due   *time.Time `json:"due,omitempty"`
}

// ApprovalResult is what a recorded change says of the approval of the open step. The zero value of a *ApprovalResult, nil,
// says that the change touched none.
type ApprovalResult struct {
	ID      string        `json:"id"`
	State   ApprovalState `json:"state"`
	Digest  string        `json:"digest"`            // of an open one
	Why     string        `json:"why,omitempty"`     // of one that ended
	Expiry  Expiry        `json:"expiry,omitempty"`  // of one that expired: what is to be done
	Retro   bool          `json:"retro,omitempty"`   // it asks afterwards: a workflow of its own waits for it
	Members []string      `json:"members,omitempty"` // ids of the people who are asked, for the Temporal UI
	Due     *time.Time    `json:"due,omitempty"`     // of an open one, for the Temporal UI
	By      []string      `json:"by,omitempty"`      // ids of those who approved, of an approved one: they implement nothing of it
}

// Obligation is an approval that is owed for a bypass: the input of the technical workflow that waits for it.
type Obligation struct {
	Approval string `json:"approval"`
	Digest   string `json:"digest"`
	Call     Call   `json:"call"` // without Progress
	Watch    Watch  `json:"watch"`
	// Asked and Due are for the reader of the Temporal UI, as in Proposal.
	Asked []string   `json:"asked,omitempty"`
	Due   *time.Time `json:"due,omitempty"`
}

// Run is the ID of the run that waits for the approval.
func (a Approval) Run() string {
	if a.Retro {
		return Obligation{Approval: a.ID}.WorkflowID()
	}
	return a.Call
}

// WorkflowID is the ID of the run that waits for the approval.
func (o Obligation) WorkflowID() string { return "approval:" + o.Approval }

// ApprovalFilter narrows GET /approvals. The zero value asks for all that the caller may see, the newest first.
type ApprovalFilter struct {
	Page
	Domain string
	Call   string
	Step   Step
	State  ApprovalState
	Policy string
	Asks   string // id of a person: open approvals that he may decide now, himself or for another, the earliest due first
	Sight  *Sight // nil: everything
}

// ApprovalView is an approval as the API shows it to a caller.
type ApprovalView struct {
	Approval
	Canonical string          `json:"canonical,omitempty" doc:"the content as canonical JSON (RFC 8785), whose digest it is; absent in lists"`
	Groups    []ApprovalGroup `json:"groups" doc:"the quorum with how it stands"`
	MayDecide bool            `json:"may_decide"`
	WhyNot    string          `json:"why_not,omitempty"`
	For       []string        `json:"for,omitempty" doc:"ids of the approvers whom the caller can decide for; himself first"`
	// AllowedActions are decisions, bypass and approvers.
	AllowedActions []string          `json:"allowed_actions" doc:"paths under the approval that the caller may POST to now"`
	Refused        map[string]string `json:"refused" doc:"of the other paths, why not"`
}

// ApprovalGroup is a node of the quorum and how it stands.
type ApprovalGroup struct {
	Path     string        `json:"path"`
	Name     string        `json:"name"`
	Need     string        `json:"need" doc:"in words: all, any, 2 of 3, 60% of 5, weight 4 of 7"`
	State    ApprovalState `json:"state" doc:"open, approved or rejected"`
	Asked    bool          `json:"asked" doc:"false while an earlier stage is open"`
	Members  []string      `json:"members"`
	Approved []string      `json:"approved"`
	Rejected []string      `json:"rejected"`
	Waiting  []string      `json:"waiting"`
}

// DecisionRequest is the body of POST /approvals/{id}/decisions.
type DecisionRequest struct {
	Decision Decision `json:"decision" enum:"approve,reject,abstain"`
	Reason   string   `json:"reason,omitempty" maxLength:"20000" doc:"required to reject"`
	Digest   string   `json:"digest" doc:"of the content that was read"`
	For      string   `json:"for,omitempty" doc:"the approver that the caller stands in for; without it the caller himself, else the only one he can stand in for"`
}
