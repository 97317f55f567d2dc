package console

import (
	"net/http"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// reply is something that a requester does to his call. Field is what he types for it, "" for nothing.
type reply struct {
	Said, Field string
	Act         func(v *visit, number, text string, key client.Option) (usm.CallView, error)
}

// replies are all of them, by what a form says that it does.
var replies = map[string]reply{
	"answer": {"answered", "answer", func(v *visit, number, text string, key client.Option) (usm.CallView, error) {
		return v.api.Answer(v.ctx(), number, text, nil, key)
	}},
	"confirm": {"confirmed", "", func(v *visit, number, _ string, key client.Option) (usm.CallView, error) {
		return v.api.Confirm(v.ctx(), number, key)
	}},
	"dispute": {"disputed", "dispute", func(v *visit, number, text string, key client.Option) (usm.CallView, error) {
		return v.api.Dispute(v.ctx(), number, text, key)
	}},
	"note": {"written", "note", func(v *visit, number, text string, key client.Option) (usm.CallView, error) {
		return v.api.Note(v.ctx(), number, text, key)
	}},
	"withdraw": {"withdrawn", "withdraw", func(v *visit, number, text string, key client.Option) (usm.CallView, error) {
		return v.api.Abort(v.ctx(), number, text, key)
	}},
}

// replyAsked answers, confirms, disputes, writes or withdraws. Where the call has moved on meanwhile, the page shows where it
// stands now and keeps what was typed.
func (s *site) replyAsked(v *visit) (page, error) {
	e, number := v.entered(), v.param("number")
	does, known := replies[e.Value("do")]
	if !known {
		return see("/asked/" + escapePath(number)), nil
	}
	if does.Field != "" && !e.needs(v, does.Field) {
		return v.asking(e)
	}
	_, err := does.Act(v, number, e.Value(does.Field), client.WithKey(v.key()))
	switch code := client.CodeOf(err); {
	case err == nil:
		return see("/asked/" + escapePath(number) + "?said=" + does.Said), nil
	case code == usm.CodeOutOfTurn, code == usm.CodeAlreadyFinished:
		e.Problem = &client.Problem{Status: http.StatusConflict, Code: code, Detail: v.T("asked.moved_on")}
		return v.asking(e)
	case e.refused(err):
		for i := range e.Problem.Errors {
			e.Problem.Errors[i].Pointer = "/" + does.Field
		}
		return v.asking(e)
	}
	return page{}, err
}
