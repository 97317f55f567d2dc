package usm

// WaitingAt says what the call waits for when the step opens for this attempt (from 1). WaitNone means that the engine
// performs it: automatically, by inheritance or by recording why it is not applicable. A repeated step (attempt over 1)
// is never automatic or inherited: repeating what a machine decided would only give the same again. excluded are the
// people whom segregation keeps from the step. Since is left zero.
func (p Procedure) WaitingAt(call Call, step Step, attempt int, excluded []string) Waiting {
	rule := p.Rule(step)
	first := attempt <= 1
	switch {
	case rule.NotApplicable != "":
		return Waiting{Kind: WaitNone, Step: step}
	case step.Kind() == KindFork:
		return Waiting{Kind: WaitChild, Step: step}
	case first && call.IsChild() && rule.InheritedByChild():
		return Waiting{Kind: WaitNone, Step: step}
	case first && rule.Performer == ByAutomatic:
		return Waiting{Kind: WaitNone, Step: step}
	case step.Kind() == KindReview && call.IsChild():
		return Waiting{Kind: WaitConfirmation, Step: step, Profiles: call.Coordinator}
	case step.Kind() == KindReview:
		return Waiting{Kind: WaitConfirmation, Step: step, Person: call.Requester}
	case rule.Performer == BySystem && rule.Signal != nil:
		return Waiting{Kind: WaitSignal, Step: step, Signal: rule.Signal.Name, Profiles: rule.Profiles(), Exclude: excluded}
	default:
		return Waiting{Kind: WaitStep, Step: step, Profiles: rule.Profiles(), Exclude: excluded}
	}
}

// Status is the status of a call that waits for this, before its delivery is confirmed.
func (w Waiting) Status() Status {
	switch w.Kind {
	case WaitAnswer, WaitConfirmation, WaitChild, WaitSignal:
		return StatusWaiting
	}
	return StatusOpen
}

// Segregated returns the people who may not perform the step of this call, whatever their profiles (usm.md §6): the
// requester never performs, who prepared a change does not release it, who drafted an offer does not agree to it.
func Segregated(call Call, steps map[Step]StepState, step Step) []string {
	excluded := []string{call.Requester}
	before := map[Step]Step{ReleaseChange: PrepareChange, NegotiateOffer: DraftOffer}[step]
	if by := steps[before].By; by != "" && by != call.Requester {
		excluded = append(excluded, by)
	}
	return excluded
}
