package usm

// ApprovalPolicy says who has to approve what is proposed at a step, by when, and what happens when nobody does
// (usm.md §6). Of the policies of a step, in the order of the domain file, every one whose condition holds asks for an
// approval of its own; they are asked one after the other.
type ApprovalPolicy struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Steps   []Step `json:"steps,omitempty"` // nil: DefaultApprovalSteps
	When    string `json:"when,omitempty"`  // CEL over `call`, `fields` (of all steps so far), `proposal` and `amount`; "" always
	Require Quorum `json:"require"`
	// Material are JSON pointers into the content that is shown ("/proposal/fields/cost", "/call/priority"): a change of one
	// of them voids the decisions and asks again. nil: everything that is shown.
	Material []string `json:"material,omitempty"`
	// Within is how long the approval may take, as usm/clock reads targets: business time ("16h") or business days ("5
	// business days end"); "" for ever. Calendar is of the domain, "" its own.
	Within     string       `json:"within,omitempty"`
	Calendar   string       `json:"calendar,omitempty"`
	Reminders  []string     `json:"reminders,omitempty"` // triggers of usm/clock: "50%", "-8h"
	Substitute *Substitute  `json:"substitute,omitempty"`
	Escalation []Escalation `json:"escalation,omitempty"` // notify only: the ladder of usm.Escalation
	Expiry     Expiry       `json:"expiry,omitempty"`     // "": reject; without Within it has no meaning
	Escalate   []Approver   `json:"escalate,omitempty"`   // Expiry escalate: one of these decides instead, in as much time again
	StepUp     string       `json:"step_up,omitempty"`    // Go duration: how old a sign-in may be at most to decide; "" any age
	Meaning    string       `json:"meaning,omitempty"`    // of a decision, kept with it: "I release this change"
	Emergency  *Emergency   `json:"emergency,omitempty"`  // nil: nobody may bypass
}

// DefaultApprovalSteps are those of a policy that names none.
func DefaultApprovalSteps() []Step {
	return []Step{NegotiateOffer, PlanChange, ReleaseChange, SelectMeasure}
}

// Quorum is a node of the tree of who has to approve: exactly one of Stages, Groups and Approvers is given.
type Quorum struct {
	Name string `json:"name,omitempty"` // for people
	// Need says how many of the node's parts have to approve: "all" (also ""), "any", a number, a percentage of those who do
	// not abstain ("60%"), or a sum of weights ("weight 5").
	Need      string     `json:"need,omitempty"`
	Stages    []Quorum   `json:"stages,omitempty"`    // one after the other, always all
	Groups    []Quorum   `json:"groups,omitempty"`    // at the same time
	Approvers []Approver `json:"approvers,omitempty"` // at the same time
}

// Approver names whose approval counts: exactly one of Person, Profile and Role is given.
type Approver struct {
	Person    string       `json:"person,omitempty"`
	Profile   string       `json:"profile,omitempty"` // each of its holders
	Role      ApproverRole `json:"role,omitempty"`
	Weight    int          `json:"weight,omitempty"`    // 0: 1
	Mandatory bool         `json:"mandatory,omitempty"` // without his approval there is none
}

// ApproverRole is somebody by his relation to the call.
type ApproverRole string

// The roles. Somebody who has left is passed over for the next: his manager.
const (
	RoleManager          ApproverRole = "manager"            // of the requester
	RoleManagerOfManager ApproverRole = "manager_of_manager" // of the requester
	RoleServiceOwner     ApproverRole = "service_owner"      // who hold the profile that owns the service
	RoleComponentOwner   ApproverRole = "component_owner"    // of each component of the call: a person, or who hold the profile
	RoleCustomer         ApproverRole = "customer"           // who speak for the customer of the agreement
)

// Substitute says who may stand in for an approver that has not answered.
type Substitute struct {
	After     string     `json:"after"` // share of Within: "75%"
	Approvers []Approver `json:"approvers"`
}

// Expiry is what happens when the time of an approval is over.
type Expiry string

// The expiries. Silence is never an approval unless the policy says so in full.
const (
	ExpiryReject   Expiry = "reject"
	ExpiryEscalate Expiry = "escalate"
	ExpiryAbort    Expiry = "abort" // the call
	ExpirySilence  Expiry = "approve_by_silence"
)

// Emergency lets somebody go on without the approval, which is then owed afterwards.
type Emergency struct {
	Profiles []string `json:"profiles"`
	Within   string   `json:"within"` // for the approval afterwards, as ApprovalPolicy.Within
}

// ApprovalState is how an approval stands.
type ApprovalState string

// The states. All but ApprovalOpen are final.
const (
	ApprovalOpen      ApprovalState = "open"
	ApprovalApproved  ApprovalState = "approved"
	ApprovalRejected  ApprovalState = "rejected"
	ApprovalExpired   ApprovalState = "expired"   // and Expiry was done
	ApprovalWithdrawn ApprovalState = "withdrawn" // the proposal was taken back, or the call ended
	ApprovalVoid      ApprovalState = "void"      // the content changed: another approval asks for the new content
	ApprovalBypassed  ApprovalState = "bypassed"  // in an emergency: another approval asks afterwards
	ApprovalEscalated ApprovalState = "escalated" // its time was over: another approval asks Escalate
)

// Decision is an approver's answer.
type Decision string

// The decisions that people take.
const (
	Approve Decision = "approve"
	Reject  Decision = "reject" // needs a reason
	Abstain Decision = "abstain"
)
