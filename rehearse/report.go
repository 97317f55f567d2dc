package rehearse

import (
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// Report is what a rehearsal came to.
type Report struct {
	Cases      int        `json:"cases"`      // with at least one row that can be used
	Rows       int        `json:"rows"`       // of these
	Backwards  int        `json:"backwards"`  // rows that lie before the row before them; they count as at its time
	Open       int        `json:"open"`       // cases that the log does not close: they are measured up to their last row
	Unattended int        `json:"unattended"` // deliveries that count as confirmed, as the procedure says, before the log goes on
	Uncovered  int        `json:"uncovered"`  // cases that no agreement covers
	Unpromised int        `json:"unpromised"` // cases for whose type and priority the agreement promises nothing
	Norms      []NormRow  `json:"norms"`      // first those of all, last those of OLAs and UCs
	Pauses     []PauseRow `json:"pauses"`
	Rings      []RingRow  `json:"rings"`
	// Recorded is nil when the log does not say itself whether the promise was kept.
	Recorded *Recorded `json:"recorded,omitempty"`
	// Changes is nil unless the proposal is compared with another domain: a row for each norm of which any case changed or
	// stayed.
	Changes []ChangeRow `json:"changes,omitempty"`
	// Approvals is nil when the log tells of no decisions, or no policy of the domain asks at their step.
	Approvals *Approvals `json:"approvals,omitempty"`
	// Notes say what could not be rehearsed, and why.
	Notes    []string         `json:"notes,omitempty"`
	Refused  int              `json:"refused"`  // rows
	Refusals []replay.Refusal `json:"refusals"` // the first of them
	Elapsed  time.Duration    `json:"elapsed_ns"`
}

// NormRow says how often a norm was kept. A row without an agreement is that of all agreements with customers and all
// priorities.
type NormRow struct {
	Agreement string       `json:"agreement"`      // id
	Link      string       `json:"link,omitempty"` // OLA or UC: the team or supplier
	Norm      string       `json:"norm"`
	Type      usm.CallType `json:"type"`
	Priority  usm.Priority `json:"priority"` // at the end of the case
	Met       int          `json:"met"`
	Breached  int          `json:"breached"`
	Running   int          `json:"running"` // in time when the log ended
	Cancelled int          `json:"cancelled"`
	// Attainment is Met of Met and Breached in percent with two decimals, cut and never rounded up; "" when there is nothing
	// to judge.
	Attainment string `json:"attainment"`
	// Used is the median of the business time used by the clocks that came to their end and never began again; nil: none did.
	Used *usm.Span `json:"used,omitempty"`
}

// PauseRow says how much a reason paused a norm.
type PauseRow struct {
	Agreement string   `json:"agreement"` // id
	Norm      string   `json:"norm"`
	Reason    string   `json:"reason"`
	Pauses    int      `json:"pauses"`
	Cases     int      `json:"cases"`
	Time      usm.Span `json:"time"` // business time in the calendar of the norm, of all cases together
}

// RingRow says how often an alarm would have rung.
type RingRow struct {
	Agreement string   `json:"agreement"` // id
	Norm      string   `json:"norm"`
	Name      string   `json:"name"` // warning/75%, breach, escalation/1, escalation/critical/1, …
	Rings     int      `json:"rings"`
	Does      []string `json:"does,omitempty"` // what an escalation step does, in words
}

// Recorded holds a norm beside what the log itself says.
type Recorded struct {
	Column     string   `json:"column"` // of the log
	Norm       string   `json:"norm"`
	All        Square   `json:"all"`
	Priorities []Square `json:"priorities"` // from first to last
}

// Square is a table of two by two: what the log says, and what the rehearsal does.
type Square struct {
	Priority     usm.Priority `json:"priority,omitempty"` // "" for all
	BothMet      int          `json:"both_met"`
	OnlyLogMet   int          `json:"only_log_met"`
	OnlyMet      int          `json:"only_met"` // by the rehearsal
	BothBreached int          `json:"both_breached"`
	Unjudged     int          `json:"unjudged"`       // the rehearsal, or the log, does not say
	Log          string       `json:"log_attainment"` // percent of those judged, cut to two decimals
	Attainment   string       `json:"attainment"`     // of the rehearsal, the same
}

// ChangeRow says what the proposal changes for a norm. A call in which a norm ran several times, as for a team that got it
// twice, counts once.
type ChangeRow struct {
	Agreement string `json:"agreement"` // id, of the proposal where it has one
	Link      string `json:"link,omitempty"`
	Norm      string `json:"norm"`
	Same      int    `json:"same"`
	Breached  int    `json:"breached"` // met before, breached under the proposal
	Met       int    `json:"met"`      // breached before, met under the proposal
	Other     int    `json:"other"`    // any other change: cancelled, or still running when the log ended
	New       int    `json:"new"`      // promised under the proposal only
	Gone      int    `json:"gone"`     // promised before only
	// Examples are the first cases of both directions.
	Examples []Example `json:"examples"`
}

// Example is a case that the proposal changes.
type Example struct {
	Case   string  `json:"case"`
	Line   int     `json:"line"` // of its first row
	Before Verdict `json:"before"`
	After  Verdict `json:"after"`
}

// Verdict is how a norm stood at the end of a case.
type Verdict struct {
	Result  string   `json:"result"`
	Promise string   `json:"promise"`
	Target  usm.Span `json:"target"`
	Used    usm.Span `json:"used"`
}
