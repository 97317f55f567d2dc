package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// perform finishes the open step: one activity writes the step, its effect and what follows in one transaction. The
// caller holds the lock and has checked the action. approved are the people who approved it.
func (c *call) perform(ctx workflow.Context, action usm.Action, state usm.State, approved ...string) (usm.StepResult, error) {
	step := action.Step
	p := c.plan()
	done := usm.StepState{
		State: state, Attempt: max(p.Steps[step].Attempt, 1), By: action.Actor.Person, For: action.Actor.For,
		Outcome: action.Outcome, Digest: digest(action), Reason: action.NotApplicable,
		Approved: approved,
	}
	facts := c.corrected(action, state, &p)
	was := c.in
	c.in = facts // what follows is planned with the corrected facts
	in := usm.StepInput{
		Call: c.in, Version: c.b.Version, Step: step, Attempt: done.Attempt, Actor: action.Actor, State: state,
		Outcome: action.Outcome, Fields: action.Fields, Note: action.Text, NotApplicable: action.NotApplicable,
		Digest: done.Digest, RequestID: action.RequestID, ActionID: action.ID, Priority: p.Priority,
	}
	in.Next = c.finishStep(&p, step, done)
	in.Workflow = p.Workflow

	var result usm.StepResult
	err := workflow.ExecuteLocalActivity(ownTransaction(ctx, summary(in)), c.activity, in).Get(ctx, &result)
	if err != nil {
		c.in = was
		return result, err //nolint:wrapcheck // translated where it leaves the workflow
	}
	c.take(p, len(in.Next.Undone) > 0)
	c.p.Watch = result.Watch
	c.startBeside(ctx, result.Opened)
	if result.Validity != nil {
		startTerm(ctx, *result.Validity)
	}
	return result, nil
}

// summary says in a line of the history who finished the step, and how.
func summary(in usm.StepInput) string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s by %s %s", in.Step.Title(), in.State, in.Actor.Person, in.Outcome))
}

// take makes a planned state the state of the call.
func (c *call) take(p usm.Progress, back bool) {
	p.Early, p.Seen, p.ReportTo, p.Abort, p.Changes = c.p.Early, c.p.Seen, c.p.ReportTo, c.p.Abort, c.p.Changes
	p.Paused, p.Acted = c.p.Paused, c.p.Acted
	c.p, c.back, c.idle = p, c.back || back, false
	c.turn++
	if back {
		c.forgetPlain()
	}
}

// corrected returns the request as the step's fields complete or correct it, and notes category and priority.
func (c *call) corrected(action usm.Action, state usm.State, p *usm.Progress) usm.Call {
	facts := c.in
	kind := action.Step.Kind()
	if state != usm.StepDone || (kind != usm.KindAccept && kind != usm.KindClassify) {
		return facts
	}
	if service, _ := action.Fields["service"].(string); service != "" {
		facts.Service = service
	}
	if components := texts(action.Fields["components"]); len(components) > 0 {
		facts.Components = components
	}
	if kind == usm.KindClassify {
		impact, urgency := levels(action)
		facts.Impact, facts.Urgency = impact, urgency
		p.Category, _ = action.Fields["category"].(string)
		p.Priority = c.b.Priorities.Priority(impact, urgency)
		facts.Priority, facts.Category = p.Priority, p.Category
	}
	return facts
}

func levels(action usm.Action) (impact, urgency usm.Level) {
	names := [2]string{"impact", "urgency"}
	if action.Step == usm.ClassifyRisk {
		names = [2]string{"effect", "likelihood"}
	}
	i, _ := action.Fields[names[0]].(string)
	u, _ := action.Fields[names[1]].(string)
	return usm.Level(i), usm.Level(u)
}

func texts(value any) []string {
	list, _ := value.([]any)
	found := make([]string, 0, len(list))
	for _, entry := range list {
		if text, ok := entry.(string); ok {
			found = append(found, text)
		}
	}
	return found
}

// digest identifies who finished a step with what, so that the same finish again is recognised.
//
//workflowcheck:ignore encoding/json sorts the keys of maps: the same content always gives the same text
func digest(action usm.Action) string {
	raw, err := json.Marshal([]any{action.Actor.Person, action.Outcome, action.Fields, action.Text, action.NotApplicable})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// performItself performs a step that waits for nobody. If its activity refuses what the procedure prescribes, the step
// is repeated, and a repeated step is performed by people.
func (c *call) performItself(step usm.Step) {
	c.locked(func() error {
		if !c.due(step) || c.p.Waiting.Kind != usm.WaitNone {
			return nil
		}
		action, state := c.ownAction(step)
		_, err := c.submit(c.ctx, action, state)
		if refusal := refusalIn(err); refusal != nil {
			c.goBack(c.ctx, step, usm.Automatic, "the procedure's own content was refused: "+refusal.Error())
			return nil
		}
		return err
	})
}

// ownAction is what the engine itself does at a step: by procedure, or by inheritance from the parent call.
func (c *call) ownAction(step usm.Step) (usm.Action, usm.State) {
	rule := c.b.Procedure.Rule(step)
	action := usm.Action{Name: usm.ActionFinish, Step: step, Actor: usm.Automatic, Outcome: rule.Outcome}
	switch {
	case rule.NotApplicable != "":
		action.NotApplicable = rule.NotApplicable
		return action, usm.StepNotApplicable
	case c.in.IsChild() && rule.InheritedByChild():
		action.Actor = usm.Inherited
		return action, usm.StepInherited
	}
	action.Fields = rule.Fields
	switch step.Kind() {
	case usm.KindAccept:
		c.acceptItself(&action)
	case usm.KindClassify:
		category := c.p.Category
		if category == "" && len(c.b.Categories) > 0 {
			category = c.b.Categories[0]
		}
		action.Fields = steps.CompleteClassification(step, rule.Fields, category, c.in.Impact, c.in.Urgency)
	case usm.KindReview:
		action.Outcome = usm.Confirmed
	case usm.KindClose:
		if action.Fields == nil {
			action.Fields = evaluation(true, "")
		}
	}
	return action, usm.StepDone
}

func (c *call) acceptItself(action *usm.Action) {
	action.Outcome = usm.Accepted
	if c.b.Unauthorised != "" {
		action.Outcome, action.Fields = usm.Rejected, map[string]any{"reason": c.b.Unauthorised}
	}
}

// evaluation is how the engine answers the five questions: delivery was confirmed, and nobody had anything to add.
func evaluation(complete bool, lessons string) map[string]any {
	return map[string]any{
		"done_properly": true, "recorded_completely": complete, "lessons": lessons, "standard_candidate": false, "improvements": []any{},
	}
}
