package workflows

import (
	"maps"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// A change of a call is planned on a copy of its progress, written by one activity together with its effect, and only
// then taken over: if the activity fails, nothing happened.
func (c *call) plan() usm.Progress {
	p := c.p
	p.Steps = maps.Clone(c.p.Steps)
	p.Children = slices.Clone(c.p.Children)
	return p
}

// next is what the registers are told about the planned state.
func next(p usm.Progress) usm.Next {
	return usm.Next{
		Workflow: p.Workflow, Step: p.Step, Attempt: p.Steps[p.Step].Attempt,
		Status: p.Status, Outcome: p.Outcome, Waiting: p.Waiting,
	}
}

// openStep opens a step: it says whom the call waits for, and since when.
func (c *call) openStep(p *usm.Progress, step usm.Step) {
	state := p.Steps[step]
	state.State, state.Attempt, state.Asked = usm.StepOpen, max(state.Attempt, 1), false
	p.Step, p.Steps[step], p.Proposal = step, state, nil
	c.waitAt(p, step, state.Attempt)
	p.Status = statusOf(*p)
}

// waitAt says whom the call waits for at a step: those of the procedure, unless others were given the step.
func (c *call) waitAt(p *usm.Progress, step usm.Step, attempt int) {
	p.Waiting = c.b.Procedure.WaitingAt(c.in, step, attempt, usm.Segregated(c.in, p.Steps, step))
	p.Waiting.Since = workflow.Now(c.ctx)
	state := p.Steps[step]
	if len(state.Profiles) > 0 && len(p.Waiting.Profiles) > 0 {
		p.Waiting.Profiles = state.Profiles
	}
	p.Waiting.Claimed, p.Waiting.Steered = state.Claimed, state.Steered
}

// statusOf is the status of a call that waits as it is planned to.
func statusOf(p usm.Progress) usm.Status {
	if p.Status == usm.StatusFulfilled {
		return usm.StatusFulfilled
	}
	return p.Waiting.Status()
}

// finishStep plans what follows when a step is finished.
func (c *call) finishStep(p *usm.Progress, step usm.Step, done usm.StepState) usm.Next {
	p.Steps[step] = done
	outcome := done.Outcome
	switch {
	case step.Kind() == usm.KindAccept && outcome == usm.Rejected:
		return c.end(p, usm.StatusRejected, outcome)
	case outcome == usm.NotAgreed:
		return c.end(p, usm.StatusNotAgreed, outcome)
	case step.Kind() == usm.KindClose && p.Route == usm.AcceptRisk:
		return c.end(p, usm.StatusClosed, usm.OutcomeRiskAccepted)
	case step.Kind() == usm.KindClose:
		return c.end(p, usm.StatusClosed, usm.OutcomeFulfilled)
	case step == usm.ReleaseChange && outcome == usm.Rejected:
		return c.sendBack(p, usm.PrepareChange)
	case outcome == usm.Disputed:
		return c.sendBack(p, c.b.Procedure.Rule(step).DisputeTo)
	case step.Kind() == usm.KindReview:
		p.Status = usm.StatusFulfilled
	case step == usm.PrepareRecovery, step == usm.SelectMeasure:
		c.decideRoute(p, outcome)
	}
	c.openStep(p, step.Next())
	return next(*p)
}

// decideRoute binds the workflow number: an incident that has had a change in it stays number 3.
func (c *call) decideRoute(p *usm.Progress, route usm.Outcome) {
	p.Route = route
	p.WasChange = p.WasChange || route == usm.RouteChange || route == usm.RouteBoth
	p.Workflow = c.w.Bind(route).Name
	if c.w.Process == usm.Recover && p.WasChange {
		p.Workflow = usm.IncidentWithChange.Name
	}
}

// sendBack plans that the call goes back to an earlier step: that step and all after it are to be done again.
func (c *call) sendBack(p *usm.Progress, to usm.Step) usm.Next {
	var undone []usm.Step
	for step := to; step != ""; step = step.Next() {
		if state, started := p.Steps[step]; started {
			p.Steps[step] = usm.StepState{State: usm.StepPending, Attempt: state.Attempt + 1}
			undone = append(undone, step)
		}
	}
	p.Children, p.Status = nil, usm.StatusOpen
	c.openStep(p, to)
	after := next(*p)
	after.Undone = undone
	return after
}

// end plans that the call ends: steps that were not finished never will be.
func (c *call) end(p *usm.Progress, status usm.Status, outcome usm.Outcome) usm.Next {
	var skipped []usm.Step
	for _, step := range c.w.Process.Steps() {
		if state := p.Steps[step]; !state.State.Finished() {
			state.State = usm.StepSkipped
			p.Steps[step] = state
			skipped = append(skipped, step)
		}
	}
	p.Status, p.Outcome, p.Step, p.Proposal = status, outcome, "", nil
	p.Waiting = usm.Waiting{Kind: usm.WaitNone, Since: workflow.Now(c.ctx)}
	after := next(*p)
	after.Skipped = skipped
	return after
}
