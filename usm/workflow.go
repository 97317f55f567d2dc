package usm

import "slices"

// Workflow is one of the eight standard workflows: a fixed path through process blocks. Its Name is the Temporal
// workflow type.
type Workflow struct {
	Number  int     // 1 to 8, as in usm.md §3
	Name    string  // e.g. "IncidentWithChange"
	Title   string  // e.g. "incident with change"
	Process Process // the process the workflow runs itself
	ForkTo  int     // number of the workflow its fork step opens; 0 for Operation, which has no fork
}

// The eight, and no ninth.
var (
	AgreementChange         = Workflow{1, "AgreementChange", "changes to agreements", Agree, 2}
	ResourceChange          = Workflow{2, "ResourceChange", "changes to managed resources", Change, 5}
	IncidentWithChange      = Workflow{3, "IncidentWithChange", "incident with change", Recover, 2}
	IncidentWithoutChange   = Workflow{4, "IncidentWithoutChange", "incident without change", Recover, 5}
	Operation               = Workflow{5, "Operation", "operations", Operate, 0}
	RiskWithAgreementChange = Workflow{6, "RiskWithAgreementChange", "risk with agreement change", Improve, 1}
	RiskWithResourceChange  = Workflow{7, "RiskWithResourceChange", "risk with managed change", Improve, 2}
	RiskWithoutChange       = Workflow{8, "RiskWithoutChange", "risk handled by operations", Improve, 5}
)

// Workflows lists the eight in the order of their numbers.
func Workflows() []Workflow {
	return []Workflow{
		AgreementChange, ResourceChange, IncidentWithChange, IncidentWithoutChange,
		Operation, RiskWithAgreementChange, RiskWithResourceChange, RiskWithoutChange,
	}
}

// WorkflowNamed returns the workflow with that Go name; ok is false when there is none.
func WorkflowNamed(name string) (w Workflow, ok bool) {
	i := slices.IndexFunc(Workflows(), func(w Workflow) bool { return w.Name == name })
	if i < 0 {
		return Workflow{}, false
	}
	return Workflows()[i], true
}

// Start returns the workflow a call of this type starts on while its route is open: incidents start as 4, risks as 8
// (usm.md §3, late binding).
func (t CallType) Start() Workflow {
	switch t {
	case Wish:
		return AgreementChange
	case ChangeRequest:
		return ResourceChange
	case Incident:
		return IncidentWithoutChange
	case Risk:
		return RiskWithoutChange
	default:
		return Operation
	}
}

// Bind returns the workflow that the decision at Recover 4 or Improve 4 binds: an incident with any change in it is
// number 3. Accepting a risk changes nothing, so it keeps number 8. Any other workflow is returned as it is.
func (w Workflow) Bind(decision Outcome) Workflow {
	switch {
	case w.Process == Recover && (decision == RouteChange || decision == RouteBoth):
		return IncidentWithChange
	case w.Process == Recover && decision == RouteOperate:
		return IncidentWithoutChange
	case w.Process == Improve && decision == RouteAgreement:
		return RiskWithAgreementChange
	case w.Process == Improve && decision == RouteChange:
		return RiskWithResourceChange
	case w.Process == Improve && (decision == RouteOperate || decision == AcceptRisk):
		return RiskWithoutChange
	}
	return w
}

// Forks returns the workflows that the fork step opens after the decision, in order: two for "both", none for an
// accepted risk and for Operation. Without a decision it is the workflow's own fork.
func (w Workflow) Forks(decision Outcome) []Workflow {
	switch {
	case decision == AcceptRisk || w.ForkTo == 0:
		return nil
	case decision == RouteBoth:
		return []Workflow{ResourceChange, Operation}
	case decision == RouteChange:
		return []Workflow{ResourceChange}
	case decision == RouteOperate:
		return []Workflow{Operation}
	case decision == RouteAgreement:
		return []Workflow{AgreementChange}
	}
	return []Workflow{Workflows()[w.ForkTo-1]}
}

// PathStep is one row of an expanded path.
type PathStep struct {
	Workflow Workflow
	Step     Step
	Depth    int // 0 for the workflow's own steps, 1 for those of its child, …
}

// Path returns every step of the workflow in the order of execution, the children's steps included right after the
// fork that opens them (usm.md §3: 23, 15, 22, 13, 6, 30, 22 and 13 steps).
func (w Workflow) Path() []PathStep { return w.path("", 0) }

// PathAfter is Path for a decision that is known, e.g. "both", which runs two children.
func (w Workflow) PathAfter(decision Outcome) []PathStep { return w.path(decision, 0) }

func (w Workflow) path(decision Outcome, depth int) []PathStep {
	var path []PathStep
	for _, step := range w.Process.Steps() {
		path = append(path, PathStep{w, step, depth})
		if step.Kind() != KindFork {
			continue
		}
		for _, child := range w.Forks(decision) {
			path = append(path, child.path("", depth+1)...)
		}
	}
	return path
}

// CallType returns the type of call the process answers.
func (p Process) CallType() CallType {
	switch p {
	case Agree:
		return Wish
	case Change:
		return ChangeRequest
	case Recover:
		return Incident
	case Improve:
		return Risk
	default:
		return ServiceRequest
	}
}
