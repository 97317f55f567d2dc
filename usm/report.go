package usm

import (
	"slices"
	"time"
)

// NormFilter narrows a report on norms. Zero values do not narrow. A call belongs to the period in which the clock ended, a
// clock that has not ended to every period up to now in which it ran.
type NormFilter struct {
	From, Until time.Time // half open; zero: no limit
	Domain      string
	Agreement   string // id, or id@version
	Norm        string
	Link        string // team or supplier of an OLA or UC
	Service     string
	Workflow    string // Go name or number
	Type        CallType
	Priority    Priority
	Team        string
	Result      string   // met, breached, running, cancelled; the report has all but the calls behind a number
	By          []string // report: what its rows are for, see NormDimensions; the order is that of the columns
	// Of narrows to one row of the report: dimension → value, as NormRow.Of has them. "" is a value too: a clock that has
	// not ended has no month, one of the agreement with the customer no link.
	Of      map[string]string
	Visible *Sight // nil: everything
	Page           // calls behind a number
}

// NormDimensions are what a report on norms can be broken down by. "month" and "day" are those in which the clock ended,
// in UTC.
func NormDimensions() []string {
	return []string{"domain", "agreement", "norm", "link", "service", "workflow", "type", "priority", "team", "month", "day"}
}

// NormRow is a row of the report on norms.
type NormRow struct {
	Of        map[string]string `json:"of"` // dimension → value
	Met       int               `json:"met"`
	Breached  int               `json:"breached"` // also those that still run and are late
	Running   int               `json:"running"`  // in time so far
	Cancelled int               `json:"cancelled"`
	// Attainment is Met of Met and Breached in percent with two decimals, cut and never rounded up: "99.94"; "" when there
	// is nothing to judge.
	Attainment string `json:"attainment"`
	// Used is the median of the business time used by the clocks that came to their moment; nil when none did.
	Used   *Span   `json:"used,omitempty"`
	Phases []Phase `json:"phases,omitempty"` // medians, of handling of incidents
	// Calls are the addresses of the clocks and calls behind each number. They are left to the API.
	Calls NormCalls `json:"calls"`
}

// Phases are the names of the parts of handling, in their order.
func Phases() []string { return []string{"detection", "diagnosis", "repair", "recovery"} }

// Phase is the median of the business time that a part of handling used; nil when none is known.
func (r NormRow) Phase(name string) *Span {
	i := slices.IndexFunc(r.Phases, func(p Phase) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Phases[i].Used
}

// NormCalls are the addresses of the clocks and calls behind the numbers of a row.
type NormCalls struct {
	Met       string `json:"met"`
	Breached  string `json:"breached"`
	Running   string `json:"running"`
	Cancelled string `json:"cancelled"`
}

// AvailabilityRow says how much of its agreed time a service could be used in a period.
type AvailabilityRow struct {
	Domain       string   `json:"domain"`
	Service      string   `json:"service"`
	Agreed       Span     `json:"agreed"`       // business time of the period in the calendar of the service's agreement
	Down         Span     `json:"down"`         // of it, in which an incident with high impact was open, counted once
	Availability string   `json:"availability"` // percent with three decimals, cut
	Incidents    int      `json:"incidents"`
	Calls        []string `json:"calls"` // their numbers
}

// CallClock is a clock with the call that it belongs to.
type CallClock struct {
	Call    string `json:"call"`
	Subject string `json:"subject"`
	Clock
}
