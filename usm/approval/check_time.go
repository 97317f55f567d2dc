package approval

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// time checks how long the approval may take and what happens meanwhile and afterwards.
func (c *checker) time(at string, policy usm.ApprovalPolicy) {
	if !c.calendars[policy.Calendar] {
		c.mistakef(at+"/calendar", "unknown calendar %q", policy.Calendar)
	}
	c.target(at+"/within", policy.Within)
	if policy.Within == "" {
		c.endless(at, policy)
		return
	}
	length := longestOf(policy.Within)
	for i, reminder := range policy.Reminders {
		c.trigger(fmt.Sprintf("%s/reminders/%d", at, i), reminder, length)
	}
	for i, step := range policy.Escalation {
		c.trigger(fmt.Sprintf("%s/escalation/%d/at", at, i), step.At, length)
	}
	if policy.Substitute != nil {
		after := at + "/substitute/after"
		if !strings.HasSuffix(policy.Substitute.After, "%") {
			c.mistakef(after, "%q is not a share of the time such as 75%%", policy.Substitute.After)
		} else {
			c.trigger(after, policy.Substitute.After, length)
		}
	}
	switch {
	case !slices.Contains(expiries, policy.Expiry):
		c.mistakef(at+"/expiry", "%q is none of reject, escalate, abort and approve_by_silence", policy.Expiry)
	case policy.Expiry == usm.ExpiryEscalate && len(policy.Escalate) == 0:
		c.mistakef(at+"/escalate", "is required: who decides when the time is over")
	case policy.Expiry != usm.ExpiryEscalate && len(policy.Escalate) > 0:
		c.mistakef(at+"/escalate", "is never done: expiry is not escalate")
	}
}

var expiries = []usm.Expiry{"", usm.ExpiryReject, usm.ExpiryEscalate, usm.ExpiryAbort, usm.ExpirySilence}

// endless refuses what never happens because the approval may take for ever.
func (c *checker) endless(at string, policy usm.ApprovalPolicy) {
	for _, part := range []struct {
		key   string
		given bool
	}{
		{"calendar", policy.Calendar != ""},
		{"reminders", len(policy.Reminders) > 0},
		{"substitute", policy.Substitute != nil},
		{"escalation", len(policy.Escalation) > 0},
		{"expiry", policy.Expiry != ""},
		{"escalate", len(policy.Escalate) > 0},
	} {
		if part.given {
			c.mistakef(at+"/"+part.key, "has no meaning without within: the approval may take for ever")
		}
	}
}

// target refuses what package clock cannot read as a promised time; absent is fine.
func (c *checker) target(at, text string) {
	if text == "" {
		return
	}
	if _, err := clock.ParseTarget(text); err != nil {
		c.mistakef(at, "%s", sentence(err))
	}
}

// trigger refuses a moment that is not between the beginning and the end of the approval.
func (c *checker) trigger(at, text string, length time.Duration) {
	trigger, err := clock.ParseTrigger(text)
	if err != nil {
		c.mistakef(at, "%s", sentence(err))
		return
	}
	switch after := trigger.After(length); {
	case after <= 0:
		c.mistakef(at, "%q is not after the beginning of the approval", text)
	case after >= length:
		c.mistakef(at, "%q is not before the end of the approval: give a share such as 75%% or time before it such as -8h", text)
	}
}

// longestOf is the target in business time. Business days are as long as their calendar says, so they are taken for very
// long.
func longestOf(target string) time.Duration {
	if d, err := time.ParseDuration(target); err == nil && d > 0 {
		return d
	}
	return 20 * 8766 * time.Hour // longer than any target
}

// sentence is what an error of package clock says of the one text it was given.
func sentence(err error) string {
	if refused, ok := errors.AsType[*usm.Error](err); ok && len(refused.Fields) > 0 {
		return refused.Fields[0].Detail
	}
	return err.Error()
}

// standIns checks substitutes and those to whom an approval is escalated.
func (c *checker) standIns(at string, policy usm.ApprovalPolicy) {
	if policy.Substitute != nil {
		c.others(at+"/substitute/approvers", policy.Substitute.Approvers, policy.Require, "stand in for each other")
	}
	c.others(at+"/escalate", policy.Escalate, policy.Require, "are asked again")
}

// others refuses a list of approvers among whom nobody is who is not asked anyhow.
func (c *checker) others(at string, approvers []usm.Approver, require usm.Quorum, what string) {
	before := len(c.mistakes)
	for i, who := range approvers {
		c.approver(fmt.Sprintf("%s/%d", at, i), who, "")
	}
	if len(c.mistakes) > before || len(approvers) == 0 {
		return
	}
	asked, roles := c.asked(require), rolesOf(require)
	for _, who := range approvers {
		fresh := slices.ContainsFunc(c.named(who, nil), func(id string) bool { return !slices.Contains(asked, id) })
		if fresh || who.Role != "" && !slices.Contains(roles, who.Role) {
			return
		}
	}
	if people, _ := c.strength(approvers, nil); people == 0 {
		c.mistakef(at, "names nobody who is active")
		return
	}
	c.mistakef(at, "leads in a circle: the same people %s", what)
}

// rolesOf are the relations that the quorum asks for.
func rolesOf(q usm.Quorum) []usm.ApproverRole {
	var roles []usm.ApproverRole
	for _, who := range q.Approvers {
		roles = append(roles, who.Role)
	}
	for _, part := range slices.Concat(q.Stages, q.Groups) {
		roles = append(roles, rolesOf(part)...)
	}
	return roles
}
