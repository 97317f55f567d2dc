package usm

import "slices"

// The rules an authority can come from, as they stand in Actor.Rule.
const (
	RuleResponsible = "responsible" // holds a profile the procedure makes responsible for the step
	RuleAccountable = "accountable" // holds the profile that is accountable for the step
	RuleRequester   = "requester"   // asked for the call
	RuleParent      = "parent"      // coordinates the parent of a child call
	RuleCoordinator = "coordinator" // holds a coordinator's profile in the domain, and is not the workflow coordinator
	RuleVisible     = "visible"     // may see the call, which is enough for notes and links
	RuleApprover    = "approver"    // is one of those who have to approve
	RuleDelegate    = "delegate"    // stands in for somebody by a delegation
	RuleSubstitute  = "substitute"  // stands in for an approver who has not answered for too long
	RuleEmergency   = "emergency"   // holds a profile that may go on without an approval
	RuleRepeated    = "repeated"    // repeats what is finished: the call decides whether it is the same
	// RuleWorkflowCoordinator is who coordinates and holds the accountable profile of the open step, or manages the domain.
	RuleWorkflowCoordinator = "workflow_coordinator"
)

// Authority decides whether the caller may do this to the call as it is now, and returns the proof that travels with
// the action. The turn is asked first: CodeOutOfTurn with what the caller may do instead, CodeUnavailable while the
// engine has not taken the call. Then the authority: CodeForbidden naming the profiles that may. CodeNotFound is for a
// step that the call's process does not have. What was finished before passes (RuleRepeated): the call itself knows
// whether this is the same again.
func Authority(caller Caller, view CallView, action Action) (Actor, error) {
	actor, refusal := authority(caller, view, action)
	if refusal == nil {
		return actor, nil
	}
	if refusal.Code == CodeOutOfTurn {
		refusal.Allowed = Allowed(caller, view)
	}
	return Actor{}, refusal
}

// Allowed returns the paths under the call that the caller may POST to now, in the order of usm.md and never nil.
func Allowed(caller Caller, view CallView) []string {
	allowed, _ := Actions(caller, view)
	return allowed
}

// Actions returns the paths under the call that the caller may POST to now, as Allowed does, and of the others why he may not.
func Actions(caller Caller, view CallView) (allowed []string, whyNot map[string]string) {
	candidates := []struct {
		path string
		name ActionName
	}{
		{"steps/" + string(view.Step), ActionFinish},
		{"ask", ActionAsk},
		{"answer", ActionAnswer},
		{"confirm", ActionConfirm},
		{"dispute", ActionDispute},
		{"claim", ActionClaim},
		{"release", ActionRelease},
		{"reassign", ActionReassign},
		{"redo", ActionRedo},
		{"retype", ActionRetype},
		{"pause", ActionPause},
		{"resume", ActionResume},
		{"rebind", ActionRebind},
		{"abort", ActionAbort},
		{"notes", ActionNote},
		{"links", ActionLink},
	}
	allowed, whyNot = []string{}, map[string]string{}
	for _, c := range candidates {
		actor, refusal := authority(caller, view, Action{Name: c.name, Step: actionStep(c.name, view)})
		switch {
		case refusal != nil:
			whyNot[c.path] = refusal.Message
		case actor.Rule == RuleRepeated:
			whyNot[c.path] = "it was done before"
		default:
			allowed = append(allowed, c.path)
		}
	}
	return allowed, whyNot
}

// Under returns the actor with the rule made exact: who holds only the accountable profile of the step acts as accountable.
func (a Actor) Under(rule ProcedureStep) Actor {
	if a.Rule == RuleResponsible && a.Profile == rule.Accountable && !slices.Contains(rule.Responsible, a.Profile) {
		a.Rule = RuleAccountable
	}
	return a
}

func actionStep(name ActionName, view CallView) Step {
	if name == ActionFinish {
		return view.Step
	}
	return ""
}

func authority(caller Caller, view CallView, action Action) (Actor, *Error) {
	switch {
	case view.Status.Ended():
		return Actor{}, Errorf(CodeOutOfTurn, "%s has ended (%s)", view.Number, view.Status)
	case view.Status == StatusRegistered:
		return Actor{}, Errorf(CodeUnavailable, "%s is registered and waits for the engine; try again", view.Number)
	}
	if action.Name == ActionNote || action.Name == ActionLink {
		return bystander(caller), nil
	}
	if caller.Token.Person == "" {
		return Actor{}, Errorf(CodeForbidden, "this token stands for no person, and only people act on calls")
	}
	switch action.Name {
	case ActionFinish:
		return mayFinish(caller, view, action.Step)
	case ActionConfirm, ActionDispute:
		return mayReview(caller, view)
	case ActionAnswer:
		return mayAnswer(caller, view)
	case ActionAsk:
		return mayAsk(caller, view)
	case ActionRedo:
		return mayRedo(caller, view)
	case ActionRetype:
		return mayRetype(caller, view)
	case ActionPause, ActionResume, ActionRebind:
		return maySteerClocks(caller, view, action.Name)
	case ActionAbort:
		return mayAbort(caller, view)
	case ActionClaim:
		return mayClaim(caller, view)
	case ActionRelease, ActionReassign:
		return mayHandOver(caller, view, action.Name)
	default:
		return Actor{}, Errorf(CodeInvalid, "a call has no action %q", action.Name)
	}
}

// bystander is anybody who sees the call; a token without a person speaks under its own name.
func bystander(caller Caller) Actor {
	if caller.Token.Person == "" {
		return Actor{Person: caller.Token.Name, Rule: RuleVisible}
	}
	return Actor{Person: caller.Token.Person, Rule: RuleVisible}
}
