package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// finish finishes the open step for a person.
func (c *call) finish(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	state := usm.StepDone
	if action.NotApplicable != "" {
		state = usm.StepNotApplicable
	}
	return c.submit(ctx, action, state)
}

// ask lets the call wait for the requester.
func (c *call) ask(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	p := c.plan()
	p.Waiting = usm.Waiting{
		Kind: usm.WaitAnswer, Step: p.Step, Person: c.in.Requester, Question: action.Text, Since: workflow.Now(ctx),
		Accountable: p.Waiting.Accountable,
	}
	p.Status = usm.StatusWaiting
	return c.recordAction(ctx, usm.EventAsked, action, next(p), p)
}

// answer lets the call go on where the question was asked; an answer may complete the request.
func (c *call) answer(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	p := c.plan()
	state := p.Steps[p.Step]
	p.Status = usm.StatusOpen
	if review := c.w.Process.Find(usm.KindReview); p.Steps[review].State.Finished() {
		p.Status = usm.StatusFulfilled
	}
	asked := state.Asked
	c.openStep(&p, p.Step)
	state = p.Steps[p.Step]
	state.Asked = asked // the work was asked for already
	p.Steps[p.Step] = state
	return c.recordAction(ctx, usm.EventAnswered, action, next(p), p)
}

// redo repeats the open step, or goes back to an earlier one.
func (c *call) redo(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	to := action.Step
	if to == "" {
		to = c.p.Step
	}
	p := c.plan()
	after := c.sendBack(&p, to)
	return c.recordAction(ctx, usm.EventSentBack, action, after, p)
}

// retype ends the call and opens a linked one in the right register.
func (c *call) retype(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	p := c.plan()
	after := c.end(&p, usm.StatusRetyped, usm.OutcomeRetyped)
	result, err := c.recordAction(ctx, usm.EventRetyped, action, after, p)
	if err == nil {
		c.startBeside(ctx, result.Opened)
	}
	return result, err
}

func (c *call) note(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventNoted, action), nil)
}

func (c *call) link(ctx workflow.Context, action usm.Action) (usm.StepResult, error) {
	return c.amend(ctx, amendment(usm.EventLinked, action), nil)
}

func (c *call) recordAction(
	ctx workflow.Context, kind usm.EventKind, action usm.Action, after usm.Next, p usm.Progress,
) (usm.StepResult, error) {
	in := amendment(kind, action)
	in.Next = &after
	return c.amend(ctx, in, &p)
}

func amendment(kind usm.EventKind, action usm.Action) usm.Amendment {
	return usm.Amendment{
		Kind: kind, Key: "act/" + action.ID, Step: action.Step, Actor: action.Actor, Text: action.Text, Fields: action.Fields,
		To: action.To, LinkKind: action.LinkKind, Type: action.Type, RequestID: action.RequestID, ActionID: action.ID,
		Reason: action.Reason, Applies: action.Applies, Outcome: action.Outcome, Vote: action.Vote, Approver: action.Approver,
		Profiles: action.Profiles,
	}
}
