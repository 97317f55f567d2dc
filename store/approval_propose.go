package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// proposal is what the open step of a call is to come to.
type proposal struct {
	content map[string]any
	outcome usm.Outcome
	by      usm.Actor
	stands  bool // it was proposed before: the approval that is open goes on whatever else its policy's condition says now
}

// contentOf is what is shown to be approved, with the call as it is now.
func (d *dossier) contentOf(action usm.Action) map[string]any {
	return approval.Content(d.row.call(), d.row.Fields.value, action)
}

// propose asks for the first approval that the proposal needs and does not have; what is open and does not fit any more
// ends. asks is false when nothing has to be approved any more.
func (d *dossier) propose(ctx context.Context, p proposal) (asks bool, err error) {
	open, waits := d.open()
	policies, err := d.policies(ctx, p, open)
	if err != nil {
		return false, err
	}
	for _, policy := range policies {
		switch {
		case d.given(policy, p.content):
			continue
		case waits && open.Policy.ID == policy.ID:
			return true, d.renew(ctx, open, p)
		}
		next := usm.Approval{
			Step: d.row.Step, Attempt: d.row.Attempt, Policy: policy, Version: d.row.DomainVersion, Outcome: p.outcome, By: p.by,
			Content: p.content, Barred: d.row.Waiting.value.Exclude,
		}
		if waits {
			d.end(open, usm.ApprovalVoid, policy.Name+" has to approve what is proposed now, first")
			next.Replaces = open.ID
		}
		_, err := d.add(ctx, next)
		return true, err
	}
	if waits {
		d.end(open, usm.ApprovalWithdrawn, "what is proposed now does not need it")
	}
	return false, nil
}

// policies are those that ask about the proposal, of the version that the call is bound to.
func (d *dossier) policies(ctx context.Context, p proposal, open usm.Approval) ([]usm.ApprovalPolicy, error) {
	domain, err := d.store.version(ctx, d.tx, d.row.Domain, d.row.DomainVersion)
	if err != nil {
		return nil, err
	}
	selected := approval.Selected(domain.Approvals, d.row.Step, p.content)
	if !p.stands || open.ID == "" {
		return selected, nil
	}
	var all []usm.ApprovalPolicy
	for _, policy := range domain.Approvals {
		if policy.ID == open.Policy.ID || has(selected, policyID, policy.ID) {
			all = append(all, policy)
		}
	}
	return all, nil
}

func policyID(p usm.ApprovalPolicy) string { return p.ID }

// round are the approvals of this attempt of the open step.
func (d *dossier) round() []usm.Approval {
	var of []usm.Approval
	for _, a := range d.all {
		if !a.Retro && a.Step == d.row.Step && a.Attempt == d.row.Attempt {
			of = append(of, a)
		}
	}
	return of
}

// given reports whether the policy has approved this content, or somebody went on without it.
func (d *dossier) given(policy usm.ApprovalPolicy, content map[string]any) bool {
	return slices.ContainsFunc(d.round(), func(a usm.Approval) bool {
		if a.Policy.ID != policy.ID || a.State != usm.ApprovalApproved && a.State != usm.ApprovalBypassed {
			return false
		}
		_, differs := approval.Renewed(a, content)
		return !differs
	})
}

// approvers are those who approved what the open step comes to, and those for whom they did.
func (d *dossier) approvers() []string {
	var by []string
	for _, a := range d.round() {
		if a.State != usm.ApprovalApproved {
			continue
		}
		for _, b := range a.Ballots {
			for _, person := range []string{b.Person, b.By} {
				if b.Decision == usm.Approve && person != "" && !slices.Contains(by, person) {
					by = append(by, person)
				}
			}
		}
	}
	return by
}

// renew shows the open approval's approvers what is proposed now: the same approval goes on when nothing material differs,
// otherwise another one asks.
func (d *dossier) renew(ctx context.Context, open usm.Approval, p proposal) error {
	next, differs := approval.Renewed(open, p.content)
	another := p.by.Person != open.By.Person || p.by.For != open.By.For
	next.By, next.Outcome = p.by, p.outcome
	if another {
		next.Barred = append(slices.Clip(next.Barred), persons(open.By)...)
	}
	answered := slices.ContainsFunc(open.Ballots, func(b usm.Ballot) bool { return p.by.Is(b.Person) || p.by.Is(b.By) })
	if !differs && !answered {
		if another {
			w, err := d.world(ctx, next)
			if err != nil {
				return err
			}
			next = approval.Refresh(next, w)
		}
		d.put(next)
		return nil
	}
	why := "what is proposed has changed"
	if !differs { // who proposes it now has answered, and nobody approves what he proposes
		next = anew(next)
		why = "one who has answered proposes it now"
	}
	d.end(open, usm.ApprovalVoid, why+changes(next.Changed))
	_, err := d.add(ctx, next)
	return err
}

// anew is an approval that asks the same again.
func anew(a usm.Approval) usm.Approval {
	return usm.Approval{
		Step: a.Step, Attempt: a.Attempt, Policy: a.Policy, Version: a.Version, Outcome: a.Outcome, By: a.By, Content: a.Content,
		Barred: a.Barred, Replaces: a.ID,
	}
}

// changes names the places that differ.
func changes(all []usm.ContentChange) string {
	text := ""
	for i, change := range all {
		switch {
		case i == 0:
			text = ": " + change.Pointer
		case i < 5:
			text += ", " + change.Pointer
		case i == 5:
			text += fmt.Sprintf(" and %d more", len(all)-5)
		}
	}
	return text
}

// persons are the people whom an actor stands for.
func persons(actor usm.Actor) []string {
	var all []string
	for _, person := range []string{actor.Person, actor.For} {
		if person != "" {
			all = append(all, person)
		}
	}
	return all
}
