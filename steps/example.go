package steps

import (
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Context is what an example refers to, so that it would be accepted as it stands. Empty parts are replaced by
// harmless words.
type Context struct {
	Number       string // of the call
	Subject      string
	Category     string // id of a category of the domain
	Service      string // id, "" when the call names none
	Services     []string
	Components   []string // ids of the call's components
	Customer     string   // the requester's customer
	Team         string
	Impact       usm.Level
	Urgency      usm.Level
	Unauthorised bool // the requester may not ask this: the accept example rejects
}

// Example returns a minimal body {outcome?, fields} that Validate accepts. On a deciding step without an outcome it
// takes the usual one. It is nil for a fork step and an unknown step, which nobody finishes.
func Example(step usm.Step, outcome usm.Outcome, ctx Context) map[string]any {
	if !step.Valid() || step.Kind() == usm.KindFork {
		return nil
	}
	ctx = ctx.completed()
	if outcome == "" && step.Kind() == usm.KindAccept && ctx.Unauthorised {
		outcome = usm.Rejected
	}
	body := map[string]any{}
	if possible := step.Outcomes(); len(possible) > 0 {
		if !slices.Contains(possible, outcome) {
			outcome = possible[0]
		}
		body["outcome"] = string(outcome)
	}
	body["fields"] = ctx.fields(step, outcome)
	return body
}

func (c Context) completed() Context {
	set := func(text *string, otherwise string) {
		if *text == "" {
			*text = otherwise
		}
	}
	set(&c.Number, "INC-000001")
	if strings.TrimSpace(c.Subject) == "" {
		c.Subject = "What was asked"
	}
	set(&c.Category, "other")
	if len(c.Services) > 0 {
		set(&c.Service, c.Services[0])
	}
	set(&c.Service, "service")
	if c.Impact == "" {
		c.Impact = usm.Medium
	}
	if c.Urgency == "" {
		c.Urgency = usm.Medium
	}
	return c
}

func (c Context) fields(step usm.Step, outcome usm.Outcome) map[string]any {
	switch step.Kind() {
	case usm.KindAccept:
		return c.accept(outcome)
	case usm.KindClassify:
		return c.classify(step)
	case usm.KindReview:
		if outcome == usm.Disputed {
			return map[string]any{"reason": "It is not what was agreed."}
		}
		return map[string]any{}
	case usm.KindClose:
		return map[string]any{
			"done_properly": true, "recorded_completely": true, "lessons": "",
			"standard_candidate": false, "improvements": []any{},
		}
	default:
		return c.work(step, outcome)
	}
}

func (c Context) work(step usm.Step, outcome usm.Outcome) map[string]any {
	switch step.Process() {
	case usm.Agree:
		return c.agree(step, outcome)
	case usm.Change:
		return c.change(step, outcome)
	case usm.Improve:
		return c.improve(step, outcome)
	default:
		return c.recoverOrOperate(step)
	}
}

func (c Context) accept(outcome usm.Outcome) map[string]any {
	switch {
	case outcome != usm.Rejected:
		return map[string]any{}
	case c.Unauthorised:
		return map[string]any{"reason": "No customer authorises the requester."}
	default:
		return map[string]any{"reason": "The requester gave no answer."}
	}
}

func (c Context) classify(step usm.Step) map[string]any {
	urgency := c.Urgency
	if urgency == usm.Nil {
		urgency = usm.Low // urgency knows no nil
	}
	if step == usm.ClassifyRisk {
		return map[string]any{"category": c.Category, "effect": string(c.Impact), "likelihood": string(urgency)}
	}
	return map[string]any{"category": c.Category, "impact": string(c.Impact), "urgency": string(urgency)}
}

func (c Context) agree(step usm.Step, outcome usm.Outcome) map[string]any {
	switch {
	case step == usm.SpecifyService:
		return map[string]any{
			"service":       c.Service,
			"specification": map[string]any{"facility": map[string]any{"functionality": []any{c.line()}}},
		}
	case step == usm.DraftOffer:
		offer := map[string]any{
			"agreement": "agr-" + strings.ToLower(c.Number), "type": string(usm.SA), "services": []any{c.Service},
			"cost": "EUR 0 a year", "ready": "The requester can use it.",
		}
		if c.Customer != "" {
			offer["customer"] = c.Customer
		}
		return offer
	case outcome == usm.NotAgreed:
		return map[string]any{"reason": "The cost is too high."}
	default:
		return map[string]any{}
	}
}

func (c Context) change(step usm.Step, outcome usm.Outcome) map[string]any {
	switch step {
	case usm.PlanChange:
		return map[string]any{"plan": "Prepare, test, deploy.", "impact_analysis": "Only what the call names is touched."}
	case usm.PrepareChange:
		return map[string]any{"test_plan": "Try it with two users.", "deployment_plan": "Deploy after hours; go back by undoing."}
	case usm.UpdateRegister:
		return map[string]any{"components": []any{c.componentChange()}}
	default:
		return release(outcome)
	}
}

func release(outcome usm.Outcome) map[string]any {
	if outcome == usm.Rejected {
		return map[string]any{"test_report": map[string]any{"passed": false, "summary": "A test failed."}, "reason": "A test failed."}
	}
	return map[string]any{"test_report": map[string]any{"passed": true, "summary": "Tried with two users."}}
}

// componentChange updates the call's first component, or adds what the call is about.
func (c Context) componentChange() map[string]any {
	if len(c.Components) > 0 {
		component := map[string]any{"id": c.Components[0], "attributes": map[string]any{"last_change": c.Number}}
		return map[string]any{"action": "update", "component": component}
	}
	component := map[string]any{"id": strings.ToLower(c.Number), "name": c.line(), "type": "document"}
	return map[string]any{"action": "add", "component": component}
}

func (c Context) recoverOrOperate(step usm.Step) map[string]any {
	switch step {
	case usm.AnalyseIncident:
		match := map[string]any{"diagnosis": "Found what is wrong."}
		if c.Team != "" {
			match["team"] = c.Team
		}
		return match
	case usm.PrepareRecovery:
		return map[string]any{"solution": "Put back what was agreed."}
	case usm.PlanOperation:
		return map[string]any{"plan": "Do what was asked."}
	default:
		return map[string]any{"log": []any{map[string]any{"text": "Done as planned."}}}
	}
}

func (c Context) improve(step usm.Step, outcome usm.Outcome) map[string]any {
	if step == usm.DetermineCause {
		return map[string]any{"cause": "Found the cause.", "known_error": true}
	}
	choice := map[string]any{"residual_risk": map[string]any{"effect": "low", "likelihood": "low"}}
	if outcome == usm.AcceptRisk {
		choice["reason"] = "A measure costs more than the risk."
		return choice
	}
	measure := map[string]any{"title": "Remove the cause", "business_case": "Costs less than what it prevents."}
	choice["measures"], choice["choice"] = []any{measure}, measure["title"]
	return choice
}

// line is the subject, short enough for a name.
func (c Context) line() string {
	const most = 200
	runes := []rune(c.Subject)
	return string(runes[:min(len(runes), most)])
}
