package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// How long and how often a call that the engine moves is looked at.
const (
	firstLook = 200 * time.Millisecond
	lastLook  = time.Second
	lookFor   = time.Minute
)

// maxIdle is how often in a row a call may be found as it was. A case that an earlier run was killed in repeats its
// requests, each of which is answered as the first time and moves nothing.
const maxIdle = 200

// stuckError says that a call cannot be moved by anybody we have a token of.
type stuckError struct{ reason string }

func (e *stuckError) Error() string { return e.reason }

// ride drives one case.
type ride struct {
	*driver
	plan   Plan
	prefix string // of its idempotency keys
	done   caseState
	ended  map[string]bool // child calls that are over
	past   map[string]bool // events that happened
}

// run opens the case's call, or finds the one an earlier run opened, and drives it to its end.
func (r *ride) run(ctx context.Context) (caseState, error) {
	view, err := r.open(ctx)
	if err == nil {
		r.done.Number = view.Number
		view, err = r.drive(ctx, view)
	}
	if err == nil {
		err = r.verify(ctx)
	}
	if err == nil {
		r.done.Done, r.done.Workflow = true, view.Workflow.Number
	}
	return r.done, err
}

func (r *ride) open(ctx context.Context) (usm.CallView, error) {
	if r.done.Number != "" {
		return r.look(ctx, r.done.Number)
	}
	began := time.Now()
	view, err := r.as(r.plan.Call.Requester).Open(ctx, r.plan.Call, client.WithKey(r.prefix+"/open"))
	if err == nil && view.OpenedAt.Before(began.Add(-time.Minute)) {
		// The answer of an earlier run: the call may have moved on since.
		return r.look(ctx, view.Number)
	}
	return view, err
}

// as returns the client of a person and counts the request that it is for.
func (r *ride) as(person string) *client.Client {
	r.done.requests++
	return r.people[person]
}

// look gets a call as it is now.
func (r *ride) look(ctx context.Context, number string) (usm.CallView, error) {
	return r.as(r.plan.Call.Requester).Call(ctx, number)
}

// drive moves a call until it has ended. A refusal because the call is not where we thought, as after a crash between a
// request and its answer, is settled by looking; the same refusal twice at the same place is final.
func (r *ride) drive(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	refusedAt := -1
	for idle := 0; !view.Status.Ended(); idle++ {
		next, err := r.move(ctx, view)
		if err == nil && next.Revision > view.Revision {
			view, idle = next, 0
			continue
		}
		if err != nil && (!misplaced(err) || refusedAt == view.Revision) {
			return view, err
		}
		if err != nil {
			refusedAt = view.Revision
		}
		if idle == maxIdle {
			return view, &stuckError{fmt.Sprintf("%s does not move from %s", view.Number, view.Step)}
		}
		// A repeated request is answered as the first time, which is older than what we have seen.
		if view, err = r.look(ctx, view.Number); err != nil {
			return view, err
		}
	}
	r.done.Calls++
	return view, nil
}

// misplaced reports whether a refusal is about where the call is, not about what was sent.
func misplaced(err error) bool {
	return slices.Contains([]usm.Code{usm.CodeOutOfTurn, usm.CodeAlreadyFinished, usm.CodeForbidden, usm.CodeConflict}, client.CodeOf(err))
}

// move does the one next thing that the call waits for.
func (r *ride) move(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	switch view.WaitingFor.Kind {
	case usm.WaitStep:
		return r.step(ctx, view)
	case usm.WaitAnswer:
		return r.answer(ctx, view)
	case usm.WaitConfirmation:
		return r.review(ctx, view)
	case usm.WaitChild:
		return r.children(ctx, view)
	case usm.WaitSignal:
		return r.signal(ctx, view)
	case usm.WaitApproval:
		return r.approve(ctx, view)
	}
	return r.settle(ctx, view)
}

// step lets everything happen that the log recorded while the step was open, then finishes it.
func (r *ride) step(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	actor, err := r.actor(view)
	if err != nil {
		return view, err
	}
	if event, key := r.next(view); event != nil {
		return r.happen(ctx, view, actor, *event, key)
	}
	if r.resubmits(view) {
		return r.resubmit(ctx, view, actor)
	}
	body, known := r.plan.Steps[view.Step]
	if !known {
		return r.example(ctx, view, actor)
	}
	r.done.Steps++
	return r.as(actor).Finish(ctx, view.Number, view.Step, body, r.finishKey(view, body))
}

// example finishes a step that the log says nothing about with the body that the API gives as an example for this call.
func (r *ride) example(ctx context.Context, view usm.CallView, actor string) (usm.CallView, error) {
	needs, err := r.as(actor).StepView(ctx, view.Number, view.Step, "")
	if err != nil {
		return view, err
	}
	r.done.Steps++
	return r.as(actor).FinishWith(ctx, view.Number, view.Step, needs.Example, r.finishKey(view, needs.Example))
}

// finishKey is the key for finishing a step in one way. Another body, as from an example that has changed, is another
// request, which the product refuses by itself when the step is finished.
func (r *ride) finishKey(view usm.CallView, body any) client.Option {
	raw, _ := json.Marshal(body)
	return r.key(view, fmt.Sprintf("%s/%d/%s", view.Step, view.Attempt, digest(string(raw))))
}

func (r *ride) key(view usm.CallView, what string) client.Option {
	return client.WithKey(r.prefix + "/" + view.Number + "/" + what)
}

// actor chooses one of the people who may act, always the same one for the same case.
func (r *ride) actor(view usm.CallView) (string, error) {
	may := slices.DeleteFunc(slices.Clone(view.WaitingFor.People), func(p string) bool { return r.people[p] == nil })
	if len(may) == 0 {
		return "", &stuckError{fmt.Sprintf("at %s there is no token of anybody who may act (%v, profiles %v)",
			view.Step, view.WaitingFor.People, view.WaitingFor.Profiles)}
	}
	return Spread(r.plan.Case, may), nil
}

// review confirms a delivery, or disputes it as often as the log did.
func (r *ride) review(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	actor, err := r.actor(view)
	if err != nil {
		return view, err
	}
	r.done.Steps++
	disputes := r.plan.Events[view.Step]
	if i := view.Attempt - 1; i >= 0 && i < len(disputes) {
		return r.as(actor).Dispute(ctx, view.Number, disputes[i].Text, r.key(view, fmt.Sprintf("dispute/%d", view.Attempt)))
	}
	return r.as(actor).Confirm(ctx, view.Number, r.key(view, fmt.Sprintf("confirm/%d", view.Attempt)))
}

// children drives the child calls to their end and waits until the parent goes on.
func (r *ride) children(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	for _, number := range view.Children {
		if r.ended[number] {
			continue
		}
		child, err := r.look(ctx, number)
		if err == nil {
			_, err = r.drive(ctx, child)
		}
		if err != nil {
			return view, fmt.Errorf("child %s: %w", number, err)
		}
		r.ended[number] = true
	}
	return r.settle(ctx, view)
}

// signal says what another system would say.
func (r *ride) signal(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	name := view.WaitingFor.Signal
	data, known := r.Mapping.Signals[name]
	if !known {
		data = map[string]any{}
	}
	key := r.key(view, fmt.Sprintf("signal/%s/%s/%d", name, view.Step, view.Attempt))
	if err := r.as(r.plan.Call.Requester).Signal(ctx, view.Number, name, data, key); err != nil {
		return view, err
	}
	r.done.Steps++
	return r.settle(ctx, view)
}

// settle waits until the engine has moved the call by itself.
func (r *ride) settle(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	deadline := time.Now().Add(lookFor)
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		now, err := r.look(ctx, view.Number)
		moved := now.Revision > view.Revision && now.WaitingFor.Kind != usm.WaitChild
		if err != nil || moved || now.Status.Ended() {
			return now, err
		}
		if time.Now().After(deadline) {
			return view, &stuckError{fmt.Sprintf("%s has been waiting at %s for %s", view.Number, view.Step, view.WaitingFor.Kind)}
		}
		select {
		case <-ctx.Done():
			return view, ctx.Err()
		case <-time.After(pause):
		}
	}
}
