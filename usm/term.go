package usm

import (
	"fmt"
	"time"
)

// AgreementTerm is the input of the technical workflow that watches the validity of one version of an agreement: one run
// for each version, with durable timers for what comes.
type AgreementTerm struct {
	Domain    string          `json:"domain"`
	Agreement string          `json:"agreement"`
	Version   int             `json:"version"`
	Events    []AgreementTurn `json:"events"` // in the order of time
}

// AgreementTurn is a turn in the life of an agreement.
type AgreementTurn struct {
	At   time.Time     `json:"at"`
	Kind AgreementKind `json:"kind"`
}

// AgreementKind names a turn.
type AgreementKind string

// The turns.
const (
	TurnInForce AgreementKind = "in_force" // the first day has come: it replaces the version before
	TurnRenewal AgreementKind = "renewal"  // a notice that it ends soon
	TurnExpired AgreementKind = "expired"  // the last day is over
)

// WorkflowID is the ID under which the version is watched.
func (t AgreementTerm) WorkflowID() string {
	return fmt.Sprintf("agreement:%s:%s@%d", t.Domain, t.Agreement, t.Version)
}

// AgreementEvent is a row of an agreement's history: what happened to a version, when, and by which call.
type AgreementEvent struct {
	Domain    string    `json:"domain"`
	Agreement string    `json:"agreement"`
	Version   int       `json:"version"`
	At        time.Time `json:"at"`
	// Recorded is when it was written where that differs from At: a turn of time that was written late.
	Recorded time.Time `json:"recorded,omitzero"`
	Kind     string    `json:"kind"` // a state that it came into, or "renewal"
	Call     string    `json:"call,omitempty"`
	Text     string    `json:"text,omitempty"`
}
