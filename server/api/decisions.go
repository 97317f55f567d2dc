package api

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

type decideInput struct {
	ApprovalChange
	Body usm.DecisionRequest
}

func (a *API) decide(ctx context.Context, in *decideInput) (*approvalOutput, error) {
	approval, err := a.changeableApproval(ctx, in.ApprovalChange)
	if err != nil {
		return nil, err
	}
	if err := a.vote(ctx, approval, in.Body); err != nil {
		return nil, err
	}
	return a.approvalNow(ctx, in.ID)
}

// decideAtStep takes what an approver sends to finish the step as his answer to the approval that is open. It is a decision
// like any other, whatever its address.
func (a *API) decideAtStep(ctx context.Context, view usm.CallView, body usm.FinishRequest) (*callOutput, error) {
	if err := access.Decide(caller(ctx), "decide", view.Domain); err != nil {
		return nil, err
	}
	approval, err := a.reader.Approval(ctx, view.WaitingFor.Approval)
	if err != nil {
		return nil, err
	}
	request := usm.DecisionRequest{Decision: usm.Approve, Reason: body.Note, Digest: approval.Digest}
	switch body.Outcome {
	case usm.Rejected, usm.NotAgreed:
		request.Decision = usm.Reject
		if reason, ok := body.Fields["reason"].(string); ok {
			request.Reason = reason
		}
		if request.Reason == "" {
			return nil, usm.Invalid("/fields/reason", "is required to reject")
		}
	case "", approval.Outcome:
	default:
		return nil, usm.Invalid("/outcome", "what waits for approval is %q: approve or reject that", approval.Outcome)
	}
	if body.NotApplicable != nil {
		return nil, usm.Invalid("/not_applicable", "the step waits for approval: approve or reject what is proposed")
	}
	if err := a.vote(ctx, approval, request); err != nil {
		return nil, err
	}
	return a.changed(ctx, view.Number)
}

// vote brings the caller's answer to the run that waits for it. The same answer again is no error, whatever came of the
// approval meanwhile.
func (a *API) vote(ctx context.Context, approval usm.Approval, request usm.DecisionRequest) error {
	action, err := voteOf(ctx, approval, request)
	if err != nil {
		return a.unheard(ctx, approval, request, err)
	}
	if _, err = a.update(ctx, approval.Run(), action); err == nil {
		a.heard(ctx, approval)
		return nil
	}
	now, readErr := a.reader.Approval(ctx, approval.ID)
	if readErr != nil || usm.CodeOf(err) == usm.CodeUnavailable {
		return err
	}
	// The approval moved on between our look at it and the engine's: what it is now says best why.
	if _, refusal := voteOf(ctx, now, request); refusal != nil {
		err = refusal
	}
	if usm.CodeOf(err) == usm.CodeNotFound {
		err = usm.Errorf(usm.CodeUnavailable, "approval %s is on its way to the engine; try again", approval.ID)
	}
	return a.unheard(ctx, now, request, err)
}

// voteOf makes the caller's answer, when he may give it, with the proof.
func voteOf(ctx context.Context, approval usm.Approval, request usm.DecisionRequest) (usm.Action, error) {
	who := caller(ctx)
	actor, refusal := usm.MayDecide(who, approval, request.For)
	if refusal != nil {
		return usm.Action{}, refusal
	}
	vote := usm.Vote{
		Approval: approval.ID, Decision: request.Decision, Digest: request.Digest, SignedIn: who.Token.SignedIn, Through: through(ctx),
	}
	if err := usm.CheckVote(vote, request.Reason, approval.Digest); err != nil {
		return usm.Action{}, err
	}
	if err := fresh(approval.Policy.StepUp, who.Token.SignedIn); err != nil {
		return usm.Action{}, err
	}
	return usm.Action{Name: usm.ActionDecide, Actor: actor, Step: approval.Step, Vote: &vote, Text: request.Reason}, nil
}

// fresh asks for another sign-in when the last is older than the policy allows (RFC 9470).
func fresh(stepUp string, signedIn *time.Time) error {
	if stepUp == "" {
		return nil
	}
	most, err := time.ParseDuration(stepUp)
	if err != nil {
		return err
	}
	if signedIn != nil && time.Since(*signedIn) <= most {
		return nil
	}
	refusal := usm.Errorf(usm.CodeStepUp, "this decision needs a sign-in of the last %s: sign in again", most)
	refusal.MaxAge = int(most.Seconds())
	return refusal
}

// unheard decides what becomes of an answer that was not sent: the same answer as before is the first one again, and on a
// content that is void the digest of what is asked now is told.
func (a *API) unheard(ctx context.Context, approval usm.Approval, request usm.DecisionRequest, refused error) error {
	code := usm.CodeOf(refused)
	if code != usm.CodeOutOfTurn && code != usm.CodeConflict {
		what := "approvals/" + approval.ID + "/decisions"
		return a.refuse(ctx, usm.Refusal{Call: approval.Call, For: request.For, What: what}, refused)
	}
	if approval.State == usm.ApprovalVoid {
		return a.void(ctx, approval, refused)
	}
	given, before := approval.Given(caller(ctx).Token.Person, request.For)
	if before && given.Decision == request.Decision {
		return a.lookAgain(ctx, approval)
	}
	return refused
}

// lookAgain makes sure that the run knows of an end that the registers have: the engine may have lost the answer after it
// was written.
func (a *API) lookAgain(ctx context.Context, approval usm.Approval) error {
	if approval.State == usm.ApprovalOpen {
		return nil
	}
	err := Recheck(ctx, a.desk, approval.Run())
	if err == nil {
		a.heard(ctx, approval)
	}
	return err
}

// heard notes that the engine has what was done to the approval. Where that fails its run looks once in vain.
func (a *API) heard(ctx context.Context, approval usm.Approval) {
	if err := a.intake.Heard(ctx, approval); err != nil {
		a.logger.WarnContext(ctx, "that the engine has an answer is not noted", "approval", approval.ID, "error", err)
	}
}

// Recheck has a run look at its approval again. One that waits for no approval any more has nothing to look at.
func Recheck(ctx context.Context, desk Desk, run string) error {
	_, err := desk.Act(ctx, run, usm.Action{Name: usm.ActionRecheck, Actor: usm.Automatic, ID: rand.Text()})
	if code := usm.CodeOf(err); code == usm.CodeOutOfTurn || code == usm.CodeNotFound {
		return nil
	}
	return err
}

// void names the approval that asks instead, when there is one.
func (a *API) void(ctx context.Context, approval usm.Approval, refused error) error {
	view, err := a.reader.Call(ctx, approval.Call)
	if err != nil || view.WaitingFor.Approval == "" || view.Step != approval.Step {
		return refused
	}
	instead, err := a.reader.Approval(ctx, view.WaitingFor.Approval)
	if err != nil {
		return err
	}
	stale := usm.Errorf(usm.CodeStale, "what is to be approved has changed since it was read: %s asks for it now, digest %s",
		instead.ID, instead.Digest)
	stale.Digest = instead.Digest
	return stale
}

type bypassInput struct {
	ApprovalChange
	Body usm.Reason
}

func (a *API) bypass(ctx context.Context, in *bypassInput) (*approvalOutput, error) {
	approval, err := a.changeableApproval(ctx, in.ApprovalChange)
	if err != nil {
		return nil, err
	}
	return a.steerApproval(ctx, approval, usm.MayBypass, usm.Action{Name: usm.ActionBypass, Text: in.Body.Reason}, "bypass")
}

// steerApproval is the whole of what is done to an approval beside deciding it.
func (a *API) steerApproval(
	ctx context.Context, approval usm.Approval, may func(usm.Caller, usm.Approval) (usm.Actor, *usm.Error), action usm.Action, path string,
) (*approvalOutput, error) {
	actor, refusal := may(caller(ctx), approval)
	if refusal != nil && refusal.Code == usm.CodeOutOfTurn {
		if err := a.lookAgain(ctx, approval); err != nil {
			return nil, err
		}
	}
	if refusal != nil {
		return nil, a.refuse(ctx, usm.Refusal{Call: approval.Call, What: "approvals/" + approval.ID + "/" + path}, refusal)
	}
	action.Actor, action.Step, action.Vote = actor, approval.Step, &usm.Vote{Approval: approval.ID}
	if _, err := a.update(ctx, approval.Call, action); err != nil {
		now, readErr := a.reader.Approval(ctx, approval.ID)
		if readErr == nil && now.State != usm.ApprovalOpen {
			return nil, now.Ended()
		}
		return nil, err
	}
	a.heard(ctx, approval)
	return a.approvalNow(ctx, approval.ID)
}
