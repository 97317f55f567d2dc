package workflows_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// gates are the approvals of the registers of a test: the same engine decides them as in the product, and who is who can be
// changed under way. The lock of the registers guards them.
type gates struct {
	policies []usm.ApprovalPolicy
	who      approval.Directory
	calendar *clock.Calendar
	now      func() time.Time
	all      []usm.Approval
	notices  []usm.Notice
}

// people of the tests: ann asks; mona manages her and dora manages mona; the board; the staff; carl coordinates.
func whoIsWho() approval.Directory {
	person := func(id, manager string, profiles ...string) usm.Person {
		return usm.Person{ID: id, Name: id, Manager: manager, Profiles: profiles}
	}
	return approval.Directory{Domain: usm.Domain{ID: "it", TimeZone: "UTC", People: []usm.Person{
		person("ann", "mona"), person("mona", "dora"), person("dora", ""), person("bea", "dora", "board"), person("ben", "dora", "board"),
		person("bob", "dora", "board"), person("sue", "", "deputies"), person("carl", "", "coordinator"), person("zoe", ""),
		person("olga", "carl", "operator"), person("piet", "carl", "operator"), person("sam", "carl", "operator"),
	}}}
}

// follow lets the approvals follow a change that is about to be written. nothing is true when no policy asks about what is
// proposed; then nothing is written.
func (r *registers) follow(in usm.Amendment, written *entry) (nothing bool, err error) {
	switch in.Kind { //nolint:exhaustive // the others only end what a call waits for
	case usm.EventProposed:
		content := approval.Content(r.facts(in.Call), nil, usm.Action{Step: in.Step, Outcome: in.Outcome, Fields: in.Fields, Text: in.Text})
		err = r.ask(in, written, content, in.Actor)
		return written.approval == nil, err
	case usm.EventDecided:
		return false, r.count(in, written)
	case usm.EventBypassed:
		return false, r.owe(in, written)
	case usm.EventApproverAdded, usm.EventRechecked:
		return false, r.look(in, written)
	case usm.EventAlarm:
		return false, r.time(in, written)
	}
	if in.Next != nil && in.Next.Waiting.Kind != usm.WaitApproval {
		r.withdraw(in.Call.Number, written)
	}
	return false, nil
}

// facts are a call as the registers have it, with its priority as it is now.
func (r *registers) facts(call usm.Call) usm.Call {
	if known := r.calls[call.Number]; known != nil && known.Priority != "" {
		call.Priority = known.Priority
	}
	return call
}

func (r *registers) world() approval.World {
	return approval.World{Directory: r.who, Calendar: r.calendar, Hours: r.calendar, Now: r.now()}
}

// pending is the approval that a call waits for, nil for none.
func (r *registers) pending(number string) *usm.Approval {
	return r.latest(func(a usm.Approval) bool { return a.Call == number && !a.Retro && a.State == usm.ApprovalOpen })
}

func (r *registers) latest(is func(usm.Approval) bool) *usm.Approval {
	for i := range slices.Backward(r.all) {
		if is(r.all[i]) {
			return &r.all[i]
		}
	}
	return nil
}

// ask asks for the first approval that what is proposed needs and does not have.
func (r *registers) ask(in usm.Amendment, written *entry, content map[string]any, by usm.Actor) error {
	step, attempt := in.Next.Step, in.Next.Attempt
	open := r.pending(in.Call.Number)
	for _, policy := range approval.Selected(r.policies, step, content) {
		given := r.latest(func(a usm.Approval) bool {
			return a.Call == in.Call.Number && a.Step == step && a.Attempt == attempt && a.Policy.ID == policy.ID &&
				(a.State == usm.ApprovalApproved || a.State == usm.ApprovalBypassed)
		})
		switch {
		case given != nil:
			continue
		case open != nil && open.Policy.ID == policy.ID:
			return r.renew(written, open, content, by)
		}
		return r.add(written, usm.Approval{
			Call: in.Call.Number, Domain: "it", Subject: in.Call.Subject, Step: step, Attempt: attempt, Policy: policy, Version: 1,
			Outcome: in.Outcome, By: by, Content: content, Barred: in.Next.Waiting.Exclude,
		})
	}
	return nil
}

// renew shows the approvers what is proposed now; where that differs another approval asks.
func (r *registers) renew(written *entry, open *usm.Approval, content map[string]any, by usm.Actor) error {
	next, differs := approval.Renewed(*open, content)
	next.By = by
	if !differs {
		*open = next
		written.tells(next)
		return nil
	}
	open.State, open.Why = usm.ApprovalVoid, "the content changed"
	return r.add(written, next)
}

// add opens an approval.
func (r *registers) add(written *entry, a usm.Approval) error {
	n := 1
	for _, known := range r.all {
		if known.Call == a.Call {
			n++
		}
	}
	a.ID = a.Call + "." + strconv.Itoa(n)
	opened, err := approval.Open(a, r.world())
	if err != nil {
		return err
	}
	r.all = append(r.all, opened)
	for _, d := range approval.Deciders(opened, r.world()) {
		r.notices = append(r.notices, usm.Notice{To: d.By, Approval: a.ID})
	}
	written.tells(opened)
	return nil
}

// tells says in the result of a change how an approval stands.
func (e *entry) tells(a usm.Approval) {
	result := &usm.ApprovalResult{ID: a.ID, State: a.State, Digest: a.Digest, Why: a.Why, Retro: a.Retro, Due: a.Due}
	switch a.State { //nolint:exhaustive // the others say all by their name
	case usm.ApprovalOpen:
		for _, m := range a.Members {
			result.Members = append(result.Members, m.Person)
		}
	case usm.ApprovalExpired:
		result.Expiry = a.Policy.Expiry
	case usm.ApprovalApproved:
		for _, b := range a.Ballots {
			if b.Decision == usm.Approve {
				result.By = append(result.By, b.Person)
			}
		}
	}
	e.approval = result
}

// withdraw ends the approval that a call does not wait for any more.
func (r *registers) withdraw(number string, written *entry) {
	if open := r.pending(number); open != nil {
		open.State, open.Why = usm.ApprovalWithdrawn, "the call does not wait for it any more"
		written.tells(*open)
	}
}

// watching is the earliest of the clocks' next alarm and that of the approval that the run waits for.
func (r *registers) watching(number, about string, watch usm.Watch) usm.Watch {
	a := r.pending(number)
	if owed := r.named(about); owed != nil && owed.Retro {
		a, watch = owed, usm.Watch{}
	}
	if a == nil {
		return watch
	}
	next, err := approval.Next(*a, r.world())
	if err == nil && next.Key != "" && (watch.Alarm.Key == "" || next.At.Before(watch.Alarm.At)) {
		watch.Alarm = next
	}
	return watch
}

func (r *registers) named(id string) *usm.Approval {
	return r.latest(func(a usm.Approval) bool { return a.ID == id })
}

// about is the id of the approval that an amendment names.
func about(in usm.Amendment) string {
	if in.Vote != nil {
		return in.Vote.Approval
	}
	rest, _ := strings.CutPrefix(in.Alarm.Key, "approval/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}
