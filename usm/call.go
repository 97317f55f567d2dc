package usm

import (
	"fmt"
	"time"
)

// CallType is the type the provider gives a call. Each type has one register.
type CallType string

// The five types.
const (
	Wish           CallType = "wish"
	ChangeRequest  CallType = "change_request"
	Incident       CallType = "incident"
	ServiceRequest CallType = "service_request"
	Risk           CallType = "risk"
)

// CallTypes lists the five in the order of the processes that answer them.
func CallTypes() []CallType {
	return []CallType{Wish, ChangeRequest, Incident, ServiceRequest, Risk}
}

var prefixes = map[CallType]string{Wish: "WSH", ChangeRequest: "RFC", Incident: "INC", ServiceRequest: "SRQ", Risk: "RSK"}

// Valid reports whether t is one of the five.
func (t CallType) Valid() bool { return prefixes[t] != "" }

// Prefix returns the letters that the register's tracking numbers begin with, "" for an unknown type.
func (t CallType) Prefix() string { return prefixes[t] }

// Number returns the n-th tracking number of the register, e.g. "INC-000042".
func (t CallType) Number(n int64) string { return fmt.Sprintf("%s-%06d", t.Prefix(), n) }

// Process returns the process that answers this type of call.
func (t CallType) Process() Process { return t.Start().Process }

// TypeOfNumber returns the register a tracking number belongs to; ok is false when it is no tracking number.
func TypeOfNumber(number string) (t CallType, ok bool) {
	if len(number) < 5 || number[3] != '-' {
		return "", false
	}
	for _, t := range CallTypes() {
		if number[:3] == t.Prefix() {
			return t, true
		}
	}
	return "", false
}

// Status says where a call is in its life.
type Status string

// The statuses. The last five are ends.
const (
	StatusRegistered Status = "registered" // taken, the engine not reached yet
	StatusOpen       Status = "open"       // the provider is to act
	StatusWaiting    Status = "waiting"    // for the requester, a child call or a signal
	StatusFulfilled  Status = "fulfilled"  // delivery confirmed, evaluation to come
	StatusClosed     Status = "closed"
	StatusRejected   Status = "rejected"
	StatusNotAgreed  Status = "not_agreed"
	StatusRetyped    Status = "retyped"
	StatusAborted    Status = "aborted"
)

// Ended reports whether nothing more can happen to the call.
func (s Status) Ended() bool {
	switch s {
	case StatusClosed, StatusRejected, StatusNotAgreed, StatusRetyped, StatusAborted:
		return true
	}
	return false
}

// Outcome is what was decided at a step, or how a call ended.
type Outcome string

// The outcomes of deciding steps.
const (
	Accepted       Outcome = "accepted"
	Rejected       Outcome = "rejected"
	Agreed         Outcome = "agreed"
	NotAgreed      Outcome = "not_agreed"
	Released       Outcome = "released"
	RouteChange    Outcome = "change"
	RouteOperate   Outcome = "operate"
	RouteBoth      Outcome = "both"
	RouteAgreement Outcome = "agreement"
	AcceptRisk     Outcome = "accept"
	Confirmed      Outcome = "confirmed"
	Disputed       Outcome = "disputed"
)

// The outcomes of a call that are not outcomes of a step.
const (
	OutcomeFulfilled    Outcome = "fulfilled"
	OutcomeRiskAccepted Outcome = "risk_accepted"
	OutcomeRetyped      Outcome = "retyped"
	OutcomeAborted      Outcome = "aborted"
)

var (
	acceptOutcomes = []Outcome{Accepted, Rejected}
	reviewOutcomes = []Outcome{Confirmed, Disputed}
)

// NewCall is what a requester or another system asks for, before it has a number.
type NewCall struct {
	Domain      string         `json:"domain" doc:"id of the domain (department) that is asked"`
	Type        CallType       `json:"type,omitempty" enum:"wish,change_request,incident,service_request,risk" doc:"without it the typing rules decide and say why"`
	Subject     string         `json:"subject" minLength:"1" maxLength:"200"`
	Description string         `json:"description" maxLength:"20000"`
	Requester   string         `json:"requester" doc:"id of the person who asks"`
	Service     string         `json:"service,omitempty" doc:"id of the service concerned"`
	Components  []string       `json:"components,omitempty" doc:"ids of the components concerned"`
	Impact      Level          `json:"impact,omitempty" enum:"high,medium,low,nil"`
	Urgency     Level          `json:"urgency,omitempty" enum:"high,medium,low"`
	Fields      map[string]any `json:"fields,omitempty" doc:"facts for typing (see Facts) and whatever the catalogue item asks for"`
	Parent      string         `json:"parent,omitempty" doc:"number of the call this one was raised from; the two are linked"`
}

// Call is the input of every USM workflow: the request, its number and, when a run continues another, its Progress.
// A workflow started by a bare Temporal client needs Domain, Subject and Requester; Number is then the workflow ID
// and Type follows from the workflow.
type Call struct {
	NewCall
	Number      string    `json:"number,omitempty"`
	OpenedBy    string    `json:"opened_by,omitempty"` // person who registered it; the requester when empty
	Typing      Typing    `json:"typing,omitzero"`
	ForkedAt    Step      `json:"forked_at,omitempty"`   // the parent's fork step; "" for a call that is no child
	Coordinator []string  `json:"coordinator,omitempty"` // child: profiles that confirm for the parent
	Priority    Priority  `json:"priority,omitempty"`    // child: inherited
	Category    string    `json:"category,omitempty"`    // child: inherited
	Barred      []string  `json:"barred,omitempty"`      // child: people who approved what it implements
	Progress    *Progress `json:"progress,omitempty"`    // nil for a new call
}

// IsChild reports whether a fork opened the call, so that its parent waits for it.
func (c Call) IsChild() bool { return c.ForkedAt != "" }

// Progress is the state of an open call: what one run of its workflow hands to the next.
type Progress struct {
	Workflow  string             `json:"workflow"` // bound workflow, by Go name
	Version   int                `json:"version"`  // domain version the call is bound to
	Step      Step               `json:"step"`     // the step that is open
	Steps     map[Step]StepState `json:"steps"`
	Status    Status             `json:"status"`
	Waiting   Waiting            `json:"waiting"`
	Priority  Priority           `json:"priority,omitempty"`
	Category  string             `json:"category,omitempty"`
	Route     Outcome            `json:"route,omitempty"` // decision at Recover 4 or Improve 4
	WasChange bool               `json:"was_change,omitempty"`
	Children  []Child            `json:"children,omitempty"` // of the latest fork
	Early     []Signal           `json:"early,omitempty"`    // signals whose step is not open yet
	Seen      []string           `json:"seen,omitempty"`     // keys of signals taken, oldest first
	ReportTo  string             `json:"report_to,omitempty"`
	Abort     *Action            `json:"abort,omitempty"` // what the parent asked for and is not done yet
	Outcome   Outcome            `json:"outcome,omitempty"`
	Watch     Watch              `json:"watch,omitzero"`     // of the clocks
	Paused    []string           `json:"paused,omitempty"`   // reasons for which a person paused the clocks
	Proposal  *Proposal          `json:"proposal,omitempty"` // of the open step, while its approval is open
	Changes   int                `json:"changes"`            // number of recorded changes, the idempotency key of the technical ones
	Acted     []string           `json:"acted,omitempty"`    // ids of the latest actions that were done, oldest first: a repetition changes nothing
}

// StepState is where one step of a call is.
type StepState struct {
	State   State   `json:"state"`
	Attempt int     `json:"attempt"` // from 1; grows with every redo and dispute
	By      string  `json:"by,omitempty"`
	For     string  `json:"for,omitempty"`
	Outcome Outcome `json:"outcome,omitempty"`
	Digest  string  `json:"digest,omitempty"` // of what finished it, so that a repeated finish is recognised
	Reason  string  `json:"reason,omitempty"`
	Asked   bool    `json:"asked,omitempty"` // system steps: the outbound request was sent
	// Approved are the people who approved what the step came to; segregation keeps them from implementing it.
	Approved []string `json:"approved,omitempty"`
	// Profiles and Claimed say who has this attempt where that differs from the procedure: it was reassigned, or claimed.
	Profiles []string `json:"profiles,omitempty"`
	Claimed  string   `json:"claimed,omitempty"`
	Steered  string   `json:"steered,omitempty"` // profile of the workflow coordinator who decided that; "" for nobody
}

// State is the state of a step.
type State string

// The states of a step. The zero value means pending.
const (
	StepPending       State = "pending"
	StepOpen          State = "open"
	StepDone          State = "done"
	StepInherited     State = "inherited"      // completed by the parent's facts
	StepNotApplicable State = "not_applicable" // recorded with its reason
	StepSkipped       State = "skipped"        // the call ended before it
)

// Finished reports whether the step needs nothing more.
func (s State) Finished() bool {
	return s == StepDone || s == StepInherited || s == StepNotApplicable
}

// Child is a call that a fork opened.
type Child struct {
	Number   string  `json:"number"`
	Workflow string  `json:"workflow"` // by Go name
	Outcome  Outcome `json:"outcome,omitempty"`
	Closed   bool    `json:"closed,omitempty"`
	Detached bool    `json:"detached,omitempty"` // opened by an earlier run: reports by signal
}

// Result is what a USM workflow returns.
type Result struct {
	Number  string  `json:"number"`
	Status  Status  `json:"status"`
	Outcome Outcome `json:"outcome"`
}

// WaitKind says what an open call waits for.
type WaitKind string

// The kinds of waiting.
const (
	WaitStep         WaitKind = "step"         // a person of one of the profiles finishes the step
	WaitAnswer       WaitKind = "answer"       // the requester answers a question
	WaitConfirmation WaitKind = "confirmation" // the requester or the parent's coordinator confirms
	WaitChild        WaitKind = "child"
	WaitSignal       WaitKind = "signal"
	WaitApproval     WaitKind = "approval"
	WaitTimer        WaitKind = "timer"
	WaitNone         WaitKind = "none" // the engine itself is at work, or the call has ended
)

// Waiting says what a call waits for and which people can move it.
type Waiting struct {
	Kind     WaitKind `json:"kind"`
	Step     Step     `json:"step,omitempty"`
	Profiles []string `json:"profiles,omitempty"` // any of these may act
	Person   string   `json:"person,omitempty"`   // this person may act (requester)
	Exclude  []string `json:"exclude,omitempty"`  // segregation: these people may not
	Signal   string   `json:"signal,omitempty"`
	Question string   `json:"question,omitempty"`
	Approval string   `json:"approval,omitempty"` // id of the approval that is open
	Claimed  string   `json:"claimed,omitempty"`  // the person who claimed the step: only he may act, and who steers
	Steered  string   `json:"steered,omitempty"`  // as in StepState
	// Accountable is the profile that is accountable for the step by the procedure; "" while the call waits for nothing.
	Accountable string    `json:"accountable,omitempty"`
	Since       time.Time `json:"since"`
}
