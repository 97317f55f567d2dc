package usm

import "time"

// Performer says who performs a step.
type Performer string

// The performers. The zero value means people.
const (
	ByPeople    Performer = "people"
	ByAutomatic Performer = "automatic" // the step's activity, with the fields the procedure gives
	BySystem    Performer = "system"    // another system, which answers with a signal
)

// Actor is who did something, for whom and under which rule: the proof that travels with every update.
type Actor struct {
	Person  string `json:"person"`            // id; for machines "system", "automatic" or the name of the source
	For     string `json:"for,omitempty"`     // the person this one stood in for
	Profile string `json:"profile,omitempty"` // profile the authority came from
	Rule    string `json:"rule,omitempty"`    // why the actor may: "responsible", "accountable", "requester", "parent", …
	// Delegation is the number of the one under which Person acts for For; 0 for none.
	Delegation int64 `json:"delegation,omitempty"`
}

// The actors that are no person.
var (
	Automatic  = Actor{Person: "automatic", Rule: "procedure"}
	Inherited  = Actor{Person: "automatic", Rule: "inherited"}
	Unattended = Actor{Person: "automatic", Rule: "unattended"}
	Engine     = Actor{Person: "engine", Rule: "operator of the engine"}
)

// Is reports whether the actor is that person, or stands for that person.
func (a Actor) Is(person string) bool { return person != "" && (a.Person == person || a.For == person) }

// SystemActor returns the actor that a signal from the source stands for.
func SystemActor(source string) Actor { return Actor{Person: source, Rule: "signal"} }

// IsPerson reports whether the actor is a person and not the product or another system.
func (a Actor) IsPerson() bool {
	return a.Person != "" && a.Person != Automatic.Person && a.Person != Engine.Person && a.Rule != "signal"
}

// StepInput is what each of the 37 step activities gets. (Call.Number, Step, Attempt) is its idempotency key.
type StepInput struct {
	Call          Call           `json:"call"` // without Progress
	Version       int            `json:"version"`
	Workflow      string         `json:"workflow"` // by Go name, as bound after this step
	Step          Step           `json:"step"`
	Attempt       int            `json:"attempt"`
	Actor         Actor          `json:"actor"`
	State         State          `json:"state"` // done, inherited or not_applicable
	Outcome       Outcome        `json:"outcome,omitempty"`
	Fields        map[string]any `json:"fields,omitempty"`
	Note          string         `json:"note,omitempty"`
	NotApplicable string         `json:"not_applicable,omitempty"` // the reason
	Priority      Priority       `json:"priority,omitempty"`       // classify: looked up in the binding's table
	Digest        string         `json:"digest,omitempty"`
	RequestID     string         `json:"request_id,omitempty"`
	ActionID      string         `json:"action_id,omitempty"`  // "" when the engine itself finishes the step
	Forks         []string       `json:"forks,omitempty"`      // fork steps: workflows to open, by Go name
	ConfirmBy     []string       `json:"confirm_by,omitempty"` // fork steps: profiles that confirm the children
	Next          Next           `json:"next"`
}

// Next is the state of the call after a change: it is written to the registers in the same transaction.
type Next struct {
	Workflow string  `json:"workflow"`
	Step     Step    `json:"step"`
	Attempt  int     `json:"attempt"`
	Status   Status  `json:"status"`
	Outcome  Outcome `json:"outcome,omitempty"`
	Waiting  Waiting `json:"waiting"`
	// Undone are steps sent back: they and their results stay on the trail, the path shows them as pending again.
	Undone []Step `json:"undone,omitempty"`
	// Skipped are steps that never ran because the call ended before them.
	Skipped []Step `json:"skipped,omitempty"`
}

// StepResult is what a step activity returns.
type StepResult struct {
	Outcome  Outcome  `json:"outcome,omitempty"`
	Priority Priority `json:"priority,omitempty"` // classify
	Category string   `json:"category,omitempty"` // classify
	Opened   []Call   `json:"opened,omitempty"`   // child calls of a fork, calls raised by Operate 4, risks raised at close
	Watch    Watch    `json:"watch,omitzero"`     // of the clocks, after this change
	// Validity is of the agreement that the step put in force or agreed for a later day: its own workflow watches it.
	Validity *AgreementTerm `json:"validity,omitempty"`
	// Waiting and Request are what an alarm brings: other profiles for the open step, another system to be called.
	Waiting *Waiting         `json:"waiting,omitempty"`
	Request *OutboundRequest `json:"request,omitempty"`
	// Approval is how the approval of the open step stands; nil when the change touched none. Owed is one that is asked for
	// afterwards: its own workflow waits for it.
	Approval *ApprovalResult `json:"approval,omitempty"`
	Owed     *Obligation     `json:"owed,omitempty"`
}

// Amendment is a recorded change that finishes no step: a question, an answer, a note, a link, an abort, a retype and so on.
type Amendment struct {
	Call      Call           `json:"call"`
	Kind      EventKind      `json:"kind"`
	Key       string         `json:"key"` // idempotency key within the call
	Step      Step           `json:"step,omitempty"`
	Actor     Actor          `json:"actor"`
	Text      string         `json:"text,omitempty"` // question, answer, note or reason
	Fields    map[string]any `json:"fields,omitempty"`
	To        string         `json:"to,omitempty"`        // link: the other call
	LinkKind  string         `json:"link_kind,omitempty"` // link: e.g. "related"
	Type      CallType       `json:"type,omitempty"`      // retype: the new type
	Signals   []Signal       `json:"signals,omitempty"`   // dead letters to keep
	Reason    string         `json:"reason,omitempty"`    // pause, resume: id of the reason
	Applies   Applies        `json:"applies,omitempty"`   // rebind
	Alarm     Alarm          `json:"alarm,omitzero"`      // what rings
	Outcome   Outcome        `json:"outcome,omitempty"`   // proposed
	Vote      *Vote          `json:"vote,omitempty"`      // decided
	Approver  *Approver      `json:"approver,omitempty"`  // approver added
	Profiles  []string       `json:"profiles,omitempty"`  // reassigned
	RequestID string         `json:"request_id,omitempty"`
	ActionID  string         `json:"action_id,omitempty"` // "" when no action is behind it
	Next      *Next          `json:"next,omitempty"`      // nil: the state of the call stays
}

// Vote is a decision on its way to be counted. Actor of the action says whose it is and who gives it.
type Vote struct {
	Approval string     `json:"approval"`
	Decision Decision   `json:"decision"`
	Digest   string     `json:"digest"`
	SignedIn *time.Time `json:"signed_in,omitempty"` // when the person signed in last; nil for a token without a sign-in
	Through  string     `json:"through,omitempty"`   // "api", "link"
}

// Binding is what a call is bound to when it opens; it stays the same for the life of the call.
type Binding struct {
	Version      int           `json:"version"`             // of the domain
	Agreement    string        `json:"agreement,omitempty"` // id@version in force for the requester's customer and the service
	Procedure    Procedure     `json:"procedure"`
	Categories   []string      `json:"categories"`
	Priorities   PriorityTable `json:"priorities,omitempty"`
	Unauthorised string        `json:"unauthorised,omitempty"` // why the customer does not authorise the requester; "" when it does
	TaskQueue    string        `json:"task_queue,omitempty"`
	ConsoleURL   string        `json:"console_url,omitempty"`
	Reasons      []string      `json:"reasons,omitempty"` // ids of the reasons for which a person may pause the clocks
	Watch        Watch         `json:"watch,omitzero"`    // of the clocks, when the binding is read
	Gated        []Step        `json:"gated,omitempty"`   // steps of this process for which the domain has a policy of approval
}

// Ack is the answer to an update.
type Ack struct {
	Number  string   `json:"number"`
	Status  Status   `json:"status"`
	Step    Step     `json:"step"`
	Attempt int      `json:"attempt"`
	Moving  bool     `json:"moving,omitempty"` // the engine goes on by itself: settle before reading
	Opened  []string `json:"opened,omitempty"` // numbers of calls that were opened
	Waits   []string `json:"waits,omitempty"`  // numbers of the child calls the call waits for
	Parent  string   `json:"parent,omitempty"` // number of the call that waits for this one, once this one has ended
	Again   bool     `json:"again,omitempty"`  // it had been done before: this is the first answer
}

// EventKind names what a row of the trail records.
type EventKind string

// The kinds of events.
const (
	EventRegistered    EventKind = "registered"
	EventOpened        EventKind = "opened"
	EventStepFinished  EventKind = "step_finished"
	EventForked        EventKind = "forked"
	EventAsked         EventKind = "asked"
	EventAnswered      EventKind = "answered"
	EventSentBack      EventKind = "sent_back" // redo, dispute, rejected release, child that failed
	EventNoted         EventKind = "noted"
	EventLinked        EventKind = "linked"
	EventSignal        EventKind = "signal"
	EventDeadLetter    EventKind = "dead_letter"
	EventRequested     EventKind = "work_requested"
	EventRetyped       EventKind = "retyped"
	EventAborted       EventKind = "aborted"
	EventPaused        EventKind = "paused"
	EventResumed       EventKind = "resumed"
	EventRebound       EventKind = "rebound"
	EventAlarm         EventKind = "alarm"    // a warning, a breach, a step of the escalation ladder, the time of an approval
	EventProposed      EventKind = "proposed" // what a step comes to waits for approval
	EventDecided       EventKind = "decided"  // a vote
	EventBypassed      EventKind = "bypassed" // in an emergency
	EventApproverAdded EventKind = "approver_added"
	EventRechecked     EventKind = "rechecked" // an approval after the directory changed
	EventClaimed       EventKind = "claimed"
	EventReleased      EventKind = "released"
	EventReassigned    EventKind = "reassigned"
)
