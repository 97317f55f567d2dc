package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

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
	events, trailErr := v.readTrail(number)
	if readErr != nil || trailErr != nil {
		return errors.Join(readErr, trailErr)
	}
	for _, event := range v.since(events) {
		if !slices.Contains(beside, event.Kind) || event.Sequence > now.Revision {
			return err
		}
	}
	return act(client.WithKey(v.key()+"-"+decimal(now.Revision)), tag(decimal(now.Revision)))
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
	if err := v.readStep(&p, v.outcomeNow(p)); err != nil {
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
func (v *visit) outcomeNow(p callPage) usm.Outcome {
	if outcome := usm.Outcome(v.c.PostForm("outcome")); slices.Contains(p.Call.Step.Outcomes(), outcome) {
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

// wrong is what the API found wrong at a place.
func (r refusedAction) wrong(pointer string) []string {
	var details []string
	if r.Problem != nil {
		for _, wrong := range r.Problem.Errors {
			if wrong.Pointer == pointer {
				details = append(details, wrong.Detail)
			}
		}
	}
	return details
}

// described ties an element to what is wrong with it.
func (r refusedAction) described(pointer string) templ.Attributes {
	if len(r.wrong(pointer)) == 0 {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": fieldID(pointer) + "-wrong"}
}
