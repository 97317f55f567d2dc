package promise

import (
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

func (c *checker) pauses(at string, list []usm.PauseReason) {
	taken := map[string]bool{}
	for _, id := range Everywhere() {
		taken[id] = true
	}
	for i, reason := range list {
		pointer := fmt.Sprintf("%s/%d", at, i)
		switch {
		case slices.Contains(Everywhere(), reason.ID):
			c.mistakef(pointer+"/id", "the reason %q exists everywhere: a norm names it in its pause", reason.ID)
		case taken[reason.ID]:
			c.mistakef(pointer+"/id", "the id %q is taken already", reason.ID)
		}
		taken[reason.ID] = true
		if reason.While != nil {
			c.moment(pointer+"/while", *reason.While, "")
		}
		if reason.Until != nil {
			c.moment(pointer+"/until", *reason.Until, "")
		}
		if reason.While != nil && reason.Until != nil && *reason.While == *reason.Until {
			c.mistakef(pointer+"/until", "must be another moment than the beginning")
		}
	}
}

// Everywhere lists the reasons to pause that need not be declared.
func Everywhere() []string {
	return []string{usm.PauseAnswer, usm.PauseConfirmation, usm.PauseSupplier, usm.PauseChild}
}

// moment refuses what can never hold for a call of the process; "" is any process. That a moment says something at all is
// the schema's business.
func (c *checker) moment(at string, m usm.Moment, process usm.Process) {
	for _, named := range []struct {
		key  string
		step usm.Step
	}{{"/step", m.Step}, {"/opened", m.Opened}} {
		switch {
		case named.step == "":
		case !named.step.Valid():
			c.mistakef(at+named.key, "%q is not one of the 37 steps", named.step)
			return
		case process != "" && named.step.Process() != process:
			c.mistakef(at+named.key, "never holds: %s is no step of %s", named.step, process)
		}
	}
	if m.Outcome != "" && !decided(m, process) {
		c.mistakef(at+"/outcome", "never holds: no such step decides %q", m.Outcome)
	}
	if m.Reason != "" && m.Event != "" && m.Event != usm.EventPaused && m.Event != usm.EventResumed {
		c.mistakef(at+"/reason", "never holds: %s has no reason to pause", m.Event)
	}
	if m.Status.Ended() && m.Opened != "" {
		c.mistakef(at+"/opened", "never holds: a call that is %s has no open step", m.Status)
	}
}

// decided reports whether a step that the moment may be about has that outcome.
func decided(m usm.Moment, process usm.Process) bool {
	for _, p := range usm.Processes() {
		for _, step := range p.Steps() {
			about := (m.Step == "" || m.Step == step) && (process == "" || p == process)
			if about && slices.Contains(step.Outcomes(), m.Outcome) {
				return true
			}
		}
	}
	return false
}
