package console

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// by says who made something happen, for whom, with which profile and by which rule.
func (p callPage) by(v *visit, event usm.Event) string {
	if event.By == "" {
		return ""
	}
	words := v.T("call.by_whom", v.actorName(p.Domain, event.By))
	if event.For != "" {
		words += " " + v.T("call.for", p.Domain.person(event.For))
	}
	if event.Profile != "" {
		words += " · " + p.Domain.profile(event.Profile)
	}
	if event.Rule != "" {
		words += " · " + v.or("rule."+event.Rule, event.Rule)
	}
	return words
}

// isTalk reports whether an action stands with the conversation.
func (a callAction) isTalk() bool { return a.Path == "ask" || a.Path == "answer" || a.Path == "notes" }

// isReview reports whether an action stands with the open step.
func (a callAction) isReview() bool { return a.Path == "confirm" || a.Path == "dispute" }

func actionAt(path string) callAction {
	return callActions[slices.IndexFunc(callActions, func(a callAction) bool { return a.Path == path })]
}

// gone reports whether the form of the refused action is not on the page any more.
func (p callPage) gone() bool {
	if step, ok := strings.CutPrefix(p.Refused.Path, "steps/"); ok {
		return p.Step == nil || !p.Step.Allowed || step != string(p.Call.Step)
	}
	return !p.may(p.Refused.Path)
}

// mayBeLeftOut reports whether the open step may be one that does not apply: work without a decision. What USM is made of is not left
// out; that a policy wants approval for it the call itself says.
func (p callPage) mayBeLeftOut() bool {
	return p.Call.Step.Kind() == usm.KindWork && len(p.Step.Outcomes) == 0
}

func (p callPage) stepAddress() string {
	return "/calls/" + escapePath(p.Call.Number) + "/steps/" + escapePath(string(p.Call.Step))
}

func (p callPage) agreementAddress() string {
	return string(recordPath("agreements", p.Call.Domain, agreementID(p.Call.Agreement)))
}

// what is what a step is for.
func (f stepForm) what() string {
	text, _ := f.Schema["description"].(string)
	return text
}

// actorName is who did something: a person, another system by its name, or the product itself.
func (v *visit) actorName(d directory, id string) string { return v.or("actor."+id, d.person(id)) }

// actors are the people who did something to the call, in the order in which they came.
func (p callPage) actors() []string {
	others := []string{"", usm.Engine.Person, usm.Automatic.Person, p.Call.Requester}
	var actors []string
	for _, event := range p.Events {
		if !slices.Contains(others, event.By) && !slices.Contains(actors, event.By) {
			actors = append(actors, event.By)
		}
	}
	return actors
}

// links are the calls that this one is linked to, its parent and children first.
func (p callPage) links() []usm.Link {
	var links []usm.Link
	if p.Call.Parent != "" {
		links = append(links, usm.Link{To: p.Call.Parent, Kind: "parent"})
	}
	for _, number := range p.Call.Children {
		links = append(links, usm.Link{To: number, Kind: "child"})
	}
	for _, link := range p.Call.Links {
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

func (v *visit) linkName(kind string) string { return v.or("link."+kind, inWords(kind)) }
func (v *visit) normName(norm string) string { return v.or("norm."+norm, inWords(norm)) }

// clockState says how a clock stands, and for what it is paused.
func (v *visit) clockState(p callPage, clock usm.Clock) string {
	words := v.T("clock." + string(clock.State))
	if clock.Breached() {
		words += ", " + v.T("clock.breached")
	}
	if len(clock.Reasons) > 0 {
		reasons := make([]string, len(clock.Reasons))
		for i, reason := range clock.Reasons {
			reasons[i] = cmp.Or(p.pauseName(reason), v.or("pause."+reason, inWords(reason)))
		}
		words += " (" + strings.Join(reasons, ", ") + ")"
	}
	return words
}

// holderName is who had the call: a side, a team or a supplier.
func (v *visit) holderName(p callPage, holder string) string {
	if holder == "provider" || holder == "customer" {
		return v.T("choice." + holder)
	}
	return p.Domain.team(holder)
}

// stepInWords says all that the drawing shows of a step.
func (v *visit) stepInWords(p callPage, at pathStepAt) string {
	words := []string{v.processName(at.Process) + ": " + v.stepName(at.Step), v.stateName(string(at.State))}
	if at.Call != "" && !at.Own {
		words = append(words, at.Call)
	}
	if at.By != "" {
		words = append(words, v.actorName(p.Domain, at.By))
	}
	if at.At != nil {
		_, _, exact := v.instant(*at.At)
		words = append(words, exact)
	}
	if at.Outcome != "" {
		words = append(words, v.outcomeName(at.Outcome))
	}
	if at.Reason != "" {
		words = append(words, at.Reason)
	}
	return strings.Join(words, " · ")
}

// stepLink leads to what there is of a step: its form, its row of the table, or the call that runs it.
func (p callPage) stepLink(at pathStepAt) string {
	switch {
	case at.Own && at.State == usm.StepOpen:
		return "#call-step"
	case at.Own || at.Call == "":
		return "#step-" + strconv.Itoa(at.Row)
	default:
		return "/calls/" + escapePath(at.Call)
	}
}

// mark is the shape of a step.
func (at pathStepAt) mark() string {
	switch at.State {
	case usm.StepDone, usm.StepInherited, usm.StepOpen:
		return string(at.State)
	case usm.StepNotApplicable, usm.StepSkipped:
		return "left_out"
	}
	return "pending"
}

// line writes a path that begins beside the middle of the step.
func (at pathStepAt) line(format string, dx, dy int) string {
	return fmt.Sprintf(format, at.X+dx, at.Y+dy)
}

func (d drawing) viewBox() string { return fmt.Sprintf("0 0 %d %d", d.Width, d.Height) }

// whySettled says how an approval came to its end in the language of the reader, where that is known: that somebody gave it.
func (v *visit) whySettled(why string) (said string, known bool) {
	who, given := strings.CutPrefix(why, "by ")
	return v.T("call.by_whom", who), given
}

// refusedWhat is what segregation kept somebody from: a path under the call, or under an approval.
func (v *visit) refusedWhat(what string) string {
	if step, ok := strings.CutPrefix(what, "steps/"); ok {
		return v.stepName(usm.Step(step))
	}
	return v.or("action."+what, what)
}
