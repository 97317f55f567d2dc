// Package usm is the vocabulary of Unified Service Management: five processes, 37 steps, eight workflows, the calls
// that run through them and the records they leave. It holds rules and no I/O, and imports the standard library only.
package usm

// Process is one of the five USM processes: what is done, with no performer in it.
type Process string

// The five processes, in their fixed order.
const (
	Agree   Process = "agree"   // contract management: answers a wish
	Change  Process = "change"  // change management: answers a request for change
	Recover Process = "recover" // incident management: answers an incident
	Operate Process = "operate" // operations management: answers a service request
	Improve Process = "improve" // risk management: answers a risk
)

// Processes lists the five in their fixed order.
func Processes() []Process { return []Process{Agree, Change, Recover, Operate, Improve} }

// Step is one of the 37 steps. Its value is its name in URLs, search attributes and the trail.
type Step string

// The steps of Agree.
const (
	AcceptWish       Step = "accept_wish"
	ClassifyWish     Step = "classify_wish"
	SpecifyService   Step = "specify_service"
	DraftOffer       Step = "draft_offer"
	NegotiateOffer   Step = "negotiate_offer"
	RealiseAgreement Step = "realise_agreement"
	ReviewAgreement  Step = "review_agreement"
	CloseWish        Step = "close_wish"
)

// The steps of Change.
const (
	AcceptChange   Step = "accept_change"
	ClassifyChange Step = "classify_change"
	PlanChange     Step = "plan_change"
	PrepareChange  Step = "prepare_change"
	ReleaseChange  Step = "release_change"
	DeployChange   Step = "deploy_change"
	ReviewChange   Step = "review_change"
	UpdateRegister Step = "update_register"
	CloseChange    Step = "close_change"
)

// The steps of Recover.
const (
	AcceptIncident   Step = "accept_incident"
	ClassifyIncident Step = "classify_incident"
	AnalyseIncident  Step = "analyse_incident"
	PrepareRecovery  Step = "prepare_recovery"
	RecoverService   Step = "recover_service"
	ReviewRecovery   Step = "review_recovery"
	CloseIncident    Step = "close_incident"
)

// The steps of Operate.
const (
	AcceptRequest    Step = "accept_request"
	ClassifyRequest  Step = "classify_request"
	PlanOperation    Step = "plan_operation"
	ExecuteOperation Step = "execute_operation"
	ReviewOperation  Step = "review_operation"
	CloseRequest     Step = "close_request"
)

// The steps of Improve.
const (
	IdentifyRisk   Step = "identify_risk"
	ClassifyRisk   Step = "classify_risk"
	DetermineCause Step = "determine_cause"
	SelectMeasure  Step = "select_measure"
	DeployMeasure  Step = "deploy_measure"
	ReviewMeasure  Step = "review_measure"
	CloseRisk      Step = "close_risk"
)

// Kind says what a step is for, whatever its process.
type Kind string

// The kinds of steps.
const (
	KindAccept   Kind = "accept"   // authorise, register, complete
	KindClassify Kind = "classify" // category and priority
	KindWork     Kind = "work"     // what the process itself does
	KindFork     Kind = "fork"     // call and return: finished by its child calls, never by a person
	KindReview   Kind = "review"   // the requester (or the parent's coordinator) confirms delivery
	KindClose    Kind = "close"    // evaluate with the five questions and close
)

type stepRow struct {
	step     Step
	kind     Kind
	title    string
	outcomes []Outcome
}

// processRows is the table of usm.md §2. Every other fact about steps is derived from it.
var processRows = map[Process][]stepRow{
	Agree: {
		{AcceptWish, KindAccept, "Accept", acceptOutcomes},
		{ClassifyWish, KindClassify, "Classify", nil},
		{SpecifyService, KindWork, "Specify the service", nil},
		{DraftOffer, KindWork, "Draft the offer", nil},
		{NegotiateOffer, KindWork, "Negotiate", []Outcome{Agreed, NotAgreed}},
		{RealiseAgreement, KindFork, "Realise", nil},
		{ReviewAgreement, KindReview, "Review delivery", reviewOutcomes},
		{CloseWish, KindClose, "Evaluate and close", nil},
	},
	Change: {
		{AcceptChange, KindAccept, "Accept", acceptOutcomes},
		{ClassifyChange, KindClassify, "Classify", nil},
		{PlanChange, KindWork, "Plan and agree", nil},
		{PrepareChange, KindWork, "Prepare", nil},
		{ReleaseChange, KindWork, "Test and release", []Outcome{Released, Rejected}},
		{DeployChange, KindFork, "Deploy", nil},
		{ReviewChange, KindReview, "Review delivery", reviewOutcomes},
		{UpdateRegister, KindWork, "Update the register", nil},
		{CloseChange, KindClose, "Evaluate and close", nil},
	},
	Recover: {
		{AcceptIncident, KindAccept, "Accept", acceptOutcomes},
		{ClassifyIncident, KindClassify, "Classify", nil},
		{AnalyseIncident, KindWork, "Analyse (match)", nil},
		{PrepareRecovery, KindWork, "Prepare recovery", []Outcome{RouteChange, RouteOperate, RouteBoth}},
		{RecoverService, KindFork, "Recover", nil},
		{ReviewRecovery, KindReview, "Review delivery", reviewOutcomes},
		{CloseIncident, KindClose, "Evaluate and close", nil},
	},
	Operate: {
		{AcceptRequest, KindAccept, "Accept", acceptOutcomes},
		{ClassifyRequest, KindClassify, "Classify", nil},
		{PlanOperation, KindWork, "Plan", nil},
		{ExecuteOperation, KindWork, "Execute", nil},
		{ReviewOperation, KindReview, "Review delivery", reviewOutcomes},
		{CloseRequest, KindClose, "Evaluate and close", nil},
	},
	Improve: {
		{IdentifyRisk, KindAccept, "Identify", acceptOutcomes},
		{ClassifyRisk, KindClassify, "Classify", nil},
		{DetermineCause, KindWork, "Determine cause", nil},
		{SelectMeasure, KindWork, "Select measure", []Outcome{RouteAgreement, RouteChange, RouteOperate, AcceptRisk}},
		{DeployMeasure, KindFork, "Deploy measure", nil},
		{ReviewMeasure, KindReview, "Review delivery", reviewOutcomes},
		{CloseRisk, KindClose, "Evaluate and close", nil},
	},
}

type stepPlace struct {
	process Process
	index   int
}

var stepPlaces = func() map[Step]stepPlace {
	places := map[Step]stepPlace{}
	for process, rows := range processRows {
		for i, row := range rows {
			places[row.step] = stepPlace{process, i}
		}
	}
	return places
}()

// Valid reports whether p is one of the five.
func (p Process) Valid() bool { return len(processRows[p]) > 0 }

// Steps returns the steps of the process in their fixed order, nil for an unknown process.
func (p Process) Steps() []Step {
	rows := processRows[p]
	steps := make([]Step, len(rows))
	for i, row := range rows {
		steps[i] = row.step
	}
	return steps
}

// Find returns the one step of the process of that kind, "" when it has none or several (KindWork).
func (p Process) Find(kind Kind) Step {
	for _, row := range processRows[p] {
		if row.kind == kind && kind != KindWork {
			return row.step
		}
	}
	return ""
}

// Valid reports whether s is one of the 37.
func (s Step) Valid() bool { _, ok := stepPlaces[s]; return ok }

// Process returns the process the step belongs to, "" for an unknown step.
func (s Step) Process() Process { return stepPlaces[s].process }

// Ordinal returns the number of the step in its process, from 1; 0 for an unknown step.
func (s Step) Ordinal() int {
	if !s.Valid() {
		return 0
	}
	return stepPlaces[s].index + 1
}

// Kind returns what the step is for, "" for an unknown step.
func (s Step) Kind() Kind { return s.row().kind }

// Title returns the step's name in plain words, as in usm.md §2.
func (s Step) Title() string { return s.row().title }

// Outcomes returns what may be decided at the step, the usual one first; nil for a step that decides nothing.
func (s Step) Outcomes() []Outcome { return s.row().outcomes }

// Next returns the step after s in its process, "" after the last.
func (s Step) Next() Step { return s.offset(1) }

// Before returns the step before s in its process, "" before the first.
func (s Step) Before() Step { return s.offset(-1) }

// DisputeTo returns the step a disputed delivery goes back to unless the procedure names another: the one before the
// fork, and for Operate, which has no fork, the execution itself (usm.md §3, contract).
func (p Process) DisputeTo() Step {
	if fork := p.Find(KindFork); fork != "" {
		return fork.Before()
	}
	return ExecuteOperation
}

func (s Step) row() stepRow {
	place, ok := stepPlaces[s]
	if !ok {
		return stepRow{}
	}
	return processRows[place.process][place.index]
}

func (s Step) offset(by int) Step {
	place, ok := stepPlaces[s]
	if !ok {
		return ""
	}
	rows := processRows[place.process]
	if i := place.index + by; i >= 0 && i < len(rows) {
		return rows[i].step
	}
	return ""
}
