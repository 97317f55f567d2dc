package usm

import "time"

// Side says on which side whoever acts stands: it decides what is a reaction of the provider.
type Side string

// The sides.
const (
	SideRequester Side = "requester" // who asked; for a child call its parent
	SideProvider  Side = "provider"  // a person or a system that works for the provider
	SideMachine   Side = "machine"   // the product itself: automatic, inherited and unattended steps, timers
)

// Fact is what a change of a call means for its clocks: a row of the trail, reduced to that. It says what happened and how
// the call stands afterwards. Facts are recorded with the trail and never change; together with Terms they are all that is
// needed to compute every clock anew.
type Fact struct {
	Sequence int       `json:"sequence"` // of the trail
	At       time.Time `json:"at"`       // when it counts: of the first fact the notification, else when it was recorded
	// Recorded is when it was written where that differs from At: a call that was taken while the engine was away, an alarm
	// that rang late. Zero: at At.
	Recorded time.Time `json:"recorded,omitzero"`
	Kind     EventKind `json:"kind"`
	Step     Step      `json:"step,omitempty"` // that the change concerns
	State    State     `json:"state,omitempty"`
	Outcome  Outcome   `json:"outcome,omitempty"`
	By       Side      `json:"by,omitempty"`
	Reason   string    `json:"reason,omitempty"`  // EventPaused and EventResumed: id of the reason
	Alarm    string    `json:"alarm,omitempty"`   // EventAlarm: key of what rang
	Applies  Applies   `json:"applies,omitempty"` // EventRebound
	Terms    string    `json:"terms,omitempty"`   // first fact, and whenever other terms come to apply: their key
	Carried  []Clock   `json:"carried,omitempty"` // first fact of a retyped call: how the clocks of the old one stood

	// How the call stands afterwards.
	Status   Status   `json:"status"`
	Open     Step     `json:"open,omitempty"`
	Attempt  int      `json:"attempt,omitempty"`
	Waiting  WaitKind `json:"waiting"`
	Type     CallType `json:"type"`
	Priority Priority `json:"priority,omitempty"`
	Service  string   `json:"service,omitempty"`
	Team     string   `json:"team,omitempty"`  // solution team or supplier that has it; "" the provider itself
	Child    bool     `json:"child,omitempty"` // a fork opened the call: its customer is the provider
}

// Terms are the versions that the clocks of a call run under. They never change: other terms have another key.
type Terms struct {
	Key       string        `json:"key"` // made from the ids and versions in it
	Domain    string        `json:"domain"`
	Version   int           `json:"version"`             // of the domain, which holds the calendars
	Agreement string        `json:"agreement,omitempty"` // id@version of the SA; "" when none covers the call
	Links     []Agreement   `json:"links,omitempty"`     // the SA first, then the OLAs and UCs under it, directly or not
	Calendars []Calendar    `json:"calendars"`           // the domain's own first; each with its zone
	Pauses    []PauseReason `json:"pauses,omitempty"`    // of the domain
}
