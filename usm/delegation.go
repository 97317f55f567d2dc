package usm

import "time"

// Delegation lets a person act for another from one moment to another: decide approvals and finish steps, within what
// narrows it. What is empty does not narrow. It counts from its first moment, also for what waits already, and ends with
// its last. Nobody gets by it what segregation keeps from him or from the one he stands in for.
type Delegation struct {
	ID      int64     `json:"id"`
	Domain  string    `json:"domain"`
	Person  string    `json:"person"` // who is stood in for
	To      string    `json:"to"`     // who stands in
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"` // not included
	Process Process   `json:"process,omitempty"`
	Service string    `json:"service,omitempty"`
	Amount  float64   `json:"amount,omitempty"` // at most; 0 is any
	When    string    `json:"when,omitempty"`   // CEL as in ApprovalPolicy.When
	Reason  string    `json:"reason,omitempty"` // an absence, for example
	By      string    `json:"by"`               // who made it: the person, or a coordinator of the domain
	// RevokedAt ends it early; nil while it stands.
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// StandIn is one way in which somebody may act for another now. A chain of delegations is one stand-in: the last may act
// for the first, under the delegation that begins with the first.
type StandIn struct {
	Person     string `json:"person"` // who is stood in for
	By         string `json:"by"`
	Delegation int64  `json:"delegation"`
}

// DelegationFilter narrows GET /delegations. The zero value asks for all, the latest first.
type DelegationFilter struct {
	Page
	Domain string
	Person string // who is stood in for, or who stands in
	Sight  *Sight // nil: everything
}
