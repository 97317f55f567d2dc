package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Effect is what a moment of an approval brings.
type Effect struct {
	Name    string       // of the alarm
	Text    string       // for people
	Notices []usm.Notice // to people (ids) and profiles
	Expired bool         // its time is over: State and Why of the approval say what came of it
}

// Ring does what is due at the alarm, each once. ok is false when the approval does not want it any more: it has ended, the
// alarm has rung, or there is no such alarm.
//
// At the expiry the approval is expired, for the caller to do what Policy.Expiry says; escalated, for Escalated to say who is
// asked next; or approved by silence. Silence is the approval of those who were asked and have not answered, of nobody else:
// it is none by a mandatory approver, in a stage that was not asked, or where somebody is missing, and where the quorum is not
// met with it the approval is expired.
func Ring(a usm.Approval, alarm usm.Alarm, w World) (after usm.Approval, does Effect, ok bool) {
	name, ours := nameOf(a, alarm)
	if !ours || a.State != usm.ApprovalOpen || slices.Contains(a.Rung, name) {
		return a, Effect{}, false
	}
	if name == expiry {
		if a.Due == nil {
			return a, Effect{}, false
		}
		return expire(a, w)
	}
	if !slices.ContainsFunc(bells(a), func(b bell) bool { return b.name == name }) {
		return a, Effect{}, false
	}
	a.Rung = append(slices.Clip(a.Rung), name)
	does = Effect{Name: name}
	what := fmt.Sprintf("approval %s (%s) of %q", a.ID, a.Policy.Name, a.Subject)
	due := "until " + stamp(a.Due, w)
	if i, isLadder := rungOfLadder(name, a.Policy); isLadder {
		does.Text = fmt.Sprintf("%s waits for %s, %s", what, joinNames(waiting(a)), due)
		for _, to := range whom(a, a.Policy.Escalation[i].Notify, w) {
			does.Notices = append(does.Notices, usm.Notice{To: to, Text: does.Text})
		}
		return a, does, true
	}
	does.Text = fmt.Sprintf("%s waits for your decision, %s", what, due)
	if name == substitute {
		does.Text = fmt.Sprintf("%s waits for you in the place of who has not answered, %s", what, due)
	}
	for _, d := range Deciders(a, w) {
		told := slices.ContainsFunc(does.Notices, func(n usm.Notice) bool { return n.To == d.By })
		if !told && (name != substitute || d.Rule == usm.RuleSubstitute) {
			does.Notices = append(does.Notices, usm.Notice{To: d.By, Text: does.Text, Approval: a.ID})
		}
	}
	return a, does, true
}

// expire ends an approval whose time is over.
func expire(a usm.Approval, w World) (usm.Approval, Effect, bool) {
	over := "its time was over at " + stamp(a.Due, w) + ", and there was nobody left to ask"
	if silent := waiting(a); len(silent) > 0 {
		over = fmt.Sprintf("its time was over at %s without an answer of %s", stamp(a.Due, w), joinNames(silent))
	}
	a.Rung = append(slices.Clip(a.Rung), expiry)
	switch {
	case a.Retro:
		a = end(a, usm.ApprovalExpired, over+": what was done without approval is still not approved", w.Now)
	case a.Policy.Expiry == usm.ExpiryEscalate:
		a = end(a, usm.ApprovalEscalated, over+": others are asked instead", w.Now)
	case a.Policy.Expiry == usm.ExpirySilence && silence(a):
		a = end(a, usm.ApprovalApproved, over+": the policy takes silence for approval", w.Now)
		a.Silence = true
	case a.Policy.Expiry == usm.ExpirySilence:
		a = end(a, usm.ApprovalExpired, over+": silence is no approval of who was not asked, is mandatory or is missing", w.Now)
	case a.Policy.Expiry == usm.ExpiryAbort:
		a = end(a, usm.ApprovalExpired, over+": the call is aborted", w.Now)
	default:
		a = end(a, usm.ApprovalExpired, over+": it counts as rejected", w.Now)
	}
	text := fmt.Sprintf("approval %s (%s) of %q: %s", a.ID, a.Policy.Name, a.Subject, a.Why)
	does := Effect{Name: expiry, Text: text, Expired: true}
	told := whom(a, []string{usm.NotifyAccountable}, w)
	if a.By.IsPerson() {
		told = append(told, a.By.Person)
	}
	for _, to := range told {
		does.Notices = append(does.Notices, usm.Notice{To: to, Text: text})
	}
	return a, does, true
}

// silence reports whether the quorum is met when all who are asked and have not answered approve.
func silence(a usm.Approval) bool {
	a.Ballots = slices.Clone(a.Ballots)
	for _, leaf := range stand(a).asking() {
		for _, s := range leaf.seats {
			if s.answer == "" && !s.mandatory {
				a.Ballots = append(a.Ballots, usm.Ballot{Person: s.person, Decision: usm.Approve})
			}
		}
	}
	return stand(a).sure
}

// waiting are the members who are asked and have not answered.
func waiting(a usm.Approval) []string {
	var found []string
	for _, leaf := range stand(a).asking() {
		for _, s := range leaf.seats {
			if s.answer == "" && !slices.Contains(found, s.person) {
				found = append(found, s.person)
			}
		}
	}
	return found
}

// whom are the people and profiles that a step of a ladder notifies, each once.
func whom(a usm.Approval, notify []string, w World) []string {
	var found []string
	for _, to := range notify {
		switch to {
		case usm.NotifyAccountable:
			to = w.Domain.Procedure(a.Step.Process()).Rule(a.Step).Accountable
		case usm.NotifyRequester:
			call, _ := a.Content["call"].(map[string]any)
			to = text(call, "requester")
		}
		if to != "" && !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	return found
}

// stamp shows a moment by the wall clock of the domain.
func stamp(at *time.Time, w World) string {
	if at == nil {
		return "ever"
	}
	zone, err := time.LoadLocation(w.Domain.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return strings.TrimSpace(at.In(zone).Format("2006-01-02 15:04 MST"))
}
