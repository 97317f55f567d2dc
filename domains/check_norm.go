package domains

import (
	"cmp"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// norms checks that what the promises of an agreement name exists in the domain.
func (c *checker) norms(at string, agreement usm.Agreement) {
	known := reasons(c.domain.Pauses, agreement.Pauses)
	for i, reason := range agreement.Pauses {
		c.causes(fmt.Sprintf("%s/pauses/%d", at, i), reason, known)
	}
	c.calendar(at, agreement.Calendar)
	c.ladder(at, agreement.Escalation)
	for i, norm := range agreement.Norms {
		pointer := fmt.Sprintf("%s/norms/%d", at, i)
		calendar := cmp.Or(norm.Calendar, agreement.Calendar)
		c.calendar(pointer, norm.Calendar)
		c.reached(pointer+"/reaction", norm.Reaction, calendar)
		c.reached(pointer+"/update", norm.Update, calendar)
		c.reached(pointer+"/handling", norm.Handling, calendar)
		c.allKnown(pointer+"/pause", "reason to pause", norm.Pause, known)
		c.ladder(pointer, norm.Escalation)
		for j, named := range norm.Named {
			c.named(fmt.Sprintf("%s/named/%d", pointer, j), named, calendar, known)
		}
	}
}

func (c *checker) named(at string, named usm.NamedNorm, calendar string, known map[string]bool) {
	c.calendar(at, named.Calendar)
	c.reached(at+"/target", named.Target, cmp.Or(named.Calendar, calendar))
	c.allKnown(at+"/pause", "reason to pause", named.Pause, known)
	c.ladder(at, named.Escalation)
	c.known(at+"/start/reason", "reason to pause", named.Start.Reason, known)
	c.known(at+"/stop/reason", "reason to pause", named.Stop.Reason, known)
	for i, m := range named.Cancel {
		c.known(fmt.Sprintf("%s/cancel/%d/reason", at, i), "reason to pause", m.Reason, known)
	}
	for i, m := range named.Reset {
		c.known(fmt.Sprintf("%s/reset/%d/reason", at, i), "reason to pause", m.Reason, known)
	}
}

func (c *checker) calendar(at, id string) {
	if _, ok := c.calendars[id]; !ok {
		c.mistakef(at+"/calendar", "unknown calendar %q", id)
	}
}

// ladder checks what the steps of an escalation name.
func (c *checker) ladder(at string, ladder []usm.Escalation) {
	for i, step := range ladder {
		pointer := fmt.Sprintf("%s/escalation/%d", at, i)
		for j, who := range step.Notify {
			if who != usm.RuleAccountable && who != usm.RuleRequester {
				c.known(fmt.Sprintf("%s/notify/%d", pointer, j), "profile", who, c.profiles)
			}
		}
		c.allKnown(pointer+"/reassign", "profile", step.Reassign, c.profiles)
		if step.Open != nil {
			c.known(pointer+"/open/service", "service", step.Open.Service, c.services)
			c.allKnown(pointer+"/open/components", "component", step.Open.Components, c.components)
		}
	}
}
