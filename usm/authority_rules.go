package usm

import (
	"slices"
	"strings"
)

func mayFinish(caller Caller, view CallView, step Step) (Actor, *Error) {
	if !step.Valid() || step.Process() != view.Process {
		return Actor{}, Errorf(CodeNotFound, "the process %s has no step %q", view.Process, step)
	}
	open := view.Step.Ordinal()
	switch {
	case step.Ordinal() < open:
		return Actor{Person: caller.Token.Person, Rule: RuleRepeated}, nil
	case step.Ordinal() > open:
		return Actor{}, Errorf(CodeOutOfTurn, "%s is not open yet: the call is at %s", step, view.Step)
	case step.Kind() == KindFork:
		return Actor{}, Errorf(CodeOutOfTurn, "%s is finished by its child calls (%s), never by a person", step, names(view.Children))
	}
	switch view.WaitingFor.Kind {
	case WaitStep, WaitSignal:
		return maySubmit(caller, view)
	case WaitConfirmation:
		return mayReview(caller, view)
	case WaitAnswer:
		return Actor{}, Errorf(CodeOutOfTurn, "the call waits for the requester's answer")
	case WaitApproval:
		return mayPropose(caller, view)
	default:
		return Actor{}, Errorf(CodeOutOfTurn, "nobody can finish %s now: the call waits for %s", step, view.WaitingFor.Kind)
	}
}

// maySubmit asks for a profile of the open step; the list of people already leaves out those whom segregation excludes.
func maySubmit(caller Caller, view CallView) (Actor, *Error) {
	waits := view.WaitingFor
	actor := Actor{Person: caller.Token.Person, Profile: heldOf(caller, view), Rule: RuleResponsible}
	for _, s := range waits.StandIns {
		if s.By == actor.Person {
			actor = Actor{Person: s.By, For: s.Person, Rule: RuleDelegate, Delegation: s.Delegation}
		}
	}
	switch {
	case waits.Claimed != "" && !actor.Is(waits.Claimed):
		return Actor{}, Errorf(CodeForbidden, "%s has claimed %s", waits.Claimed, view.Step)
	case slices.Contains(waits.People, actor.Person):
		return actor, nil
	case actor.Profile != "":
		return Actor{}, Errorf(CodeForbidden,
			"you hold the profile %s, but requester, approver and implementer of a call are different people; %s may act on %s",
			actor.Profile, names(waits.People), view.Step).Segregated()
	}
	return Actor{}, Errorf(CodeForbidden, "%s is for the profile %s", view.Step, names(waits.Profiles))
}

// mayPropose lets through who may propose something else at a step whose approval is open. Of who may not, an approver's
// way to finish the step is his decision (RuleApprover).
func mayPropose(caller Caller, view CallView) (Actor, *Error) {
	me, profile := caller.Token.Person, heldOf(caller, view)
	switch {
	case profile != "" && me != view.Requester:
		return Actor{Person: me, Profile: profile, Rule: RuleResponsible}, nil
	case slices.Contains(view.WaitingFor.People, me):
		return Actor{Person: me, Rule: RuleApprover}, nil
	case me == view.Requester:
		return Actor{}, Errorf(CodeForbidden, "%syou have asked for it and do not approve it", apart).Segregated()
	}
	return Actor{}, Errorf(CodeForbidden, "what %s comes to is approved by %s", view.Step, names(view.WaitingFor.People))
}

func mayReview(caller Caller, view CallView) (Actor, *Error) {
	if view.Process.Find(KindReview).Ordinal() < view.Step.Ordinal() {
		return Actor{Person: caller.Token.Person, Rule: RuleRepeated}, nil
	}
	if view.WaitingFor.Kind != WaitConfirmation {
		return Actor{}, Errorf(CodeOutOfTurn, "the call waits for no confirmation")
	}
	return addressed(caller, view, "confirms or disputes the delivery")
}

func mayAnswer(caller Caller, view CallView) (Actor, *Error) {
	if view.WaitingFor.Kind != WaitAnswer {
		return Actor{}, Errorf(CodeOutOfTurn, "the call waits for no answer")
	}
	return addressed(caller, view, "answers")
}

// addressed asks whether the call waits for this very caller: the requester, or the coordinators of a child's parent.
func addressed(caller Caller, view CallView, does string) (Actor, *Error) {
	person, profile := caller.Token.Person, heldOf(caller, view)
	switch {
	case !slices.Contains(view.WaitingFor.People, person) && view.Forked:
		return Actor{}, Errorf(CodeForbidden, "who holds the profile %s %s", names(view.WaitingFor.Profiles), does)
	case !slices.Contains(view.WaitingFor.People, person):
		return Actor{}, Errorf(CodeForbidden, "the requester (%s) %s", view.Requester, does)
	case person == view.Requester && !view.Forked:
		return Actor{Person: person, Rule: RuleRequester}, nil
	default:
		return Actor{Person: person, Profile: profile, Rule: RuleParent}, nil
	}
}

func mayAsk(caller Caller, view CallView) (Actor, *Error) {
	if kind := view.WaitingFor.Kind; kind != WaitStep && kind != WaitSignal {
		return Actor{}, Errorf(CodeOutOfTurn, "a question can be asked while a step is open; the call waits for %s", kind)
	}
	return maySteer(caller, view, "asks")
}

func mayRedo(caller Caller, view CallView) (Actor, *Error) {
	if view.WaitingFor.Kind == WaitChild {
		return Actor{}, Errorf(CodeOutOfTurn, "the child calls %s are under way: abort them and the call goes back", names(view.Children))
	}
	if view.WaitingFor.Kind == WaitApproval {
		if actor, refusal := mayPropose(caller, view); refusal == nil && actor.Rule == RuleResponsible {
			return actor, nil // takes the proposal back
		}
	}
	return maySteer(caller, view, "sends the call back")
}

func mayRetype(caller Caller, view CallView) (Actor, *Error) {
	if view.Forked {
		return Actor{}, Errorf(CodeOutOfTurn, "a child call keeps the type its parent asked for")
	}
	if view.WaitingFor.Kind == WaitChild {
		return Actor{}, Errorf(CodeOutOfTurn, "the child calls %s are under way: the call keeps its type", names(view.Children))
	}
	return maySteer(caller, view, "retypes the call")
}

func mayAbort(caller Caller, view CallView) (Actor, *Error) {
	if caller.Token.Person == view.Requester && !view.Forked {
		return Actor{Person: caller.Token.Person, Rule: RuleRequester}, nil
	}
	return maySteer(caller, view, "aborts the call")
}

// maySteer lets through who may act on the open step, and every coordinator and manager of the domain.
func maySteer(caller Caller, view CallView, does string) (Actor, *Error) {
	if kind := view.WaitingFor.Kind; kind != WaitStep && kind != WaitSignal {
		return mayCoordinate(caller, view, does)
	}
	if actor, refusal := maySubmit(caller, view); refusal == nil {
		return actor, nil
	}
	if actor, refusal := mayCoordinate(caller, view, does); refusal == nil {
		return actor, nil
	}
	return Actor{}, Errorf(CodeForbidden, "who may act on %s (profile %s) or coordinates the domain %s",
		view.Step, names(view.WaitingFor.Profiles), does)
}

// maySteerClocks lets who steers the call pause its clocks and let them go on; the terms are for coordinators only.
func maySteerClocks(caller Caller, view CallView, name ActionName) (Actor, *Error) {
	switch {
	case len(view.Clocks) == 0 && name != ActionRebind:
		return Actor{}, Errorf(CodeOutOfTurn, "no clock runs beside the call")
	case len(view.Paused) == 0 && name == ActionResume:
		return Actor{}, Errorf(CodeOutOfTurn, "nobody has paused the clocks of the call")
	case name == ActionRebind:
		return mayCoordinate(caller, view, "binds the clocks anew")
	}
	return maySteer(caller, view, "pauses the clocks and lets them go on")
}

// heldOf returns the first profile of the open step that the caller holds in the call's domain, "" for none.
func heldOf(caller Caller, view CallView) string {
	for _, profile := range view.WaitingFor.Profiles {
		if slices.Contains(caller.Domains[view.Domain], profile) {
			return profile
		}
	}
	return ""
}

func names(list []string) string {
	if len(list) == 0 {
		return "nobody"
	}
	return strings.Join(list, " or ")
}
