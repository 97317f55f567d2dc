package workflows

import (
	"slices"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// check refuses an action that the state of the call does not allow or whose content does not fit. It runs as validator,
// before the action enters history, and reads only.
func (c *call) check(action usm.Action) error {
	switch {
	case !c.opened:
		return c.err // the first moments: the handler waits for the binding and checks then
	case action.Actor.Person == "":
		return usm.Invalid("/actor/person", "is required: an action is somebody's")
	case c.repeats(action):
		return nil
	case action.Name == usm.ActionNote || action.Name == usm.ActionLink:
		return c.checkRemark(action)
	case c.p.Status.Ended():
		return c.outOfTurn("%s has ended as %s", c.in.Number, c.p.Status)
	case c.aborting:
		return c.outOfTurn("%s is being aborted", c.in.Number)
	}
	switch action.Name {
	case usm.ActionFinish, usm.ActionConfirm, usm.ActionDispute:
		return c.checkFinish(action)
	case usm.ActionAsk:
		return c.checkAsk(action)
	case usm.ActionAnswer:
		if c.p.Waiting.Kind != usm.WaitAnswer {
			return c.outOfTurn("%s waits for no answer", c.in.Number)
		}
		return required(action.Text, "/text")
	case usm.ActionRedo:
		return c.checkRedo(action)
	case usm.ActionRetype:
		return c.checkRetype(action)
	case usm.ActionPause, usm.ActionResume, usm.ActionRebind:
		return c.checkClocks(action)
	case usm.ActionDecide, usm.ActionBypass, usm.ActionAddApprover, usm.ActionRecheck:
		return c.checkApproval(action)
	case usm.ActionClaim, usm.ActionRelease, usm.ActionReassign:
		return c.checkSteer(action)
	default:
		return required(action.Text, "/reason")
	}
}

func required(text, pointer string) error {
	if text == "" {
		return usm.Invalid(pointer, "is required")
	}
	return nil
}

func (c *call) checkRemark(action usm.Action) error {
	if c.p.Status.Ended() {
		return c.outOfTurn("%s has ended as %s", c.in.Number, c.p.Status)
	}
	if action.Name == usm.ActionLink {
		return required(action.To, "/to")
	}
	return required(action.Text, "/text")
}

// outOfTurn refuses because of the state of the call and says what it allows.
func (c *call) outOfTurn(format string, args ...any) error {
	refusal := usm.Errorf(usm.CodeOutOfTurn, format, args...)
	refusal.Allowed = c.allowed()
	return refusal
}

// allowed lists what the state allows, whoever asks: paths under the call.
func (c *call) allowed() []string {
	if c.p.Status.Ended() {
		return []string{}
	}
	always := []string{"rebind", "abort", "notes", "links"}
	if len(c.p.Paused) > 0 {
		always = append([]string{"resume"}, always...)
	}
	if len(c.b.Reasons) > 0 {
		always = append([]string{"pause"}, always...)
	}
	switch c.p.Waiting.Kind {
	case usm.WaitAnswer:
		return append([]string{"answer"}, always...)
	case usm.WaitConfirmation:
		return append([]string{"confirm", "dispute", "redo"}, always...)
	case usm.WaitStep, usm.WaitSignal:
		hold := "claim"
		if c.p.Waiting.Claimed != "" {
			hold = "release"
		}
		return append([]string{"steps/" + string(c.p.Step), "ask", hold, "reassign", "redo", "retype"}, always...)
	case usm.WaitApproval:
		return append([]string{"steps/" + string(c.p.Step), "redo", "retype"}, always...)
	}
	return always
}

// checkFinish checks turn, then segregation, then content.
func (c *call) checkFinish(action usm.Action) error {
	step, waiting := action.Step, c.p.Waiting
	state := c.p.Steps[step]
	switch {
	case step.Process() != c.w.Process:
		return usm.Errorf(usm.CodeNotFound, "%s has no step %q", c.in.Number, step)
	case step.Kind() == usm.KindFork:
		return c.outOfTurn("%s is finished by the calls it opens", step)
	case state.State.Finished():
		return usm.Errorf(usm.CodeAlreadyFinished, "%s was finished before by %s with another content", step, state.By)
	case step != c.p.Step:
		return c.outOfTurn("it is not the turn of %s: %s waits at %s", step, c.in.Number, c.p.Step)
	case waiting.Kind == usm.WaitAnswer:
		return c.outOfTurn("%s waits for an answer of %s", c.in.Number, c.in.Requester)
	case slices.ContainsFunc(c.excluded(), action.Actor.Is):
		return usm.Errorf(usm.CodeForbidden, "%s may not finish %s: requester, approver and implementer of one call are different people",
			action.Actor.Person, step).Segregated()
	case action.NotApplicable != "":
		return c.checkNotApplicable(step)
	case waiting.Claimed != "" && action.Actor.IsPerson() && !action.Actor.Is(waiting.Claimed):
		return usm.Errorf(usm.CodeForbidden, "%s has claimed %s", waiting.Claimed, step)
	case waiting.Person != "" && !action.Actor.Is(waiting.Person):
		return usm.Errorf(usm.CodeForbidden, "%s is confirmed or disputed by %s, who asked", c.in.Number, waiting.Person)
	}
	if err := steps.Validate(step, action.Outcome, action.Fields); err != nil {
		return err //nolint:wrapcheck // a refusal for the sender
	}
	return c.checkContent(action)
}

// excluded are the people who may not finish the open step. What waits for approval may be replaced by those who could have
// proposed it.
func (c *call) excluded() []string {
	switch w := c.p.Waiting; {
	case w.Kind != usm.WaitApproval:
		return w.Exclude
	case w.Person != "": // he alone may
		return nil
	}
	return usm.Segregated(c.in, c.p.Steps, c.p.Step)
}

// checkContent checks what only the binding knows.
func (c *call) checkContent(action usm.Action) error {
	switch action.Step.Kind() {
	case usm.KindAccept:
		if c.b.Unauthorised != "" && action.Outcome != usm.Rejected {
			return usm.Invalid("/outcome", "the call can only be rejected: %s", c.b.Unauthorised)
		}
	case usm.KindClassify:
		if category, _ := action.Fields["category"].(string); !slices.Contains(c.b.Categories, category) {
			return usm.Invalid("/fields/category", "%q is not a category of %s", category, c.in.Domain)
		}
	}
	return nil
}

// checkNotApplicable lets only work without a decision be left out by a person: what USM is made of cannot be.
func (c *call) checkNotApplicable(step usm.Step) error {
	switch {
	case step.Kind() != usm.KindWork, len(step.Outcomes()) > 0:
		return usm.Invalid("/not_applicable", "%s cannot be left out", step)
	case c.gated(step):
		return usm.Invalid("/not_applicable", "%s cannot be left out: what it comes to needs an approval", step)
	}
	return nil
}

func (c *call) checkAsk(action usm.Action) error {
	if c.p.Waiting.Kind != usm.WaitStep && c.p.Waiting.Kind != usm.WaitSignal {
		return c.outOfTurn("a question can be asked while the provider works on a step")
	}
	return required(action.Text, "/question")
}

func (c *call) checkRedo(action usm.Action) error {
	step := action.Step
	switch {
	case c.p.Waiting.Kind == usm.WaitChild:
		return c.outOfTurn("its child calls are under way: abort them and the call goes back by itself")
	case step != "" && step.Process() != c.w.Process:
		return usm.Invalid("/step", "%q is no step of %s", step, c.in.Number)
	case step != "" && (step.Kind() == usm.KindFork || step.Ordinal() > c.p.Step.Ordinal()):
		return usm.Invalid("/step", "%s cannot be repeated from %s", c.p.Step, step)
	}
	return required(action.Text, "/reason")
}

func (c *call) checkRetype(action usm.Action) error {
	switch {
	case c.in.IsChild():
		return c.outOfTurn("%s belongs to %s, which waits for it: it cannot be retyped", c.in.Number, c.in.Parent)
	case c.p.Waiting.Kind == usm.WaitChild:
		return c.outOfTurn("its child calls are under way: a call cannot be retyped any more")
	case !action.Type.Valid():
		return usm.Invalid("/type", "%q is not one of the five types", action.Type)
	case action.Type == c.in.Type:
		return usm.Invalid("/type", "%s is a %s already", c.in.Number, action.Type)
	}
	return required(action.Text, "/reason")
}

// keptActions is how many ids of actions are remembered to recognise a repetition that reaches a later run.
const keptActions = 20

// remember keeps the id of an action that was done. A look at an approval may be repeated.
func (c *call) remember(action usm.Action) {
	if action.Name == usm.ActionRecheck || slices.Contains(c.p.Acted, action.ID) {
		return
	}
	acted := append(slices.Clone(c.p.Acted), action.ID)
	c.p.Acted = acted[max(len(acted)-keptActions, 0):]
}

// repeats reports whether the action was done before: the same id, or a finished step finished with what finished it.
func (c *call) repeats(action usm.Action) bool {
	if slices.Contains(c.p.Acted, action.ID) {
		return true
	}
	if action.Name != usm.ActionFinish && action.Name != usm.ActionConfirm && action.Name != usm.ActionDispute {
		return false
	}
	state := c.p.Steps[action.Step]
	return state.State.Finished() && state.Digest != "" && state.Digest == digest(action)
}
