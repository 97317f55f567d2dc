package workflows_test

import (
	"cmp"
	"strings"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// asked is the approval that an amendment is about: the one it names, else the one that the call waits for.
func (r *registers) asked(in usm.Amendment) (*usm.Approval, error) {
	a := r.named(about(in))
	if a == nil {
		a = r.pending(in.Call.Number)
	}
	if a == nil {
		return nil, usm.Errorf(usm.CodeOutOfTurn, "%s waits for no approval", in.Call.Number)
	}
	return a, nil
}

// count counts a vote.
func (r *registers) count(in usm.Amendment, written *entry) error {
	a, err := r.asked(in)
	if err != nil {
		return err
	}
	after, err := approval.Vote(*a, usm.Ballot{
		Person: cmp.Or(in.Actor.For, in.Actor.Person), By: in.Actor.Person, Decision: in.Vote.Decision, Reason: in.Text,
		Digest: in.Vote.Digest, SignedIn: in.Vote.SignedIn, Through: in.Vote.Through,
	}, r.world())
	if err != nil {
		return err
	}
	*a = after
	return r.settle(in, written, after)
}

// settle does what follows when something happened to an approval.
func (r *registers) settle(in usm.Amendment, written *entry, a usm.Approval) error {
	written.tells(a)
	switch {
	case a.State == usm.ApprovalEscalated:
		return r.add(written, approval.Escalated(a))
	case a.State == usm.ApprovalApproved && !a.Retro:
		in.Next = &usm.Next{Step: a.Step, Attempt: a.Attempt, Waiting: usm.Waiting{Exclude: a.Barred}}
		in.Outcome = a.Outcome
		return r.ask(in, written, a.Content, a.By)
	case a.Retro && (a.State == usm.ApprovalExpired || a.State == usm.ApprovalRejected):
		risk := usm.Call{NewCall: usm.NewCall{Domain: "it", Type: usm.Risk, Subject: "not approved", Requester: "ann", Parent: in.Call.Number}}
		written.opened = append(written.opened, r.register(risk, usm.RiskWithoutChange.Name))
	}
	return nil
}

// owe goes on without an approval, which is owed from then on.
func (r *registers) owe(in usm.Amendment, written *entry) error {
	a, err := r.asked(in)
	if err != nil {
		return err
	}
	a.State, a.Why = usm.ApprovalBypassed, in.Text
	bypassed, owed := *a, *a
	owed.Retro, owed.Replaces = true, a.ID
	if err := r.add(written, owed); err != nil {
		return err
	}
	opened := r.all[len(r.all)-1]
	watch := r.watching(in.Call.Number, opened.ID, usm.Watch{})
	written.owed = &usm.Obligation{
		Approval: opened.ID, Digest: opened.Digest, Call: in.Call, Watch: watch, Asked: written.approval.Members, Due: opened.Due,
	}
	written.tells(bypassed)
	return nil
}

// look asks one more approver, or looks again at who is asked.
func (r *registers) look(in usm.Amendment, written *entry) (err error) {
	a, err := r.asked(in)
	if err != nil {
		return err
	}
	var after usm.Approval
	if in.Kind == usm.EventApproverAdded {
		if after, err = approval.Add(*a, *in.Approver, r.world()); err != nil {
			return err
		}
	} else {
		after = approval.Refresh(*a, r.world())
	}
	*a = after
	return r.settle(in, written, after)
}

// time does what an alarm of an approval brings, or lets approvals follow what an alarm of a clock does to the call.
func (r *registers) time(in usm.Amendment, written *entry) error {
	if !strings.HasPrefix(in.Alarm.Key, "approval/") {
		return r.changed(in, written)
	}
	a, err := r.asked(in)
	if err != nil {
		return err
	}
	w := r.world()
	if w.Now.Before(in.Alarm.At) {
		w.Now = in.Alarm.At
	}
	after, does, ok := approval.Ring(*a, in.Alarm, w)
	if !ok {
		written.tells(*a)
		return nil
	}
	*a = after
	r.notices = append(r.notices, does.Notices...)
	return r.settle(in, written, after)
}

// changed lets an approval follow a priority that the ladder of a clock raises.
func (r *registers) changed(in usm.Amendment, written *entry) error {
	open, priority := r.pending(in.Call.Number), r.brings[in.Alarm.Key].Priority
	if open == nil || priority == "" {
		return nil
	}
	r.calls[in.Call.Number].Priority = priority
	shown, _ := open.Content["proposal"].(map[string]any)
	content := approval.Content(r.facts(in.Call), nil, usm.Action{})
	content["proposal"] = shown
	return r.renew(written, open, content, open.By)
}
