package usm

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Span is an amount of business time. In JSON and in domain files it is a Go duration without zero parts: "4h", "1h30m".
type Span time.Duration

// String returns the span as it stands in JSON.
func (s Span) String() string {
	text := time.Duration(s).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalJSON writes a text.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads a Go duration.
func (s *Span) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("a span of time is a text like 1h30m: %w", err)
	}
	d, err := time.ParseDuration(text)
	*s = Span(d)
	return err
}

// ClockState says whether a clock runs.
type ClockState string

// The states of a clock.
const (
	ClockPending   ClockState = "pending" // its start has not come yet
	ClockRunning   ClockState = "running"
	ClockPaused    ClockState = "paused"
	ClockStopped   ClockState = "stopped"   // it came to its moment: met unless it was breached
	ClockCancelled ClockState = "cancelled" // it no longer counts: the call ended otherwise, the team changed, the norm went
)

// The names of the norms that every agreement may promise; others have the name that the agreement gives them.
const (
	NormReaction = "reaction"
	NormUpdate   = "update"
	NormHandling = "handling"
)

// Clock is one norm that runs beside a call, as it stood at Since. It is the state that the ledger is folded into.
type Clock struct {
	ID        string     `json:"id"`                 // unique within the call: agreement id, norm and, of a link that came again, its count
	Norm      string     `json:"norm"`               // reaction, update, handling or the norm's own name
	Agreement string     `json:"agreement"`          // id@version that promises it
	Link      string     `json:"link,omitempty"`     // OLA or UC: the team or supplier; "" is the agreement with the customer
	Calendar  string     `json:"calendar,omitempty"` // "" is the domain's own
	State     ClockState `json:"state"`
	Promise   string     `json:"promise"`   // the target as the agreement writes it
	Target    Span       `json:"target"`    // the same in business time; business days are measured from the start
	Used      Span       `json:"used"`      // business time used up to Since, carried over every change
	Discount  Span       `json:"discount"`  // part of Used that does not count against the target; see FromChange
	Remaining Span       `json:"remaining"` // Target + Discount − Used; negative after a breach
	Since     time.Time  `json:"since"`
	StartedAt *time.Time `json:"started_at"`
	StoppedAt *time.Time `json:"stopped_at"`
	Due       *time.Time `json:"due"` // nil unless it runs
	// BreachedAt is the exact moment at which the target was used up, nil when it was not. Of a norm that begins again it
	// is the first one.
	BreachedAt *time.Time `json:"breached_at"`
	Breaches   int        `json:"breaches"`          // cycles that were breached
	Cycle      int        `json:"cycle"`             // from 1; grows with every reset
	CycleAt    time.Time  `json:"cycle_at,omitzero"` // when this cycle began; zero: at StartedAt
	LateAt     time.Time  `json:"late_at,omitzero"`  // when this cycle was breached; zero: it was not
	Reasons    []string   `json:"reasons,omitempty"` // why it is paused
	Holder     string     `json:"holder,omitempty"`  // who has the call since the last row: provider, customer, a team or supplier
	Rung       []string   `json:"rung,omitempty"`    // alarms of this cycle that rang
	Phases     []Phase    `json:"phases,omitempty"`  // handling of an incident (usm.md §7)
}

// Breached reports whether the norm was missed.
func (c Clock) Breached() bool { return c.Breaches > 0 }

// Phase is a part of handling: detection, diagnosis, repair or recovery.
type Phase struct {
	Name    string `json:"name"`
	Used    Span   `json:"used"`    // business time in which the clock ran
	Elapsed Span   `json:"elapsed"` // by the wall clock
}

// LedgerRow is one change of one clock. The rows of a call, in their order, are its clock ledger.
type LedgerRow struct {
	Revision int       `json:"revision"` // from 1; a recomputation begins the next one and the earlier ones stay
	Row      int       `json:"row"`      // from 1 within the revision
	At       time.Time `json:"at"`
	Recorded time.Time `json:"recorded,omitzero"` // where that differs from At
	Sequence int       `json:"sequence"`          // of the fact on the trail
	Clock    string    `json:"clock"`
	Norm     string    `json:"norm"`
	// Agreement and Calendar are those that the row is measured with.
	Agreement string      `json:"agreement"`
	Link      string      `json:"link,omitempty"`
	Calendar  string      `json:"calendar,omitempty"`
	Cause     string      `json:"cause"` // in words: "started: the call was opened", "paused: answer (customer)", …
	Change    ClockChange `json:"change"`
	State     ClockState  `json:"state"`
	Reasons   []string    `json:"reasons,omitempty"`
	Holder    string      `json:"holder"` // who had the call since the row before: provider, customer, a team or supplier
	Spent     Span        `json:"spent"`  // business time used since the row before of this clock
	Used      Span        `json:"used"`
	Target    Span        `json:"target"`
	Remaining Span        `json:"remaining"`
	Due       *time.Time  `json:"due"`
}

// ClockChange names what a row of the ledger does to its clock.
type ClockChange string

// The changes.
const (
	ClockStarts    ClockChange = "started"
	ClockPauses    ClockChange = "paused"
	ClockResumes   ClockChange = "resumed"
	ClockStops     ClockChange = "stopped"
	ClockCancels   ClockChange = "cancelled"
	ClockResets    ClockChange = "reset"
	ClockRetargets ClockChange = "retargeted"  // another norm applies: priority, service or agreement changed
	ClockHandsOver ClockChange = "handed_over" // another team has the call
	ClockBreaches  ClockChange = "breached"
	ClockAlarms    ClockChange = "alarmed" // a warning or an escalation step
	ClockCarries   ClockChange = "carried" // taken over from the call that was retyped
)

// Ledger is what the clocks of a call come to.
type Ledger struct {
	Clocks []Clock     `json:"clocks"`
	Rows   []LedgerRow `json:"rows"`
	Chain  []ChainLink `json:"chain"`
}

// ChainLink says how much of the handling time somebody had the call.
type ChainLink struct {
	Holder    string `json:"holder"`              // provider, customer (paused time by the wall clock is not in it), team or supplier
	Agreement string `json:"agreement,omitempty"` // OLA or UC, id@version
	Call      string `json:"call,omitempty"`      // child call; "" is the call itself
	Used      Span   `json:"used"`
}

// Alarm is the next thing that a clock wants done.
type Alarm struct {
	Key string    `json:"key,omitempty"` // clock, cycle and what rings: "sa-sales/handling/1/breach"; "" for none
	At  time.Time `json:"at,omitzero"`   // may be past: then it rings at once
}

// Watch is all that a call's workflow has to know about its clocks.
type Watch struct {
	Alarm Alarm     `json:"alarm,omitzero"`
	Due   time.Time `json:"due,omitzero"` // the earliest due date of a clock that runs
}

// ClockExport is what GET /calls/{number}/clocks answers, and what a due date is recomputed from without a server.
type ClockExport struct {
	Call     string           `json:"call"`
	At       time.Time        `json:"at"` // running clocks are read at this moment
	Revision int              `json:"revision"`
	Facts    []Fact           `json:"facts"`
	Terms    map[string]Terms `json:"terms"` // by key
	Ledger
	Earlier  []LedgerRow   `json:"earlier,omitempty"`  // rows of revisions that a recomputation replaced
	Children []ClockExport `json:"children,omitempty"` // of forks, oldest first
}
