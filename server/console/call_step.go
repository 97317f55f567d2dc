package console

import (
	"net/http"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// stepForm is the open step with what finishes it.
type stepForm struct {
	usm.StepView

	Outcome usm.Outcome // that is chosen
	Fields  form
	Note    string
	Reason  string // why it does not apply
}

// readStep reads what the open step needs, narrowed by an outcome; nil when none is open.
func (v *visit) readStep(call usm.CallView, outcome usm.Outcome) (*stepForm, error) {
	if call.Step == "" || call.Status == usm.StatusRegistered {
		return nil, nil //nolint:nilnil // there is a page without a step
	}
	if outcome == "" && call.Step.Kind() == usm.KindAccept {
		outcome = usm.Accepted // which the API takes it for as well; nothing else is decided by not choosing
	}
	view, err := v.api.StepView(v.ctx(), call.Number, call.Step, outcome)
	return &stepForm{StepView: view, Outcome: outcome}, err
}

// fill makes the form of the step anew.
func (v *visit) fill(p *callPage, values map[string]any, problem *client.Problem) error {
	p.Step.Fields = formOf(p.Step.Schema, "fields", values, problem)
	return v.offer(p.Step.Fields, &p.Domain)
}

// known is what the form of the open step holds at first. What was finished before is there again when it is repeated.
func (p callPage) known() map[string]any {
	values := map[string]any{}
	if p.Call.Step.Kind() == usm.KindClassify {
		for name, value := range map[string]string{
			"category": p.Call.Category, "impact": string(p.Call.Impact), "urgency": string(p.Call.Urgency),
			"effect": string(p.Call.Impact), "likelihood": string(p.Call.Urgency),
		} {
			if value != "" {
				values[name] = value
			}
		}
	}
	for _, event := range p.finished() {
		if event.Step == p.Call.Step {
			values = event.Fields
		}
	}
	return values
}

// finishStep finishes the open step, or shows its form for another outcome or with one more row.
func (s *site) finishStep(v *visit) (page, error) {
	number, step, outcome := v.param("number"), usm.Step(v.param("step")), usm.Outcome(v.c.PostForm("outcome"))
	view, err := v.api.StepView(v.ctx(), number, step, outcome)
	if err != nil {
		return page{}, err
	}
	values, wrong := v.readForm(view.Schema, "fields")
	body := map[string]any{}
	if reason, sent := v.c.GetPostForm("not_applicable"); sent {
		body["not_applicable"] = usm.Reason{Reason: reason}
	} else {
		body["fields"] = values
		if outcome != "" {
			body["outcome"] = outcome
		}
	}
	if note := v.c.PostForm("note"); note != "" {
		body["note"] = note
	}
	var refused error
	switch {
	case v.c.PostForm("show") != "":
	case len(wrong) > 0:
		refused = &client.Problem{Status: http.StatusUnprocessableEntity, Detail: v.T("call.unreadable"), Errors: wrong}
	default:
		refused = v.unlessChanged(func(options ...client.Option) error {
			_, err := v.api.FinishWith(v.ctx(), number, step, body, options...)
			return err
		})
		if refused == nil {
			return see("/calls/" + escapePath(number) + "?said=finished"), nil
		}
	}
	return v.again("steps/"+string(step), values, refused)
}
