package api

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// throughLink is how a decision was given by a link in a mail, on the record of the approval.
const throughLink = "link"

// DecideByLink gives the answer of whoever the request's caller is, by the code that every answer goes through: the same
// checks, the same refusals, the same answer to a repetition. Only content that the approval still shows is decided on, for
// the link names its digest; for is the approver whose decision it is.
func (a *API) DecideByLink(ctx context.Context, approval usm.Approval, request usm.DecisionRequest) error {
	RequestOf(ctx).Through = throughLink
	return a.vote(ctx, approval, request)
}

// through is how a decision is given.
func through(ctx context.Context) string {
	if by := RequestOf(ctx).Through; by != "" {
		return by
	}
	return "api"
}

// NeedsSignIn refuses (usm.CodeStepUp) a caller whose last sign-in is older than the approval's policy allows.
func NeedsSignIn(approval usm.Approval, caller usm.Caller) error {
	return fresh(approval.Policy.StepUp, caller.Token.SignedIn)
}
