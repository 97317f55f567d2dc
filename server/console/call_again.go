package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// beside are the kinds of events that change nothing of what a form was filled in for.
var beside = []usm.EventKind{usm.EventNoted, usm.EventLinked, usm.EventDeadLetter, usm.EventAlarm, usm.EventRechecked}

// unlessChanged acts on the call as it was when the page was made: the API refuses (412) when somebody was faster. It is done
// all the same when what happened since is beside the matter.
func (v *visit) unlessChanged(act func(...client.Option) error) error {
	revision := v.c.PostForm("revision")
	if revision == "" {
		return act(client.WithKey(v.key()))
	}
	tag := func(revision string) client.Option { return client.WithHeader("If-Match", `"`+revision+`"`) }
	err := act(client.WithKey(v.key()), tag(revision))
	if client.CodeOf(err) != usm.CodePrecondition {
		return err
	}
	number := v.param("number")
	now, readErr := v.api.Call(v.ctx(), number)
	events, trailErr := v.trail(number)
	if readErr != nil || trailErr != nil {
		return errors.Join(readErr, trailErr)
	}
	for _, event := range v.since(events) {
		if !slices.Contains(beside, event.Kind) || event.Sequence > now.Revision {
			return err
		}
	}
	return act(client.WithKey(v.key()+"-"+strconv.Itoa(now.Revision)), tag(strconv.Itoa(now.Revision)))
}

// again shows the call as it is now after an action that was refused, or whose form is to be shown otherwise, with what was typed.
func (v *visit) again(path string, typed map[string]any, refused error) (page, error) {
	problem, known := errors.AsType[*client.Problem](refused)
	if refused != nil && (!known || problem.Status == http.StatusNotFound || problem.Status == http.StatusUnauthorized || away(refused) ||
		problem.Status == http.StatusTooManyRequests) {
		return page{}, refused
	}
	p, err := v.readCall(v.param("number"))
	if err != nil {
		return page{}, err
	}
	if path == "steps/"+string(p.Call.Step) && p.Step != nil {
		p.Step.Note, p.Step.Reason = v.c.PostForm("note"), v.c.PostForm("not_applicable")
		if err := v.fill(&p, typed, problem); err != nil {
			return page{}, err
		}
	}
	status := http.StatusOK
	if problem != nil {
		status = problem.Status
		p.Refused = refusedAction{Path: path, Problem: problem, Typed: typed, Since: v.since(p.Events)}
	}
	return v.showCall(p, status), nil
}

// outcomeNow is the outcome that was chosen, when it is one of the step that is open now.
func (v *visit) outcomeNow(step usm.Step) usm.Outcome {
	if outcome := usm.Outcome(v.c.PostForm("outcome")); slices.Contains(step.Outcomes(), outcome) {
		return outcome
	}
	return ""
}

// since are the events after the revision that a form was made for.
func (v *visit) since(events []usm.Event) []usm.Event {
	revision, err := strconv.Atoi(v.c.PostForm("revision"))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(events), func(e usm.Event) bool { return e.Sequence <= revision })
}
