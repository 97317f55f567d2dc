package usm

// Effects is what a finished step writes besides the state of its call. Activities decide it purely, from the fields
// of the step; the store writes all of it in the transaction that finishes the step. A nil part writes nothing.
type Effects struct {
	Facts         *RequestFacts     // accept, classify: what the call is about, completed or corrected
	Specification *ServiceDraft     // Agree 3
	Offer         *Offer            // Agree 4: the agreement in draft and its reservations
	OfferState    string            // Agree 5: "agreed" or "not_agreed" (which releases the reservations); Agree 7: "in_force"
	ChangePlan    *ChangePlan       // Change 3
	Preparation   *Preparation      // Change 4
	Release       *ReleaseDecision  // Change 5
	Components    []ComponentChange // Change 8, the only writer of the register
	Match         *Match            // Recover 3
	Recovery      *Recovery         // Recover 4
	OperationPlan *OperationPlan    // Operate 3
	Log           []LogEntry        // Operate 4
	Raise         []NewCall         // Operate 4: incidents and risks seen; close steps: a risk for each improvement
	Cause         *Cause            // Improve 3
	Measures      *MeasureChoice    // Improve 4
	Evaluation    *Evaluation       // close steps
	Notices       []Notice          // what has to be told, through the outbox
}

// RequestFacts corrects what a call is about; empty parts stay as they are.
type RequestFacts struct {
	Service     string   `json:"service,omitempty"`
	Components  []string `json:"components,omitempty"`
	DuplicateOf string   `json:"duplicate_of,omitempty"` // number of an earlier call: linked
	Category    string   `json:"category,omitempty"`
	Impact      Level    `json:"impact,omitempty"`  // of a risk: its effect
	Urgency     Level    `json:"urgency,omitempty"` // of a risk: its likelihood
	Priority    Priority `json:"-"`
}

// ServiceDraft is the specification of a service as worked out for a wish.
type ServiceDraft struct {
	Service       string         `json:"service"`
	Name          string         `json:"name,omitempty"` // "" keeps the name the service has, or takes the id
	Specification Specification  `json:"specification"`
	Teams         []Contribution `json:"teams,omitempty"`
}

// Contribution is what a solution team puts in.
type Contribution struct {
	Team         string `json:"team"`
	Contribution string `json:"contribution"`
	Cost         string `json:"cost,omitempty"`
}

// Offer is an agreement in draft. Customer "" is the requester's customer, Provider "" the domain itself.
type Offer struct {
	Agreement    string        `json:"agreement"` // id; an existing one gets a new version
	Type         AgreementType `json:"type"`
	Customer     string        `json:"customer,omitempty"`
	Provider     string        `json:"provider,omitempty"`
	Services     []string      `json:"services"`
	Under        []string      `json:"under,omitempty"`
	Coverage     []Clause      `json:"coverage,omitempty"`
	Requests     []string      `json:"requests,omitempty"`
	Calendar     string        `json:"calendar,omitempty"`
	Norms        []Norm        `json:"norms,omitempty"`
	Pauses       []PauseReason `json:"pauses,omitempty"`
	Warnings     []string      `json:"warnings,omitzero"`
	Escalation   []Escalation  `json:"escalation,omitzero"`
	Applies      Applies       `json:"applies,omitempty"`
	Renewal      []int         `json:"renewal,omitempty"`
	Cost         string        `json:"cost"`
	Ready        string        `json:"ready"`
	ValidFrom    string        `json:"valid_from,omitempty"`
	ValidUntil   string        `json:"valid_until,omitempty"`
	Reservations []Reservation `json:"reservations,omitempty"`
}

// Reservation keeps a team's contribution free until the offer is agreed or not.
type Reservation struct {
	Team string `json:"team"`
	What string `json:"what"`
	From string `json:"from,omitempty"`
}

// ChangePlan is an entry of the change calendar.
type ChangePlan struct {
	Plan           string   `json:"plan"`
	ImpactAnalysis string   `json:"impact_analysis"`
	Start          string   `json:"start,omitempty"` // RFC 3339
	End            string   `json:"end,omitempty"`   // RFC 3339
	Release        string   `json:"release,omitempty"`
	Components     []string `json:"components,omitempty"`
}

// Preparation is what Change 4 makes.
type Preparation struct {
	Built          string `json:"built,omitempty"`
	TestPlan       string `json:"test_plan"`
	DeploymentPlan string `json:"deployment_plan"`
}

// ReleaseDecision is Change 5.
type ReleaseDecision struct {
	TestReport TestReport `json:"test_report"`
	Reason     string     `json:"reason,omitempty"`
	Decision   Outcome    `json:"-"`
}

// TestReport says what testing showed.
type TestReport struct {
	Passed  bool   `json:"passed"`
	Summary string `json:"summary"`
}

// Match is Recover 3: what is known about the incident, or who is to solve it.
type Match struct {
	Diagnosis  string `json:"diagnosis"`
	Solution   string `json:"solution,omitempty"`    // id of a known solution
	KnownError string `json:"known_error,omitempty"` // number of a risk
	Team       string `json:"team,omitempty"`        // solution team it is routed to
}

// Recovery is Recover 4: the solution and the route.
type Recovery struct {
	Solution   string  `json:"solution"`
	Workaround bool    `json:"workaround,omitempty"`
	Title      string  `json:"title,omitempty"` // given: kept as a known solution under this title
	Route      Outcome `json:"-"`
}

// OperationPlan is an entry of the operations calendar; with a recurrence (RFC 5545 RRULE) it is static.
type OperationPlan struct {
	Plan       string `json:"plan"`
	Start      string `json:"start,omitempty"`
	End        string `json:"end,omitempty"`
	Recurrence string `json:"recurrence,omitempty"`
	Team       string `json:"team,omitempty"`
}

// LogEntry is a row of the operations log.
type LogEntry struct {
	At   string `json:"at,omitempty"` // RFC 3339; "": when it is recorded
	Text string `json:"text"`
}

// Raised is an incident or a risk seen during an operation, or an improvement.
type Raised struct {
	Subject     string   `json:"subject"`
	Description string   `json:"description,omitempty"`
	Service     string   `json:"service,omitempty"`
	Components  []string `json:"components,omitempty"`
	Impact      Level    `json:"impact,omitempty"`
	Urgency     Level    `json:"urgency,omitempty"`
}

// Cause is Improve 3. A cause that is found makes the risk a known error.
type Cause struct {
	Cause      string `json:"cause"`
	KnownError bool   `json:"known_error"`
}

// Measure is one way to treat a risk.
type Measure struct {
	Title        string `json:"title"`
	BusinessCase string `json:"business_case"`
	Cost         string `json:"cost,omitempty"`
}

// MeasureChoice is Improve 4.
type MeasureChoice struct {
	Measures     []Measure    `json:"measures,omitempty"`
	Choice       string       `json:"choice,omitempty"` // title of the chosen measure
	ResidualRisk ResidualRisk `json:"residual_risk"`
	Reason       string       `json:"reason,omitempty"` // why the risk is accepted
	Route        Outcome      `json:"-"`
}

// ResidualRisk is what remains after the measure.
type ResidualRisk struct {
	Effect     Level  `json:"effect"`
	Likelihood Level  `json:"likelihood"`
	Text       string `json:"text,omitempty"`
}

// Evaluation answers the five questions of the close steps.
type Evaluation struct {
	DoneProperly       bool     `json:"done_properly"`
	RecordedCompletely bool     `json:"recorded_completely"`
	Lessons            string   `json:"lessons"`
	StandardCandidate  bool     `json:"standard_candidate"`
	Improvements       []Raised `json:"improvements"` // each becomes a risk call
}

// Notice is something to tell somebody.
type Notice struct {
	To       string `json:"to"` // person, profile or team
	Text     string `json:"text"`
	Approval string `json:"approval,omitempty"` // id of the approval that asks the person To; "" for other news
}
