package usm

import "slices"

// Procedure is a process + WHO: who performs its steps in one domain. A call keeps the version it was bound to.
type Procedure struct {
	Process Process         `json:"process"`
	Steps   []ProcedureStep `json:"steps,omitempty"` // a step that is absent is performed by the Default profiles
	Default ProcedureStep   `json:"default"`
}

// ProcedureStep says who performs one step.
type ProcedureStep struct {
	Step        Step      `json:"step,omitempty"`        // "" in a default
	Accountable string    `json:"accountable,omitempty"` // exactly one profile; "" takes the default's
	Responsible []string  `json:"responsible,omitempty"` // at least one profile; nil takes the default's
	Consulted   []string  `json:"consulted,omitempty"`
	Informed    []string  `json:"informed,omitempty"`
	Supporting  []string  `json:"supporting,omitempty"`
	Performer   Performer `json:"performer,omitempty"` // "" means people
	// Outcome and Fields are what an automatic step finishes with.
	Outcome Outcome        `json:"outcome,omitempty"`
	Fields  map[string]any `json:"fields,omitempty"`
	// Inherited is whether the step of a child call completes by its parent's facts; nil: yes for accept and classify.
	Inherited     *bool  `json:"inherited,omitempty"`
	NotApplicable string `json:"not_applicable,omitempty"` // the reason
	DisputeTo     Step   `json:"dispute_to,omitempty"`     // review steps; "": Process.DisputeTo
	// Signal and Request belong to steps performed by a system.
	Signal  *SignalRule      `json:"signal,omitempty"`
	Request *OutboundRequest `json:"request,omitempty"`
	// AnswerWithin and ConfirmWithin are Go durations: an accept step unanswered for that long is rejected, a delivery
	// unconfirmed for that long counts as confirmed. "": 720h and 336h.
	AnswerWithin  string `json:"answer_within,omitempty"`
	ConfirmWithin string `json:"confirm_within,omitempty"`
	// CloseWithin is a Go duration too: a fulfilled call that nobody evaluates for that long is closed. "": 336h.
	CloseWithin string `json:"close_within,omitempty"`
}

// SignalRule says which signal finishes a step and how its payload becomes outcome and fields. The expressions are CEL
// over `data` (the payload), `signal` (the CloudEvent's attributes) and `call`.
type SignalRule struct {
	Name    string            `json:"name"`
	When    string            `json:"when,omitempty"`    // false: the signal is noted and the step waits on
	Outcome string            `json:"outcome,omitempty"` // an expression that gives a string
	Fields  map[string]string `json:"fields,omitempty"`
}

// OutboundRequest asks another system for the work. URL and Body are Go text/templates over the call, the step and the
// callback address; header values may name secrets as {{secret "NAME"}} (environment USM_SECRET_NAME).
type OutboundRequest struct {
	Method  string            `json:"method,omitempty"` // "": POST
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"` // "": a CloudEvent with the call
}

// Rule returns how the procedure performs a step: the step's own row completed by the default.
func (p Procedure) Rule(step Step) ProcedureStep {
	rule := ProcedureStep{Step: step}
	for _, row := range p.Steps {
		if row.Step == step {
			rule = row
		}
	}
	if rule.Accountable == "" {
		rule.Accountable = p.Default.Accountable
	}
	if len(rule.Responsible) == 0 {
		rule.Responsible = p.Default.Responsible
	}
	if rule.Performer == "" {
		rule.Performer = ByPeople
	}
	if rule.DisputeTo == "" {
		rule.DisputeTo = p.Process.DisputeTo()
	}
	return rule
}

// Profiles returns the profiles that may perform the step: the responsible ones and the accountable one.
func (r ProcedureStep) Profiles() []string {
	profiles := append([]string{}, r.Responsible...)
	if slices.Contains(profiles, r.Accountable) {
		return profiles
	}
	return append(profiles, r.Accountable)
}

// InheritedByChild reports whether the step of a child call completes by inheritance.
func (r ProcedureStep) InheritedByChild() bool {
	if r.Inherited != nil {
		return *r.Inherited
	}
	kind := r.Step.Kind()
	return kind == KindAccept || kind == KindClassify
}

// Procedure returns the domain's procedure for a process; the zero Procedure when there is none.
func (d Domain) Procedure(process Process) Procedure {
	for _, p := range d.Procedures {
		if p.Process == process {
			return p
		}
	}
	return Procedure{Process: process}
}
