package usm

import "slices"

// mayClaim lets who may act on the open step keep it for himself. A claim of the workflow coordinator is his decision.
func mayClaim(caller Caller, view CallView) (Actor, *Error) {
	waits := view.WaitingFor
	by, _ := steersAs(caller, view)
	if waits.Kind != WaitStep && waits.Kind != WaitSignal {
		return Actor{}, Errorf(CodeOutOfTurn, "a step is claimed while it waits for its profiles; the call waits for %s", waits.Kind)
	}
	if refusal := waits.waiting().Overruled(by, ActionClaim); refusal != nil {
		return Actor{}, refusal
	}
	if waits.Claimed != "" && waits.Claimed != caller.Token.Person {
		return Actor{}, Errorf(CodeOutOfTurn, "%s has claimed %s", waits.Claimed, view.Step)
	}
	actor, refusal := maySubmit(caller, view)
	if refusal == nil && actor.For == "" && by.Rule == RuleWorkflowCoordinator {
		return by, nil
	}
	return actor, refusal
}

// mayHandOver lets who may act on the open step give it back or to others, and every coordinator and manager. A coordinator
// who may act on it too hands it over as the coordinator that he is, unless he gives back what he claimed for himself.
func mayHandOver(caller Caller, view CallView, name ActionName) (Actor, *Error) {
	waits := view.WaitingFor
	by, coordinates := steersAs(caller, view)
	switch {
	case waits.Kind != WaitStep && waits.Kind != WaitSignal:
		return Actor{}, Errorf(CodeOutOfTurn, "the call waits for %s: there is no step to hand over", waits.Kind)
	case name == ActionRelease && waits.Claimed == "":
		return Actor{}, Errorf(CodeOutOfTurn, "nobody has claimed %s", view.Step)
	case !coordinates, by.Rule == RuleCoordinator && name == ActionRelease && by.Is(waits.Claimed):
		return maySteer(caller, view, "hands the step over")
	}
	if refusal := waits.waiting().Overruled(by, name); refusal != nil {
		return Actor{}, refusal
	}
	return by, nil
}

// mayCoordinate lets through the coordinators and managers of the domain.
func mayCoordinate(caller Caller, view CallView, does string) (Actor, *Error) {
	if by, coordinates := steersAs(caller, view); coordinates {
		return by, nil
	}
	return Actor{}, Errorf(CodeForbidden, "who coordinates the domain %s %s", view.Domain, does)
}

// steersAs is the proof with which the caller steers the call. The workflow coordinator steers it: he coordinates and holds
// the accountable profile of the open step, or manages the domain. Any other coordinator is one of a team (usm.md §6). ok is
// false for who is no coordinator.
func steersAs(caller Caller, view CallView) (by Actor, ok bool) {
	steers := caller.Steers[view.Domain]
	if len(steers) == 0 {
		return Actor{}, false
	}
	by = Actor{Person: caller.Token.Person, Profile: steers[0], Rule: RuleCoordinator}
	switch accountable := view.WaitingFor.Accountable; {
	case slices.Contains(steers, accountable):
		by.Profile, by.Rule = accountable, RuleWorkflowCoordinator
	case caller.Manages[view.Domain]:
		by.Rule = RuleWorkflowCoordinator
	}
	return by, true
}

// Overruled refuses a team coordinator who would undo what the workflow coordinator decided about who has the open step: he
// asks him, or the escalation ladder acts (usm.md §6). It is nil for everybody else, where nothing was decided, and for what
// goes on within the decision: a claim of what nobody has claimed, the release of his own claim.
func (w Waiting) Overruled(by Actor, name ActionName) *Error {
	undoes := name == ActionReassign || w.Claimed != "" && !by.Is(w.Claimed)
	if w.Steered == "" || by.Rule != RuleCoordinator || !undoes {
		return nil
	}
	return Errorf(CodeForbidden, "the workflow coordinator (profile %s) has decided who has %s, and a team coordinator does not undo that: "+
		"ask who holds the profile %s, which is accountable for the step; when time runs out the escalation ladder acts by rule",
		w.Steered, w.Step, w.Accountable)
}

// waiting is the part of the view that says who has the step.
func (w WaitingView) waiting() Waiting {
	return Waiting{Step: w.Step, Claimed: w.Claimed, Steered: w.Steered, Accountable: w.Accountable}
}
