package replay

import (
	"context"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// next returns the next thing that the log recorded at the open step, nil when all of it has happened. A step that is
// open again has nothing new to tell.
func (r *ride) next(view usm.CallView) (event *Event, key string) {
	if view.Attempt > 1 {
		return nil, ""
	}
	for i, e := range r.plan.Events[view.Step] {
		if key = eventKey(view, i); !r.past[key] {
			return &e, key
		}
	}
	return nil, ""
}

func eventKey(view usm.CallView, i int) string { return fmt.Sprintf("%s/event/%d", view.Step, i) }

// happen makes one event happen. The question is answered at the next move, when the call waits for it.
func (r *ride) happen(ctx context.Context, view usm.CallView, actor string, e Event, key string) (usm.CallView, error) {
	r.past[key] = true
	if e.Do == usm.ActionAsk {
		r.done.Waits++
		return r.as(actor).Ask(ctx, view.Number, e.Text, r.key(view, key))
	}
	return r.as(actor).Note(ctx, view.Number, e.Text, r.key(view, key))
}

// answer answers the open question as the requester: what the log says, when it is a question of the log.
func (r *ride) answer(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	for i, e := range r.plan.Events[view.Step] {
		key := eventKey(view, i) + "/answer"
		if e.Do == usm.ActionAsk && e.Text == view.WaitingFor.Question && !r.past[key] {
			r.past[eventKey(view, i)], r.past[key] = true, true
			return r.as(view.Requester).Answer(ctx, view.Number, e.Answer, nil, r.key(view, key))
		}
	}
	key := fmt.Sprintf("%s/answer/%d", view.Step, view.Revision)
	if text, fields, again := r.submitsAgain(view); again {
		return r.as(view.Requester).Answer(ctx, view.Number, text, fields, r.key(view, key))
	}
	return r.as(view.Requester).Answer(ctx, view.Number, "As asked.", nil, r.key(view, key))
}
