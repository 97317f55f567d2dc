package rehearse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// round asks the policies one after the other, as the product does. Until is when it was submitted again, zero: never.
func (h *hearing) round(round replay.Round, answers []*answer, until time.Time) error {
	content := h.content(round.Route())
	selected := approval.Selected(h.at, h.rule.At, content)
	h.course.outcome, h.course.why = OutcomeUnasked, "no policy asks"
	at := round.At
	for _, policy := range selected {
		a, err := h.approval(policy, content, at, answers, until)
		if err != nil {
			return fmt.Errorf("policy %s: %w", policy.ID, err)
		}
		if h.course.outcome = outcomeOf(a); h.course.outcome != OutcomeApproved {
			h.course.why = policy.ID + ": " + h.why(a)
			h.unreached(selected, answers)
			return nil
		}
		h.course.why = policy.ID + ": " + a.Why
		at = *a.ClosedAt
	}
	unheard := func(a *answer) bool { return a.Decision == usm.Reject && a.fate != fateCounted }
	if i := slices.IndexFunc(answers, unheard); i >= 0 && h.breaksOff(round, answers[i].Role, selected) {
		h.course.outcome = OutcomeOpen
		h.course.why = "the log does not tell who else would have been asked, since " + answers[i].Role + " rejected it"
		return nil
	}
	h.course.at = at
	return nil
}

// breaksOff reports whether other policies might have asked in a round, had a role not rejected it: its route holds those who
// decided it, and not who would have come after them.
func (h *hearing) breaksOff(round replay.Round, rejected string, selected []usm.ApprovalPolicy) bool {
	route := round.Route()
	after := false
	for _, role := range h.rule.Roles {
		if after {
			route = append(route, role.Role)
		}
		after = after || role.Role == rejected
	}
	return len(approval.Selected(h.at, h.rule.At, h.content(route))) != len(selected)
}

// approval asks for one approval, and for those that it is escalated to.
func (h *hearing) approval(
	policy usm.ApprovalPolicy, content map[string]any, at time.Time, answers []*answer, until time.Time,
) (a usm.Approval, err error) {
	next := usm.Approval{
		Call: h.call.Number, Domain: h.domain.ID, Subject: h.call.Subject, Step: h.rule.At, Attempt: 1, Policy: policy,
		Version: h.domain.Version, By: h.by, Content: content,
	}
	for {
		next.ID = h.call.Number + "." + strconv.Itoa(len(h.course.asked)+1)
		w := approval.World{Directory: h.directory, Calendar: h.calendars[policy.Calendar], Hours: h.calendars[""], Now: at}
		if a, err = approval.Open(next, w); err != nil {
			return a, err
		}
		s := session{hearing: h, a: a, w: w, answers: answers, until: until, since: map[string]time.Time{}, heard: map[string]bool{}}
		if err = s.run(); err != nil {
			return a, err
		}
		s.count(a.Stuck != "")
		if a = s.a; a.State != usm.ApprovalEscalated {
			return a, nil
		}
		next, at = approval.Escalated(a), *a.ClosedAt
	}
}

// outcomeOf is what an approval says about the case.
func outcomeOf(a usm.Approval) Outcome {
	switch {
	case a.State == usm.ApprovalApproved:
		return OutcomeApproved
	case a.State == usm.ApprovalRejected:
		return OutcomeRejected
	case a.State == usm.ApprovalExpired && a.Policy.Expiry == usm.ExpiryAbort:
		return OutcomeAborted
	case a.State == usm.ApprovalExpired:
		return OutcomeExpired
	}
	return OutcomeOpen
}

// why says in a few words why an approval did not go through.
func (h *hearing) why(a usm.Approval) string {
	switch {
	case a.State == usm.ApprovalVoid, a.State == usm.ApprovalOpen && a.Stuck == "":
		return "waits for " + strings.Join(h.waiting(a), ", ")
	case a.State == usm.ApprovalOpen:
		return a.Stuck
	}
	return a.Why
}

// waiting are the roles that an approval asks now.
func (h *hearing) waiting(a usm.Approval) (roles []string) {
	a.State = usm.ApprovalOpen
	for _, v := range h.voices(a, approval.World{Directory: h.directory}) {
		roles = append(roles, v.role)
	}
	return roles
}

// unreached settles what became of the answers that nobody asked for before the round ended: a policy would have, later.
func (h *hearing) unreached(selected []usm.ApprovalPolicy, answers []*answer) {
	for _, policy := range selected {
		roles := h.roles(policy, policy.Require)
		for _, a := range answers {
			if a.fate == fateUnneeded && !a.settled && slices.Contains(roles, a.Role) {
				a.fate = fateUnreached
			}
		}
	}
}

// asking is the policy of whose approvers the log's own role is one; the zero policy when others are asked in their place.
func asking(a usm.Approval) usm.ApprovalPolicy {
	if a.Replaces != "" {
		return usm.ApprovalPolicy{}
	}
	return a.Policy
}

// voice is a role that is asked now, and who may speak for it: those who are asked as nothing else first.
type voice struct {
	role   string
	people []string
	alone  int // of people
}

// voices are the roles that an approval asks now, in the order of its members.
func (h *hearing) voices(a usm.Approval, w approval.World) []voice {
	var found []voice
	for _, d := range approval.Deciders(a, w) {
		if d.By != d.Person {
			continue
		}
		var roles []string
		for _, m := range a.Members {
			if m.Person == d.Person && slices.Contains(a.Asking, m.Group) {
				roles = append(roles, h.role(asking(a), m.As))
			}
		}
		slices.Sort(roles)
		roles = slices.Compact(roles)
		for _, role := range roles {
			i := slices.IndexFunc(found, func(v voice) bool { return v.role == role })
			if i < 0 {
				i = len(found)
				found = append(found, voice{role: role})
			}
			if v := &found[i]; len(roles) == 1 {
				v.people = slices.Insert(v.people, v.alone, d.Person)
				v.alone++
			} else {
				v.people = append(v.people, d.Person)
			}
		}
	}
	return found
}

// speaker is who of the people answers for the role, always the same in the same case.
func (v voice) speaker(id string) string {
	if v.alone > 0 {
		return replay.Spread(id, v.people[:v.alone])
	}
	return replay.Spread(id, v.people)
}
