package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerActions adds what people do to a call. Each is one update of its workflow.
func (a *API) registerActions(to huma.API) {
	const call = "/calls/{number}"
	huma.Register(to, operation(http.MethodGet, call+"/steps/{step}", "get-step", "Show what finishes a step: schema and example"), a.getStep)
	huma.Register(to, action("/steps/{step}", "finish-step", "Finish the open step"), a.finishStep)
	huma.Register(to, action("/ask", "ask", "Ask the requester; the call waits for the answer"), a.ask)
	huma.Register(to, action("/answer", "answer", "Answer what was asked"), a.answer)
	huma.Register(to, action("/confirm", "confirm", "Confirm the delivery"), a.confirm)
	huma.Register(to, action("/dispute", "dispute", "Dispute the delivery: it goes back"), a.dispute)
	huma.Register(to, action("/redo", "redo", "Repeat the open step, or go back to an earlier one"), a.redo)
	huma.Register(to, action("/abort", "abort", "Abort the call"), a.abort)
	huma.Register(to, action("/notes", "add-note", "Add a note"), a.note)
	huma.Register(to, action("/links", "add-link", "Link the call to another"), a.link)
	retype := action("/retype", "retype", "Close the call as retyped and open it in another register")
	retype.DefaultStatus = http.StatusCreated
	huma.Register(to, retype, a.retype)
}

func action(path, id, summary string) huma.Operation {
	return operation(http.MethodPost, "/calls/{number}"+path, id, summary)
}

// Changing is embedded by the input of everything that changes a call.
type Changing struct {
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer again"`
	IfMatch string `header:"If-Match" doc:"412 unless the call still has this revision"`
}

// CallChange is the path and the headers of an action.
type CallChange struct {
	CallPath
	Changing
}

// changeable returns the call the caller is about to change, when its revision is the one he has seen.
func (a *API) changeable(ctx context.Context, number, ifMatch string) (usm.CallView, error) {
	view, err := a.see(ctx, number)
	if err != nil {
		return usm.CallView{}, err
	}
	if ifMatch != "" && !matches(ifMatch, etag(view.Revision)) {
		return usm.CallView{}, usm.Errorf(usm.CodePrecondition, "%s has changed: its revision is %d now", number, view.Revision)
	}
	return view, nil
}

// act is the whole of an ordinary action: see the call, resolve the authority, send.
func (a *API) act(ctx context.Context, in CallChange, action usm.Action) (usm.Ack, error) {
	view, err := a.changeable(ctx, in.Number, in.IfMatch)
	if err != nil {
		return usm.Ack{}, err
	}
	if action.Actor, err = a.authority(ctx, view, action); err != nil {
		return a.answered(ctx, view, action, err)
	}
	return a.send(ctx, view, action)
}

// answered is what an action came to that is sent again under its key to a call which has ended since, perhaps by it: then its run may
// not know that yet. Else it is why the action is refused now.
func (a *API) answered(ctx context.Context, view usm.CallView, action usm.Action, refused error) (usm.Ack, error) {
	intake := RequestOf(ctx).Intake
	if intake.Key == "" || !view.Status.Ended() || usm.CodeOf(refused) != usm.CodeOutOfTurn {
		return usm.Ack{}, refused
	}
	ack, err := a.desk.Answered(ctx, view.Number, actionID(intake))
	if usm.CodeOf(err) != usm.CodeNotFound {
		return ack, err
	}
	action.Actor, err = a.intake.ActorOf(ctx, view.Number, actionID(intake))
	if usm.CodeOf(err) == usm.CodeNotFound {
		return usm.Ack{}, refused
	}
	if err != nil {
		return usm.Ack{}, err
	}
	return a.send(ctx, view, action)
}

// update gives an authorised action to a run, and waits for its answer.
func (a *API) update(ctx context.Context, run string, action usm.Action) (usm.Ack, error) {
	return a.desk.Act(ctx, run, requested(ctx, action))
}

// requested is the action as the one of this request. The same Idempotency-Key makes the same action ID, so that a repetition which
// got past the intake is recognised by the run itself.
func requested(ctx context.Context, action usm.Action) usm.Action {
	request := RequestOf(ctx)
	action.ID, action.RequestID = actionID(request.Intake), request.ID
	return action
}

// noteWithin is how long it may take to note that an action has no answer, whatever became of who sent it.
const noteWithin = 2 * time.Second

// unanswered notes an action that may have been recorded although the engine did not answer: worker and Temporal
// may have died in between. Where the note fails, whoever sends the action again brings the run to where the registers are.
func (a *API) unanswered(ctx context.Context, number string, action usm.Action, err error) {
	if !lost(err) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	if err := a.intake.Unanswered(ctx, number, action); err != nil {
		a.logger.WarnContext(ctx, "that an action has no answer is not noted", "call", number, "error", err)
	}
}

// lost reports whether an error leaves open what became of an action.
func lost(err error) bool {
	code := usm.CodeOf(err)
	return code == usm.CodeUnavailable || code == usm.CodeInternal
}

// Resend sends an action that is recorded and kept to its call again, and keeps it no longer. One that the call refuses now has come to
// it before.
func Resend(ctx context.Context, desk Desk, intake Intake, sent usm.SentAction) error {
	if _, err := desk.Act(ctx, sent.Call, sent.Action); lost(err) {
		return err
	}
	return intake.Answered(ctx, sent)
}

// send gives an authorised action to the call.
func (a *API) send(ctx context.Context, view usm.CallView, action usm.Action) (usm.Ack, error) {
	action = requested(ctx, action)
	if view.Unheard {
		if err := a.bringUp(ctx, view.Number); err != nil {
			return usm.Ack{}, err
		}
	}
	ack, err := a.perform(ctx, view.Number, action)
	a.unanswered(ctx, view.Number, action, err)
	var refusal *usm.Error
	if errors.As(err, &refusal) && refusal.Code == usm.CodeOutOfTurn {
		// The call moved on between our look at it and the engine's.
		now, readErr := a.reader.Call(ctx, view.Number)
		if readErr == nil {
			refusal.Allowed = usm.Allowed(caller(ctx), now)
		}
	}
	return ack, a.refuse(ctx, usm.Refusal{Call: view.Number, For: action.Actor.For, What: pathOf(action)}, err)
}

func actionID(intake usm.IntakeRequest) string {
	if intake.Key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(intake.Caller + "\x1f" + intake.Key))
	return hex.EncodeToString(sum[:16])
}

// changed returns the call as it is after an action.
func (a *API) changed(ctx context.Context, number string) (*callOutput, error) {
	view, err := a.reader.Call(ctx, number)
	if err != nil {
		return nil, err
	}
	return &callOutput{Tagged: tagged(view.Revision), Body: a.present(ctx, view)}, nil
}

// do is act, answered with the call.
func (a *API) do(ctx context.Context, in CallChange, action usm.Action) (*callOutput, error) {
	if _, err := a.act(ctx, in, action); err != nil {
		return nil, err
	}
	return a.changed(ctx, in.Number)
}
