package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// approvalNamed is the id of the approval that an amendment is about, "" when it names none.
func approvalNamed(in usm.Amendment) string {
	if in.Vote != nil && in.Vote.Approval != "" {
		return in.Vote.Approval
	}
	rest, ok := strings.CutPrefix(in.Alarm.Key, "approval/")
	id, _, _ := strings.Cut(rest, "/")
	number, _, _ := strings.Cut(id, ".")
	if _, isNumber := usm.TypeOfNumber(number); !ok || !isNumber {
		return ""
	}
	return id
}

// approvalOf returns the approval that the amendment is about, or the one that the call waits for.
func (a *amending) approvalOf() (usm.Approval, error) {
	if id := approvalNamed(a.in); id != "" {
		return a.dossier.find(id)
	}
	if open, waits := a.dossier.open(); waits {
		return open, nil
	}
	return usm.Approval{}, usm.Errorf(usm.CodeOutOfTurn, "%s waits for no approval", a.row.Number)
}

// loadDossier reads the approvals of the call where the amendment may do something to one.
func (a *amending) loadDossier(ctx context.Context) (err error) {
	switch a.in.Kind { //nolint:exhaustive // the other kinds concern only a call that waits for approval
	case usm.EventProposed, usm.EventDecided, usm.EventBypassed, usm.EventApproverAdded, usm.EventRechecked:
	default:
		if a.row.Waiting.value.Approval == "" && approvalNamed(a.in) == "" {
			return nil
		}
	}
	a.dossier, err = a.tx.dossier(ctx, a.row)
	return err
}

// decide counts a vote.
func (a *amending) decide(ctx context.Context) error {
	one, err := a.approvalOf()
	if err != nil {
		return err
	}
	actor, vote := a.in.Actor, a.in.Vote
	if vote == nil {
		return usm.Invalid("/decision", "is required")
	}
	ballot := usm.Ballot{
		Person: orElse(actor.For, actor.Person), By: actor.Person, Decision: vote.Decision, Reason: a.in.Text, Digest: vote.Digest,
		At: a.row.Now.UTC(), SignedIn: vote.SignedIn, Through: vote.Through,
	}
	w, err := a.dossier.world(ctx, one)
	if err != nil {
		return err
	}
	after, err := approval.Vote(one, ballot, w)
	if err != nil {
		return err
	}
	if len(after.Ballots) == len(one.Ballots) {
		a.unchanged = true // the same answer again
		a.concerns(after)
		return nil
	}
	counted := after.Ballots[len(after.Ballots)-1]
	a.in.Actor.Rule, a.in.Actor.Delegation = counted.Rule, counted.Delegation
	a.in.Text, a.in.Fields = wording(w.Domain, counted), ballotFields(counted)
	return a.settle(ctx, a.dossier.put(after))
}

// ballotFields is what the trail says of a decision.
func ballotFields(b usm.Ballot) map[string]any {
	fields := map[string]any{"decision": b.Decision, "digest": b.Digest}
	for name, value := range map[string]string{"reason": b.Reason, "meaning": b.Meaning, "through": b.Through} {
		if value != "" {
			fields[name] = value
		}
	}
	if b.By != "" {
		fields["for"] = b.Person
	}
	if b.Delegation != 0 {
		fields["delegation"] = b.Delegation
	}
	if b.SignedIn != nil {
		fields["signed_in"] = b.SignedIn.UTC().Format(time.RFC3339)
	}
	return fields
}

// bypass goes on without the approval, which is owed from now on.
func (a *amending) bypass(ctx context.Context) error {
	one, err := a.openApproval()
	if err != nil {
		return err
	}
	if one.Policy.Emergency == nil {
		return usm.Errorf(usm.CodeForbidden, "the policy %s lets nobody go on without the approval", one.Policy.ID)
	}
	owed := anew(one)
	owed.Retro, owed.Barred = true, append(slices.Clip(owed.Barred), persons(a.in.Actor)...)
	a.dossier.end(one, usm.ApprovalBypassed, a.in.Text)
	if owed, err = a.dossier.add(ctx, owed); err != nil {
		return err
	}
	a.owed = owed.ID
	a.in.Fields = map[string]any{"reason": a.in.Text, "owed": owed.ID}
	one.State = usm.ApprovalBypassed
	return a.settle(ctx, one)
}

// addApprover asks one more.
func (a *amending) addApprover(ctx context.Context) error {
	one, err := a.openApproval()
	if err != nil {
		return err
	}
	if a.in.Approver == nil {
		return usm.Invalid("/approver", "is required")
	}
	w, err := a.dossier.world(ctx, one)
	if err != nil {
		return err
	}
	after, err := approval.Add(one, *a.in.Approver, w)
	if err != nil {
		return err
	}
	a.in.Fields = map[string]any{"reason": a.in.Text, "person": a.in.Approver.Person, "profile": a.in.Approver.Profile}
	return a.settle(ctx, a.dossier.put(after))
}

// recheck resolves anew whom the approval asks. Nothing is recorded when it asks whom it asked.
func (a *amending) recheck(ctx context.Context) error {
	one, err := a.approvalOf()
	if err != nil {
		return err
	}
	a.concerns(one)
	if one.State != usm.ApprovalOpen {
		a.unchanged = true
		return nil
	}
	w, err := a.dossier.world(ctx, one)
	if err != nil {
		return err
	}
	after := approval.Refresh(one, w)
	asked := index(a.dossier.asks[one.ID], askedPerson)
	now := index(asksOf(after, w), askedPerson)
	if equal(one, after) && equal(asked, now) {
		a.unchanged = true
		return nil
	}
	a.in.Text = orElse(a.in.Text, orElse(after.Stuck, "who is asked has changed"))
	return a.settle(ctx, a.dossier.put(after))
}

// openApproval is approvalOf for what can only be done while the call waits.
func (a *amending) openApproval() (usm.Approval, error) {
	one, err := a.approvalOf()
	if err != nil {
		return one, err
	}
	if refusal := one.Ended(); refusal != nil {
		return one, refusal
	}
	if one.Retro {
		return one, usm.Errorf(usm.CodeOutOfTurn, "approval %s is owed for a bypass: it can only be decided", one.ID)
	}
	return one, nil
}
