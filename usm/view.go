package usm

import "time"

// CallView is a call as the API shows it and as lists keep it.
type CallView struct {
	Number         string       `json:"number"`
	Type           CallType     `json:"type"`
	Domain         string       `json:"domain"`
	Subject        string       `json:"subject"`
	Description    string       `json:"description"`
	Status         Status       `json:"status"`
	Workflow       WorkflowView `json:"workflow"`
	Process        Process      `json:"process"`
	Step           Step         `json:"step" doc:"the step that is open; empty when the call has ended"`
	Attempt        int          `json:"attempt"`
	Priority       Priority     `json:"priority"`
	Impact         Level        `json:"impact"`
	Urgency        Level        `json:"urgency"`
	Category       string       `json:"category"`
	Requester      string       `json:"requester"`
	Service        string       `json:"service"`
	Components     []string     `json:"components"`
	Parent         string       `json:"parent"`
	Children       []string     `json:"children"`
	Links          []Link       `json:"links"`
	Clocks         []Clock      `json:"clocks" doc:"norms that run beside the call, as of their last change; GET …/clocks reads them now"`
	Paused         []string     `json:"paused" doc:"reasons for which somebody paused the clocks"`
	Due            *time.Time   `json:"due" doc:"earliest due date of a clock that runs"`
	Agreement      string       `json:"agreement" doc:"id@version that covers the call; empty for none"`
	Clause         string       `json:"clause" doc:"clause of the agreement that covers the requester; empty when it covers everybody of the customer"`
	Team           string       `json:"team" doc:"solution team or supplier that has the call"`
	WaitingFor     WaitingView  `json:"waiting_for"`
	AllowedActions []string     `json:"allowed_actions" doc:"paths under the call that the caller may POST to now"`
	// WhyNot is filled where one call is read, and not in lists.
	WhyNot        map[string]string `json:"why_not,omitempty" doc:"of the other actions, why the caller may not; absent in lists"`
	Typing        Typing            `json:"typing"`
	DomainVersion int               `json:"domain_version"`
	OpenedBy      string            `json:"opened_by"`
	OpenedAt      time.Time         `json:"opened_at"`
	FulfilledAt   *time.Time        `json:"fulfilled_at"`
	ClosedAt      *time.Time        `json:"closed_at"`
	Outcome       Outcome           `json:"outcome"`
	Fields        map[string]any    `json:"fields" doc:"what the request and the finished steps recorded, latest value of each"`
	TemporalURL   string            `json:"temporal_url"`
	Revision      int               `json:"revision" doc:"grows with every change of the call; the ETag"`
	Forked        bool              `json:"forked" doc:"true for a child call that a fork opened"`
	Unheard       bool              `json:"-"` // something is recorded of it that its run may not know; of one call only, not in lists
}

// WorkflowView names the workflow a call is bound to.
type WorkflowView struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
}

// WaitingView is Waiting with the people who may act now.
type WaitingView struct {
	Kind     WaitKind   `json:"kind"`
	Step     Step       `json:"step"`
	Profiles []string   `json:"profiles"`
	People   []string   `json:"people" doc:"ids of those who may act now"`
	StandIns []StandIn  `json:"stand_ins,omitempty" doc:"of those people, who act for another and not for themselves"`
	Since    *time.Time `json:"since"`
	Signal   string     `json:"signal,omitempty"`
	Question string     `json:"question,omitempty"`
	Approval string     `json:"approval,omitempty" doc:"id of the approval that is open"`
	Claimed  string     `json:"claimed,omitempty" doc:"id of the person who claimed the step"`
	Steered  string     `json:"steered,omitempty" doc:"profile of the workflow coordinator who decided who has the step"`
	// Accountable is by the procedure; the coordinator or manager who holds it is the workflow coordinator. "" when it waits for nothing.
	Accountable string `json:"accountable,omitempty" doc:"profile that is accountable for the step"`
}

// Link is a typed connection between two calls.
type Link struct {
	To   string `json:"to"`
	Kind string `json:"kind" doc:"parent, child, raised, raised_from, retyped_to, retyped_from, duplicate_of, related …"`
}

// PathView is a row of GET /calls/{number}/path.
type PathView struct {
	Process  Process    `json:"process"`
	Step     Step       `json:"step"`
	Workflow string     `json:"workflow"`
	Call     string     `json:"call" doc:"number of the call that runs the step; empty while its child is not opened"`
	Depth    int        `json:"depth"`
	State    State      `json:"state"`
	By       string     `json:"by"`
	For      string     `json:"for"`
	At       *time.Time `json:"at"`
	Attempt  int        `json:"attempt"`
	Outcome  Outcome    `json:"outcome"`
	Reason   string     `json:"reason"`
}

// Event is a row of the trail. Sequence numbers of a call have no gaps.
type Event struct {
	Call      string         `json:"call"`
	Sequence  int            `json:"sequence"`
	At        time.Time      `json:"at"`
	Kind      EventKind      `json:"kind"`
	Process   Process        `json:"process"`
	Step      Step           `json:"step"`
	Attempt   int            `json:"attempt"`
	State     State          `json:"state,omitempty"`
	By        string         `json:"by"`
	For       string         `json:"for"`
	Profile   string         `json:"profile"`
	Rule      string         `json:"rule"`
	Outcome   Outcome        `json:"outcome"`
	Text      string         `json:"text"`
	Fields    map[string]any `json:"fields"`
	Before    map[string]any `json:"before"` // what the change replaced: status, step, priority …
	After     map[string]any `json:"after"`
	Version   int            `json:"version"`             // of the domain the call is bound to
	Agreement string         `json:"agreement,omitempty"` // id@version the call is bound to
	RequestID string         `json:"request_id,omitempty"`
}

// StepView is what GET /calls/{number}/steps/{step} answers.
type StepView struct {
	Step     Step           `json:"step"`
	Title    string         `json:"title"`
	Schema   map[string]any `json:"schema" doc:"JSON Schema of fields"`
	Example  map[string]any `json:"example" doc:"a minimal body that would be accepted now"`
	Outcomes []Outcome      `json:"outcomes"`
	Allowed  bool           `json:"allowed"`
	WhyNot   string         `json:"why_not"`
}

// FinishRequest is the body that finishes a step.
type FinishRequest struct {
	Outcome       Outcome        `json:"outcome,omitempty"`
	Fields        map[string]any `json:"fields,omitempty"`
	Note          string         `json:"note,omitempty" maxLength:"20000"`
	NotApplicable *Reason        `json:"not_applicable,omitempty"`
}

// Reason is a reason that has to be given.
type Reason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"20000"`
}

// DeadLetter is a signal that nothing waits for.
type DeadLetter struct {
	ID         int64      `json:"id"`
	Call       string     `json:"call"`
	Name       string     `json:"name"`
	Signal     Signal     `json:"signal"`
	Reason     string     `json:"reason"`
	At         time.Time  `json:"at"`
	ReplayedAt *time.Time `json:"replayed_at"`
}
