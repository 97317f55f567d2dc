package usm

import "time"

// ReportFilter narrows the reports on calls. A report on what happened needs both ends of its period.
type ReportFilter struct {
	From, Until time.Time // half open
	Domain      string
	Visible     *Sight // nil: everything
	Per         string // flow: day or week, in UTC
	// Of and what follows name the calls behind a number of a report.
	Of      string // opened, closed, open, waited or bounced
	Process Process
	Step    Step
	Age     string // open: one of ReportAges
	Bounce  string // bounced: one of Bounces
	Page
}

// FlowRow says how many calls came in and were closed.
type FlowRow struct {
	Day    string    `json:"day" doc:"or the first day of the week, in UTC"`
	Opened int       `json:"opened"`
	Closed int       `json:"closed"`
	Calls  FlowCalls `json:"calls"`
}

// FlowCalls are the addresses of the calls behind the numbers of a row. They are left to the API.
type FlowCalls struct {
	Opened string `json:"opened"`
	Closed string `json:"closed"`
}

// ReportAges are how long calls have been open: less than a day, less than three, and so on.
func ReportAges() []string { return []string{"1d", "3d", "7d", "30d", "older"} }

// OpenRow says how many calls of a process are open, and for how long.
type OpenRow struct {
	Process Process `json:"process"`
	Age     string  `json:"age" enum:"1d,3d,7d,30d,older" doc:"less than that; a call is in one row"`
	Count   int     `json:"count"`
	Calls   string  `json:"calls" doc:"address of the calls behind the number"`
}

// WaitingRow says how long calls waited at a step until it was done.
type WaitingRow struct {
	Process Process `json:"process"`
	Step    Step    `json:"step"`
	Done    int     `json:"done"`
	Median  Span    `json:"median" doc:"half of them waited no longer"`
	Slow    Span    `json:"slow" doc:"nine of ten waited no longer"`
	Calls   string  `json:"calls" doc:"address of the calls behind the number"`
}

// Bounces are the ways in which calls come back: to somebody else, to an earlier step, from who was to confirm, and to another
// register.
func Bounces() []string { return []string{"reassigned", "redone", "disputed", "retyped"} }

// BounceRow says how often calls bounced at a step; one that is redone counts at the step that it went back to.
type BounceRow struct {
	Process Process `json:"process"`
	Step    Step    `json:"step"`
	Bounce  string  `json:"bounce" enum:"reassigned,redone,disputed,retyped"`
	Count   int     `json:"count"`
	Calls   string  `json:"calls" doc:"address of the calls behind the number"`
}

// ReportCall is a call behind a number of a report.
type ReportCall struct {
	Call    string    `json:"call"`
	Subject string    `json:"subject"`
	Domain  string    `json:"domain"`
	Process Process   `json:"process"`
	Status  Status    `json:"status"`
	Step    Step      `json:"step" doc:"where it happened; of an open call where it is"`
	At      time.Time `json:"at" doc:"when it was opened or closed, the step was done, or it bounced"`
	Waited  *Span     `json:"waited,omitempty"`
	Bounce  string    `json:"bounce,omitempty"`
}
