package product

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// moveTimeout is how long a call may take until the engine has moved it by itself.
const moveTimeout = 5 * time.Minute

// Plan says how a call is driven, where there is a choice. The zero value takes every example as it is.
type Plan struct {
	Outcomes map[usm.Step]usm.Outcome // decisions; a step that is absent is finished with the example for any outcome
	Signals  map[string]any           // payload by the name of the signal that a step waits for
	Key      string                   // beginning of the idempotency keys, for a plan that is repeated; "" makes fresh ones
	Until    usm.Step                 // the call is left alone when this step is open
	Each     func(usm.CallView)       // unless nil, is told of each state that is acted on
}

// Drive moves a call and the calls it forks to their end, with nothing but what the API says: whom the call waits for,
// and what a step takes. It returns the call as it ended, or as it is at the step Plan.Until.
func (p *Product) Drive(ctx context.Context, number string, plan Plan) (usm.CallView, error) {
	view, err := p.Admin.Call(ctx, number)
	for err == nil && !view.Status.Ended() && (plan.Until == "" || view.Step != plan.Until) {
		if plan.Each != nil {
			plan.Each(view)
		}
		before := view
		view, err = p.move(ctx, view, plan)
		refused := err
		if err != nil && misplaced(err) { // the answer to an earlier try was lost: the call has moved on
			err = nil
		}
		if err == nil && view.Revision <= before.Revision {
			view, err = p.moved(ctx, before, refused)
		}
	}
	if err != nil {
		err = fmt.Errorf("%s at %s: %w", number, view.Step, err)
	}
	return view, err
}

func misplaced(err error) bool {
	return slices.Contains([]usm.Code{usm.CodeOutOfTurn, usm.CodeAlreadyFinished, usm.CodeForbidden, usm.CodeKeyReused}, client.CodeOf(err))
}

// move does what the call waits for.
func (p *Product) move(ctx context.Context, view usm.CallView, plan Plan) (usm.CallView, error) {
	switch view.WaitingFor.Kind {
	case usm.WaitStep:
		return p.finish(ctx, view, plan)
	case usm.WaitConfirmation:
		return p.first(view).Confirm(ctx, view.Number, plan.key(view))
	case usm.WaitAnswer:
		return p.As(view.Requester).Answer(ctx, view.Number, "As asked.", nil, plan.key(view))
	case usm.WaitSignal:
		name := view.WaitingFor.Signal
		return view, p.Admin.Signal(ctx, view.Number, name, plan.Signals[name], plan.key(view))
	case usm.WaitChild:
		for _, child := range view.Children {
			if _, err := p.Drive(ctx, child, plan); err != nil {
				return view, err
			}
		}
	}
	return view, nil // the engine is at work
}

// finish finishes the open step with the example that the API gives for the decision.
func (p *Product) finish(ctx context.Context, view usm.CallView, plan Plan) (usm.CallView, error) {
	who := p.first(view)
	needs, err := who.StepView(ctx, view.Number, view.Step, plan.Outcomes[view.Step])
	if err != nil {
		return view, err
	}
	return who.FinishWith(ctx, view.Number, view.Step, needs.Example, plan.key(view))
}

// first is the API as the first of those who may act sees it.
func (p *Product) first(view usm.CallView) *client.Client {
	p.t.Helper()
	if len(view.WaitingFor.People) == 0 {
		p.t.Errorf("%s waits for %s at %s, and nobody may act", view.Number, view.WaitingFor.Kind, view.Step)
		return p.Admin
	}
	return p.As(view.WaitingFor.People[0])
}

func (plan Plan) key(view usm.CallView) client.Option {
	if plan.Key == "" {
		return client.WithKey("")
	}
	return client.WithKey(fmt.Sprintf("%s/%s/%s/%d", plan.Key, view.Number, view.Step, view.Revision))
}

// moved waits until a call is further than it was, perhaps because it refused something. A call that waits for a child is further when
// it does no longer.
func (p *Product) moved(ctx context.Context, before usm.CallView, refused error) (usm.CallView, error) {
	ctx, cancel := context.WithTimeout(ctx, moveTimeout)
	defer cancel()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		now, err := p.Admin.Call(ctx, before.Number)
		if err != nil || now.Revision > before.Revision {
			return now, err
		}
		select {
		case <-ctx.Done():
			stuck := fmt.Errorf("it has not moved within %s; it waits for %s", moveTimeout, now.WaitingFor.Kind)
			return now, errors.Join(stuck, refused)
		case <-tick.C:
		}
	}
}
