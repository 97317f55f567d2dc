package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// claim keeps the open step for the person who claims it.
func (c *call) claim(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.hand(ctx, usm.EventClaimed, action, c.p.Steps[c.p.Step].Profiles, action.Actor.Person)
}

// release gives a claimed step back to all of its profiles.
func (c *call) release(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.hand(ctx, usm.EventReleased, action, c.p.Steps[c.p.Step].Profiles, "")
}

// reassign gives the open step to other profiles; whoever claimed it has it no longer.
func (c *call) reassign(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.hand(ctx, usm.EventReassigned, action, action.Profiles, "")
}

// hand lets others have this attempt of the open step, also after a question that is asked meanwhile.
func (c *call) hand(
	ctx workflow.Context, kind usm.EventKind, action usm.Action, profiles []string, claimed string,
) (usm.StepResult, error) {
	p := c.plan()
	state := p.Steps[p.Step]
	state.Profiles, state.Claimed, state.Steered = profiles, claimed, steered(action, state)
	p.Steps[p.Step] = state
	p.Waiting.Claimed, p.Waiting.Steered = claimed, state.Steered
	p.Waiting.Accountable = c.b.Procedure.Rule(p.Step).Accountable // which an older build did not keep
	if len(profiles) > 0 {
		p.Waiting.Profiles = profiles
	}
	return c.recordAction(ctx, kind, action, next(p), p)
}

// steered is the profile of the workflow coordinator whose decision says who has the step once the action is done. Nothing is
// left of it when a step is released that was not reassigned, and when who has the step gives it to others.
func steered(action usm.Action, before usm.StepState) string {
	switch {
	case action.Name == usm.ActionRelease && len(before.Profiles) > 0:
		return before.Steered
	case action.Name == usm.ActionRelease:
		return ""
	case action.Actor.Rule == usm.RuleWorkflowCoordinator:
		return action.Actor.Profile
	case action.Name == usm.ActionReassign:
		return ""
	}
	return before.Steered
}

// checkSteer checks who is to have the open step. Nobody takes it from who claimed it but a coordinator, who says
// why; and a team coordinator does not undo what the workflow coordinator decided.
func (c *call) checkSteer(action usm.Action) error {
	w := c.p.Waiting
	others := w.Claimed != "" && !action.Actor.Is(w.Claimed)
	coordinates := action.Actor.Rule == usm.RuleCoordinator || action.Actor.Rule == usm.RuleWorkflowCoordinator
	if refusal := w.Overruled(action.Actor, action.Name); refusal != nil {
		return refusal
	}
	switch {
	case w.Kind != usm.WaitStep && w.Kind != usm.WaitSignal:
		return c.outOfTurn("%s waits for nobody who could hand it over", c.in.Number)
	case action.Name == usm.ActionClaim:
		return c.checkClaim(action, others)
	case action.Name == usm.ActionRelease && w.Claimed == "":
		return c.outOfTurn("nobody has claimed %s", w.Step)
	case others && !coordinates:
		return usm.Errorf(usm.CodeForbidden, "%s has claimed %s: he or a coordinator gives it to others", w.Claimed, w.Step)
	case action.Name == usm.ActionReassign && len(action.Profiles) == 0:
		return usm.Invalid("/profiles", "name at least one")
	case action.Name == usm.ActionReassign, others:
		return required(action.Text, "/reason")
	}
	return nil
}

func (c *call) checkClaim(action usm.Action, others bool) error {
	w := c.p.Waiting
	switch {
	case others:
		return c.outOfTurn("%s has claimed %s", w.Claimed, w.Step)
	case !action.Actor.IsPerson():
		return usm.Errorf(usm.CodeForbidden, "only people claim steps")
	case slices.ContainsFunc(w.Exclude, action.Actor.Is):
		return usm.Errorf(usm.CodeForbidden, "%s may not finish %s: requester, approver and implementer of one call are different people",
			action.Actor.Person, w.Step).Segregated()
	}
	return nil
}
