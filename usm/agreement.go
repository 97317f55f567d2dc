package usm

// AgreementType is SA, OLA or UC.
type AgreementType string

// The types of agreements.
const (
	SA  AgreementType = "SA"  // with a customer
	OLA AgreementType = "OLA" // with an internal team
	UC  AgreementType = "UC"  // with a supplier
)

// The states of a version of an agreement (usm.md §5: drafted at Agree 4, agreed at Agree 5, in force when Agree 7
// confirms; then its validity ends it). A version agreed for a later day stays agreed until that day.
const (
	AgreementDraft   = "draft"
	AgreementAgreed  = "agreed"
	AgreementInForce = "in_force"
	AgreementExpired = "expired" // its last day is over
	AgreementEnded   = "ended"   // replaced by a later version, or never agreed
)

// Agreement is one version of an agreement. SA, OLA and UC have one structure.
type Agreement struct {
	ID         string        `json:"id"`
	Type       AgreementType `json:"type"`
	Customer   string        `json:"customer"` // SA: customer; OLA and UC: the provider itself
	Provider   string        `json:"provider"` // OLA and UC: team or supplier
	Services   []string      `json:"services"`
	Version    int           `json:"version,omitempty"`
	State      string        `json:"state,omitempty"`    // draft, agreed, in_force, expired, ended
	Under      []string      `json:"under,omitempty"`    // OLAs and UCs that it rests on
	Coverage   []Clause      `json:"coverage,omitempty"` // whom and what it covers; none: everybody of the customer
	Requests   []string      `json:"requests,omitempty"` // pre-agreed requests: items of the catalogue; none: all of its services
	Calendar   string        `json:"calendar,omitempty"` // that its norms are measured in; "" is the domain's own
	Norms      []Norm        `json:"norms,omitempty"`
	Pauses     []PauseReason `json:"pauses,omitempty"`    // its own reasons, before those of the domain
	Warnings   []string      `json:"warnings,omitzero"`   // of norms that say nothing themselves; see Norm.Warnings
	Escalation []Escalation  `json:"escalation,omitzero"` // of norms that say nothing themselves
	Applies    Applies       `json:"applies,omitempty"`   // how a norm that changes in mid-flight applies; "" is retroactive
	Cost       string        `json:"cost,omitempty"`
	Ready      string        `json:"ready,omitempty"` // ready-definition
	ValidFrom  string        `json:"valid_from,omitempty"`
	ValidUntil string        `json:"valid_until,omitempty"` // last day
	Renewal    []int         `json:"renewal,omitempty"`     // days before the last day on which a notice is given
	// Specification replaces the service's own where the parties agreed something else; nil otherwise.
	Specification *Specification `json:"specification,omitempty"`
	Call          string         `json:"call,omitempty"` // the wish that brought this version; "" for the first load
}

// Clause is one group whom an agreement covers. What is empty does not narrow; what is given must all hold.
type Clause struct {
	ID         string   `json:"id"`
	Text       string   `json:"text,omitempty"`       // for people
	Sites      []string `json:"sites,omitempty"`      // of the requester
	People     []string `json:"people,omitempty"`     // requesters
	Components []string `json:"components,omitempty"` // the requester uses one of them, or the call is about one
	Services   []string `json:"services,omitempty"`   // of those that the agreement names
}

// Applies says how a norm that changes while a call is open applies to it. Used time always carries over.
type Applies string

// The ways.
const (
	Retroactive Applies = "retroactive" // the default: as from the start, so all used time counts
	FromChange  Applies = "from_change" // used time before the change stays on record and does not count against the new norm
	Recompute   Applies = "recompute"   // rebinding only: every fact is measured again, e.g. after a calendar was corrected
)

// Norm is a row of what is promised for a call type and priority. Several rows may be for the same, each for other norms, so
// that these have calendars, pauses and alarms of their own. Rows for exactly the priority go before those for every
// priority. Targets are written as usm/clock reads them: business time ("4h", "1h30m") or business days ("1 business day
// 12:00", "2 business days end").
type Norm struct {
	Type     CallType    `json:"type"`
	Priority Priority    `json:"priority,omitempty"` // "" is every priority, and calls that have none yet
	Calendar string      `json:"calendar,omitempty"` // "" is the agreement's
	Reaction string      `json:"reaction,omitempty"` // to the first step that the provider finishes
	Update   string      `json:"update,omitempty"`   // the requester hears something at least every so often
	Handling string      `json:"handling,omitempty"` // to the requester's confirmation
	Named    []NamedNorm `json:"named,omitempty"`
	// Pause are the reasons that pause handling and the named norms; nil: those for which the customer is accountable. Here
	// and in what follows an empty list is not nil: it says none, and so it is written.
	Pause      []string     `json:"pause,omitzero"`
	Warnings   []string     `json:"warnings,omitzero"`   // shares of the target ("75%") or business time before it ("30m")
	Escalation []Escalation `json:"escalation,omitzero"` // each step once for each clock
}

// NamedNorm is a promised time between any two moments of a call.
type NamedNorm struct {
	Name       string       `json:"name"`
	Target     string       `json:"target"`
	Calendar   string       `json:"calendar,omitempty"` // "" is the norm's
	Start      Moment       `json:"start"`
	Stop       Moment       `json:"stop"`
	Cancel     []Moment     `json:"cancel,omitempty"` // any of them: the clock no longer counts
	Reset      []Moment     `json:"reset,omitempty"`  // any of them: it begins again
	Pause      []string     `json:"pause,omitzero"`   // nil is the norm's
	Warnings   []string     `json:"warnings,omitzero"`
	Escalation []Escalation `json:"escalation,omitzero"`
}

// Moment is a condition on what happens to a call: every member that is given must hold. The zero value never holds.
type Moment struct {
	Event   EventKind `json:"event,omitempty"`   // what was recorded, e.g. step_finished, asked, noted
	Step    Step      `json:"step,omitempty"`    // the step that it concerns
	Opened  Step      `json:"opened,omitempty"`  // this step is open afterwards and was not before
	Outcome Outcome   `json:"outcome,omitempty"` // of the step
	Status  Status    `json:"status,omitempty"`  // of the call afterwards
	Waiting WaitKind  `json:"waiting,omitempty"` // what it waits for afterwards
	Reason  string    `json:"reason,omitempty"`  // of a pause that begins or ends
	By      Side      `json:"by,omitempty"`
}

// PauseReason is a reason for which clocks may pause.
type PauseReason struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Accountable string `json:"accountable"` // "provider" or "customer": time of the provider is not paused by default
	// While is when the reason holds by itself, judged on the state after each change; nil: it holds from a pause action
	// to a resume action. Until: once it holds it holds up to this moment, also when While does not any more.
	While *Moment `json:"while,omitempty"`
	Until *Moment `json:"until,omitempty"`
}

// The reasons that exist everywhere.
const (
	PauseAnswer       = "answer"       // a question waits for the requester; the customer is accountable
	PauseConfirmation = "confirmation" // delivery waits for the requester's confirmation; the customer is accountable
	PauseSupplier     = "supplier"     // a system or supplier was asked; the provider is accountable
	PauseChild        = "child"        // a child call is under way; the provider is accountable
)

// Accountable says who answers for the time that passes.
const (
	AccountableProvider = "provider"
	AccountableCustomer = "customer"
)

// Whom an escalation may notify besides profiles.
const (
	NotifyAccountable = "accountable" // the profile that is accountable for the open step
	NotifyRequester   = "requester"   // who asked for the call
)

// Escalation is one step of the ladder: when, and what is done then. Each is done once for each clock and cycle.
type Escalation struct {
	// At is a share of the target ("75%"), business time before the due date ("-30m"), the due date itself ("due" or "")
	// or business time after it ("+2h").
	At string `json:"at,omitempty"`
	// AnyTime: also outside the domain's own calendar. Otherwise what falls outside waits for its next opening.
	AnyTime  bool             `json:"any_time,omitempty"`
	Notify   []string         `json:"notify,omitempty"`   // profiles; NotifyAccountable and NotifyRequester are those of the call
	Priority Priority         `json:"priority,omitempty"` // raised to it, never lowered
	Reassign []string         `json:"reassign,omitempty"` // profiles that the open step goes to
	Open     *Raised          `json:"open,omitempty"`     // a linked risk call
	Request  *OutboundRequest `json:"request,omitempty"`  // another system is called
}
