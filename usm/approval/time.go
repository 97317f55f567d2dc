package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// expiry is the name of the alarm with which the time of an approval is over.
const expiry = "expiry"

// within is the time that an approval may take; "" is for ever. One that is owed has that of the emergency.
func within(a usm.Approval) string {
	if a.Retro && a.Policy.Emergency != nil {
		return a.Policy.Emergency.Within
	}
	return a.Policy.Within
}

func dueOf(within string, from time.Time, w World) (time.Time, error) {
	target, err := clock.ParseTarget(within)
	if err != nil {
		return time.Time{}, fmt.Errorf("approval: within: %w", err)
	}
	due, err := target.Due(w.Calendar, from)
	if err != nil {
		return time.Time{}, fmt.Errorf("approval: within %s: %w", within, err)
	}
	return due, nil
}

// bell is a moment of an approval.
type bell struct {
	name string
	at   string // trigger
}

// bells are the moments before the expiry that have not come yet, in the order in which they ring when they come together.
// Nothing that is owed for a bypass is escalated or handed to substitutes: its people are reminded.
func bells(a usm.Approval) []bell {
	var all []bell
	for _, at := range a.Policy.Reminders {
		all = append(all, bell{"remind/" + at, at})
	}
	if a.Policy.Substitute != nil {
		all = append(all, bell{substitute, a.Policy.Substitute.After})
	}
	for i, e := range a.Policy.Escalation {
		all = append(all, bell{fmt.Sprintf("escalation/%d", i+1), e.At})
	}
	return slices.DeleteFunc(all, func(b bell) bool { return slices.Contains(a.Rung, b.name) })
}

// Next is the next moment at which something is due by itself; the zero alarm when nothing is. Its key is
// "approval/<id>/<name>", with a name of remind/<trigger>, substitute, escalation/<n> or expiry. Reminders, substitutes and
// the ladder wait for service hours, unless a step of the ladder is for any time; the expiry does not. What would come after
// the expiry never comes.
func Next(a usm.Approval, w World) (usm.Alarm, error) {
	if a.State != usm.ApprovalOpen || a.Due == nil {
		return usm.Alarm{}, nil
	}
	next := usm.Alarm{Key: key(a, expiry), At: *a.Due}
	target, err := clock.ParseTarget(within(a))
	if err != nil {
		return usm.Alarm{}, fmt.Errorf("approval %s: within: %w", a.ID, err)
	}
	span, err := target.Span(w.Calendar, a.OpenedAt)
	if err != nil {
		return usm.Alarm{}, fmt.Errorf("approval %s: %w", a.ID, err)
	}
	for _, b := range slices.Backward(bells(a)) { // of those that come together the first is next
		at, err := moment(a, b, span, w)
		if err != nil {
			return usm.Alarm{}, fmt.Errorf("approval %s: %s: %w", a.ID, b.name, err)
		}
		if !at.After(next.At) {
			next = usm.Alarm{Key: key(a, b.name), At: at}
		}
	}
	return next, nil
}

// moment is when a bell rings.
func moment(a usm.Approval, b bell, span time.Duration, w World) (time.Time, error) {
	trigger, err := clock.ParseTrigger(b.at)
	if err != nil {
		return time.Time{}, err
	}
	after := trigger.After(span)
	if after == span {
		return inHours(a, b, *a.Due, w)
	}
	at, err := w.Calendar.Add(a.OpenedAt, after)
	if err != nil {
		return time.Time{}, err
	}
	return inHours(a, b, at, w)
}

func inHours(a usm.Approval, b bell, at time.Time, w World) (time.Time, error) {
	if i, ok := rungOfLadder(b.name, a.Policy); ok && a.Policy.Escalation[i].AnyTime {
		return at, nil
	}
	return w.Hours.NextOpen(at)
}

func key(a usm.Approval, name string) string { return "approval/" + a.ID + "/" + name }

// rungOfLadder is the step of the ladder that an alarm names.
func rungOfLadder(name string, policy usm.ApprovalPolicy) (int, bool) {
	for i := range policy.Escalation {
		if name == fmt.Sprintf("escalation/%d", i+1) {
			return i, true
		}
	}
	return 0, false
}

// nameOf is the name in the key of an alarm of the approval.
func nameOf(a usm.Approval, alarm usm.Alarm) (string, bool) {
	return strings.CutPrefix(alarm.Key, key(a, ""))
}
