package store

import (
	"context"
	"maps"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// concerns notes the approval that the amendment is about: its result and its row of the trail say how it stands.
func (a *amending) concerns(one usm.Approval) { a.about, a.retro = one.ID, one.Retro }

// settle does what follows when something has happened to an approval.
func (a *amending) settle(ctx context.Context, one usm.Approval) error {
	a.concerns(one)
	switch one.State { //nolint:exhaustive // the others have no consequence
	case usm.ApprovalApproved, usm.ApprovalBypassed:
		if one.Retro {
			return nil
		}
		_, err := a.dossier.propose(ctx, proposal{content: one.Content, outcome: one.Outcome, by: one.By})
		return err
	case usm.ApprovalEscalated:
		_, err := a.dossier.add(ctx, approval.Escalated(one))
		return err
	case usm.ApprovalRejected, usm.ApprovalExpired:
		if one.Retro {
			return a.nonconform(ctx, one)
		}
	}
	return nil
}

// approve lets the approvals follow what the amendment did to the call, and the call say what it waits for.
func (a *amending) approve(ctx context.Context) error {
	if a.dossier == nil || a.retro || a.unchanged {
		return nil
	}
	if a.in.Kind == usm.EventProposed {
		asks, err := a.proposeStep(ctx)
		if a.unchanged = !asks; err != nil || !asks {
			return err
		}
	} else if err := a.reconsider(ctx); err != nil {
		return err
	}
	a.row.Waiting.value.Approval = ""
	if open, waits := a.dossier.open(); waits {
		a.row.Waiting.value.Approval = open.ID
	}
	return nil
}

// asItWas answers an amendment that leaves nothing.
func (a *amending) asItWas(ctx context.Context, err error) (usm.StepResult, error) {
	if err != nil {
		return usm.StepResult{}, err
	}
	result := usm.StepResult{}
	if a.in.Kind != usm.EventProposed {
		result.Approval = a.dossier.result(a.about)
	}
	for _, one := range a.dossier.all {
		if one.Retro && one.Replaces == a.about && one.State == usm.ApprovalOpen {
			result.Owed = a.obligation(one) // the engine may have lost the bypass: its run is started once
		}
	}
	result.Watch, err = a.store.watchAfter(ctx, a.tx, a.row.was, a.in)
	return result, err
}

// proposeStep asks for what the open step is to come to. asks is false when nobody has to approve it.
func (a *amending) proposeStep(ctx context.Context) (asks bool, err error) {
	action := usm.Action{Step: a.row.Step, Outcome: a.in.Outcome, Fields: a.in.Fields, Text: a.in.Text}
	p := proposal{content: a.dossier.contentOf(action), outcome: a.in.Outcome, by: a.in.Actor}
	if asks, err = a.dossier.propose(ctx, p); err != nil {
		return false, err
	}
	a.in.Fields = map[string]any{"proposal": p.content["proposal"]}
	for _, one := range a.dossier.round() {
		switch {
		case one.State == usm.ApprovalOpen, !asks && (one.State == usm.ApprovalApproved || one.State == usm.ApprovalBypassed):
			a.concerns(one)
			asks = true // or it has approved this before
		}
	}
	return asks, nil
}

// reconsider looks at the open approval after the call has changed: it is withdrawn when the call does not wait for it any
// more, and shows the call as it is now.
func (a *amending) reconsider(ctx context.Context) error {
	open, waits := a.dossier.open()
	if !waits {
		return nil
	}
	if a.row.Waiting.value.Kind != usm.WaitApproval || a.row.Step != open.Step || a.row.Attempt != open.Attempt {
		a.concerns(open)
		a.dossier.end(open, usm.ApprovalWithdrawn, withdrawal(a.in))
		return nil
	}
	content := a.dossier.shownNow(open)
	if approval.Digest(content) == open.Digest {
		return a.anotherCustomer(ctx, open)
	}
	a.concerns(open)
	_, err := a.dossier.propose(ctx, proposal{content: content, outcome: open.Outcome, by: open.By, stands: true})
	if now, waits := a.dossier.open(); waits {
		a.concerns(now)
	}
	return err
}

// anotherCustomer looks whom the approval asks now that another agreement covers the call.
func (a *amending) anotherCustomer(ctx context.Context, open usm.Approval) error {
	if a.row.Agreement == a.row.was.Agreement || !namesRole(open.Policy, usm.RoleCustomer) {
		return nil
	}
	w, err := a.dossier.world(ctx, open)
	if err != nil {
		return err
	}
	return a.settle(ctx, a.dossier.put(approval.Refresh(open, w)))
}

// shownNow is the content of an approval with the call as it is now.
func (d *dossier) shownNow(a usm.Approval) map[string]any {
	shown, _ := a.Content["proposal"].(map[string]any)
	fields, _ := shown["fields"].(map[string]any)
	note, _ := shown["note"].(string)
	content := d.contentOf(usm.Action{Step: a.Step, Outcome: a.Outcome, Fields: fields, Text: note})
	content["proposal"] = a.Content["proposal"]
	return content
}

// withdrawal says why an approval is not asked for any more.
func withdrawal(in usm.Amendment) string {
	why := map[usm.EventKind]string{
		usm.EventAborted: "the call was aborted", usm.EventRetyped: "the call was retyped", usm.EventSentBack: "the step was sent back",
	}[in.Kind]
	why = orElse(why, "the call does not wait for it any more")
	if in.Text != "" {
		why += ": " + in.Text
	}
	return why
}

// account puts what became of approvals into the amendment's result and its row of the trail.
func (a *amending) account(event *eventRow) {
	d := a.dossier
	a.result.Approval = d.result(a.about)
	if a.owed != "" {
		owed, _ := d.find(a.owed)
		a.result.Owed = a.obligation(owed)
	}
	was, is := map[string]any{}, map[string]any{}
	for i, one := range d.all {
		before := usm.ApprovalState("")
		if i < len(d.was) {
			before = d.was[i].State
		}
		if before != one.State {
			was[one.ID], is[one.ID] = before, one.State
		}
	}
	if len(is) > 0 {
		event.Before.value["approvals"], event.After.value["approvals"] = was, is
	}
	if one, err := d.find(a.about); err == nil && event.Kind != usm.EventAnswered {
		fields := approvalFields(one)
		maps.Copy(fields, event.Fields.value)
		event.Fields.value = fields
	}
}

// approvalFields is what every row of the trail says of its approval.
func approvalFields(a usm.Approval) map[string]any {
	fields := map[string]any{"approval": a.ID, "policy": a.Policy.ID, "state": a.State, "digest": a.Digest}
	if a.Why != "" {
		fields["why"] = a.Why
	}
	if a.Silence {
		fields["silence"] = true
	}
	if a.Replaces != "" {
		fields["replaces"] = a.Replaces
	}
	if len(a.Changed) > 0 {
		fields["changed"] = a.Changed
	}
	if a.Due != nil {
		fields["due"] = a.Due.UTC().Format(time.RFC3339Nano)
	}
	return fields
}

// result is what the workflow is told of an approval: of the one that the call waits for when that is another by now.
func (d *dossier) result(about string) *usm.ApprovalResult {
	one, err := d.find(about)
	if err != nil {
		return nil
	}
	if open, waits := d.open(); waits && !one.Retro {
		one = open
	}
	result := &usm.ApprovalResult{ID: one.ID, State: one.State, Digest: one.Digest, Why: one.Why, Retro: one.Retro}
	switch one.State { //nolint:exhaustive // the others say all by their name
	case usm.ApprovalOpen:
		result.Members, result.Due = each(d.asks[one.ID], askedPerson), one.Due
	case usm.ApprovalApproved, usm.ApprovalBypassed:
		if !one.Retro {
			result.By = d.approvers()
		}
	case usm.ApprovalExpired:
		result.Expiry = orElse(one.Policy.Expiry, usm.ExpiryReject)
	}
	return result
}
