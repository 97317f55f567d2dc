package api

import (
	"context"
	"slices"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// StepPath is embedded by every input about one step of a call.
type StepPath struct {
	CallPath
	Step usm.Step `path:"step" maxLength:"64" doc:"name of the step, e.g. classify_incident"`
}

type getStepInput struct {
	StepPath
	Outcome usm.Outcome `query:"outcome" doc:"narrows the schema to what this outcome needs"`
}

type stepOutput struct{ Body usm.StepView }

// getStep says what finishes a step and whether the caller may do so now.
func (a *API) getStep(ctx context.Context, in *getStepInput) (*stepOutput, error) {
	view, err := a.see(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	actor, refusal := usm.Authority(caller(ctx), view, usm.Action{Name: usm.ActionFinish, Step: in.Step})
	if usm.CodeOf(refusal) == usm.CodeNotFound {
		return nil, refusal
	}
	if refusal == nil {
		refusal = access.Decide(caller(ctx), "finish-step", view.Domain)
	}
	if err := knownOutcome(in.Step, in.Outcome); err != nil {
		return nil, err
	}
	facts, err := a.exampleFacts(ctx, view)
	if err != nil {
		return nil, err
	}
	out := usm.StepView{
		Step: in.Step, Title: in.Step.Title(), Schema: steps.Schema(in.Step, in.Outcome),
		Example: steps.Example(in.Step, in.Outcome, facts), Outcomes: append([]usm.Outcome{}, in.Step.Outcomes()...),
		Allowed: refusal == nil && actor.Rule != usm.RuleRepeated,
	}
	switch {
	case refusal != nil:
		out.WhyNot = refusal.Error()
	case !out.Allowed:
		out.WhyNot = string(in.Step) + " is finished"
	}
	return &stepOutput{Body: out}, nil
}

func knownOutcome(step usm.Step, outcome usm.Outcome) error {
	if outcome == "" || slices.Contains(step.Outcomes(), outcome) {
		return nil
	}
	return usm.Invalid("", "query parameter outcome: %s is decided by one of %v", step, step.Outcomes())
}

// exampleFacts gathers what an example refers to, so that it would be accepted as it stands.
func (a *API) exampleFacts(ctx context.Context, view usm.CallView) (steps.Context, error) {
	facts := steps.Context{
		Number: view.Number, Subject: view.Subject, Category: view.Category, Service: view.Service,
		Components: view.Components, Impact: view.Impact, Urgency: view.Urgency,
	}
	domain, err := a.reader.Configuration(ctx, view.Domain, view.DomainVersion)
	if err != nil {
		return facts, err
	}
	if facts.Category == "" && len(domain.Categories) > 0 {
		facts.Category = domain.Categories[0].ID
	}
	for _, service := range domain.Services {
		facts.Services = append(facts.Services, service.ID)
	}
	if len(domain.Teams) > 0 {
		facts.Team = domain.Teams[0].ID
	}
	for _, person := range domain.People {
		if person.ID == view.Requester {
			facts.Customer = person.Customer
		}
	}
	if view.Step.Kind() == usm.KindAccept && view.Status != usm.StatusRegistered {
		binding, err := a.reader.Binding(ctx, view.Number)
		if err != nil {
			return facts, err
		}
		facts.Unauthorised = binding.Unauthorised != ""
	}
	return facts, nil
}

type finishInput struct {
	StepPath
	Changing
	Body usm.FinishRequest
}

// finishStep finishes the open step. A step that was finished before goes to the call as it is: the call knows whether
// this is the same again.
func (a *API) finishStep(ctx context.Context, in *finishInput) (*callOutput, error) {
	view, err := a.changeable(ctx, in.Number, in.IfMatch)
	if err != nil {
		return nil, err
	}
	action := usm.Action{
		Name: usm.ActionFinish, Step: in.Step, Outcome: in.Body.Outcome, Fields: in.Body.Fields, Text: in.Body.Note,
	}
	if in.Body.NotApplicable != nil {
		action.NotApplicable = in.Body.NotApplicable.Reason
	}
	if action.Actor, err = a.authority(ctx, view, action); err != nil {
		if _, err = a.answered(ctx, view, action, err); err != nil {
			return nil, err
		}
		return a.changed(ctx, view.Number)
	}
	if action.Actor.Rule == usm.RuleApprover {
		return a.decideAtStep(ctx, view, in.Body)
	}
	if action.Actor.Rule != usm.RuleRepeated {
		if err := a.checkStep(ctx, view, &action); err != nil {
			return nil, err
		}
	}
	if _, err := a.send(ctx, view, action); err != nil {
		return nil, err
	}
	return a.changed(ctx, view.Number)
}

// checkStep refuses what does not finish the step, before anything reaches the engine, and makes the actor's rule exact.
func (a *API) checkStep(ctx context.Context, view usm.CallView, action *usm.Action) error {
	if action.NotApplicable != "" {
		if action.Outcome != "" || len(action.Fields) > 0 {
			return usm.Invalid("/not_applicable", "a step that is not applicable has no outcome and no fields")
		}
		return nil
	}
	if err := steps.Validate(action.Step, action.Outcome, action.Fields); err != nil {
		return err
	}
	binding, err := a.reader.Binding(ctx, view.Number)
	if err != nil {
		return err
	}
	action.Actor = action.Actor.Under(binding.Procedure.Rule(action.Step))
	return a.checkReferences(ctx, view, binding, *action)
}
