package usm

import "slices"

// WaitingAt says what the call waits for when the step opens for this attempt (from 1). WaitNone means that the engine
// performs it: automatically, by inheritance or by recording why it is not applicable. A repeated step (attempt over 1)
// is never automatic or inherited: repeating what a machine decided would only give the same again. excluded are the
// people whom segregation keeps from the step. Since is left zero.
func (p Procedure) WaitingAt(call Call, step Step, attempt int, excluded []string) Waiting {
	w := p.waitingAt(call, step, attempt, excluded)
	if w.Kind != WaitNone {
		w.Accountable = p.Rule(step).Accountable
	}
	return w
}

func (p Procedure) waitingAt(call Call, step Step, attempt int, excluded []string) Waiting {
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

// Segregated returns the people who may not perform the step of this call, whatever their profiles and whomever they stand
// in for (usm.md §6): the requester never performs, who prepared a change does not release it, who drafted an offer does not
// agree to it, and who approved something of the call, or of the calls that it is done for, implements nothing of it.
func Segregated(call Call, steps map[Step]StepState, step Step) []string {
	excluded := people{call.Requester}
	if before := (map[Step]Step{ReleaseChange: PrepareChange, NegotiateOffer: DraftOffer})[step]; before != "" {
		excluded.add(steps[before].By, steps[before].For)
	}
	if step.implements() {
		excluded.add(Approvers(call, steps)...)
	}
	return excluded
}

// SegregatedFromApproving returns the people who may not approve what the step of this call comes to: those who may not
// perform it, and who implemented something of the call. That its proposer does not approve it is not in here.
func SegregatedFromApproving(call Call, steps map[Step]StepState, step Step) []string {
	excluded := people(Segregated(call, steps, step))
	for _, earlier := range step.Process().Steps() {
		if earlier.implements() && earlier.Ordinal() < step.Ordinal() {
			excluded.add(steps[earlier].By, steps[earlier].For)
		}
	}
	return excluded
}

// Approvers returns the people who approved something of the call or of the calls that it is done for. The calls that it
// opens are barred to them.
func Approvers(call Call, steps map[Step]StepState) []string {
	var approvers people
	approvers.add(call.Barred...)
	for _, step := range call.Type.Process().Steps() {
		approvers.add(steps[step].Approved...)
	}
	return approvers
}

// implements reports whether the step turns into fact what was agreed, planned and approved before.
func (s Step) implements() bool { return s == PrepareChange || s == ExecuteOperation }

// people is a list of ids, each once.
type people []string

func (p *people) add(ids ...string) {
	for _, id := range ids {
		if id != "" && !slices.Contains(*p, id) {
			*p = append(*p, id)
		}
	}
}
