// Package promise checks what an agreement promises as far as no domain is needed for it: targets, warnings, ladders of
// escalation, moments, names. It serves the offers of a wish and the domain files, which so refuse the same in the same words.
package promise

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/steps/mapping"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// Check says what is wrong with an agreement in itself; nothing is wrong with what is simply absent. The pointers lead into
// the agreement. Whether what it names exists, in a domain, is another matter.
func Check(agreement usm.Agreement) []usm.FieldError {
	c := &checker{}
	c.coverage(agreement)
	c.pauses("/pauses", agreement.Pauses)
	taken := map[string]bool{}
	for i, norm := range agreement.Norms {
		at := fmt.Sprintf("/norms/%d", i)
		c.once(at, norm, taken)
		c.norm(at, norm)
	}
	c.warnings("/warnings", agreement.Warnings, inheriting(agreement, func(w []string, _ []usm.Escalation) bool { return w == nil }))
	c.ladder("/escalation", agreement.Escalation, "", inheriting(agreement, func(_ []string, e []usm.Escalation) bool { return e == nil }))
	if len(agreement.Renewal) > 0 && agreement.ValidUntil == "" {
		c.mistakef("/renewal", "has no last day to be ahead of: valid_until is absent")
	}
	first, errFirst := time.Parse(time.DateOnly, agreement.ValidFrom)
	last, errLast := time.Parse(time.DateOnly, agreement.ValidUntil)
	if errFirst == nil && errLast == nil && last.Before(first) {
		c.mistakef("/valid_until", "must not be before the first day")
	}
	return c.mistakes
}

// Pauses says what is wrong with a list of reasons to pause. The pointers lead into the list.
func Pauses(list []usm.PauseReason) []usm.FieldError {
	c := &checker{}
	c.pauses("", list)
	return c.mistakes
}

type checker struct{ mistakes []usm.FieldError }

func (c *checker) mistakef(pointer, format string, args ...any) {
	c.mistakes = append(c.mistakes, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// refuse adds what package clock says, at the place it says under pointer; nil is no refusal.
func (c *checker) refuse(pointer string, err error) {
	c.mistakes = append(c.mistakes, Refusals(pointer, err)...)
}

// Refusals turns an error of package clock into what is wrong under the pointer; nil gives nothing.
func Refusals(pointer string, err error) []usm.FieldError {
	refused, ok := errors.AsType[*usm.Error](err)
	switch {
	case err == nil:
		return nil
	case !ok || len(refused.Fields) == 0:
		return []usm.FieldError{{Pointer: pointer, Detail: err.Error()}}
	}
	found := make([]usm.FieldError, len(refused.Fields))
	for i, f := range refused.Fields {
		found[i] = usm.FieldError{Pointer: pointer + f.Pointer, Detail: f.Detail}
	}
	return found
}

func (c *checker) coverage(agreement usm.Agreement) {
	if len(agreement.Coverage) > 0 && agreement.Type != usm.SA {
		c.mistakef("/coverage", "belongs to an SA: others cover what the agreements that rest on them do")
	}
	taken := map[string]bool{}
	for i, clause := range agreement.Coverage {
		if taken[clause.ID] {
			c.mistakef(fmt.Sprintf("/coverage/%d/id", i), "the id %q is taken already", clause.ID)
		}
		taken[clause.ID] = true
	}
}

// once refuses what another row promises already for the same type and priority. Rows that promise something else stand
// beside it, with a calendar, pauses and alarms of their own.
func (c *checker) once(at string, norm usm.Norm, taken map[string]bool) {
	of := strings.TrimSpace(string(norm.Type) + " " + string(norm.Priority))
	take := func(pointer, name string) {
		if taken[of+"/"+name] {
			c.mistakef(pointer, "%s is promised for %s already", name, of)
		}
		taken[of+"/"+name] = true
	}
	for i, target := range []string{norm.Reaction, norm.Update, norm.Handling} {
		if target != "" {
			take(at+"/"+ownNames[i], ownNames[i])
		}
	}
	for i, named := range norm.Named {
		pointer := fmt.Sprintf("%s/named/%d/name", at, i)
		if slices.Contains(ownNames, named.Name) {
			c.mistakef(pointer, "the name %q is taken already", named.Name)
			continue
		}
		take(pointer, named.Name)
	}
}

// ownNames are the norms that every row may promise.
var ownNames = []string{usm.NormReaction, usm.NormUpdate, usm.NormHandling}

func (c *checker) norm(at string, norm usm.Norm) {
	targets := []string{norm.Reaction, norm.Update, norm.Handling}
	for i, name := range ownNames {
		c.target(at+"/"+name, targets[i])
	}
	if norm.Reaction+norm.Update+norm.Handling == "" && len(norm.Named) == 0 {
		c.mistakef(at, "must promise a reaction, update or handling time, or a named one")
	}
	for i, named := range norm.Named {
		pointer := fmt.Sprintf("%s/named/%d", at, i)
		c.named(pointer, named, norm)
		targets = append(targets, named.Target)
	}
	c.warnings(at+"/warnings", norm.Warnings, targets)
	c.ladder(at+"/escalation", norm.Escalation, norm.Priority, targets)
}

func (c *checker) named(at string, named usm.NamedNorm, norm usm.Norm) {
	c.target(at+"/target", named.Target)
	var process usm.Process // any, when the type is unknown
	if norm.Type.Valid() {
		process = norm.Type.Process()
	}
	c.moment(at+"/start", named.Start, process)
	c.moment(at+"/stop", named.Stop, process)
	for i, m := range named.Cancel {
		c.moment(fmt.Sprintf("%s/cancel/%d", at, i), m, process)
	}
	for i, m := range named.Reset {
		c.moment(fmt.Sprintf("%s/reset/%d", at, i), m, process)
	}
	if named.Stop == named.Start && named.Start != (usm.Moment{}) {
		c.mistakef(at+"/stop", "must be another moment than the start")
	}
	c.warnings(at+"/warnings", named.Warnings, []string{named.Target})
	c.ladder(at+"/escalation", named.Escalation, norm.Priority, []string{named.Target})
}

func (c *checker) target(at, text string) {
	if text != "" {
		_, err := clock.ParseTarget(text)
		c.refuse(at, err)
	}
}

// inheriting returns the targets of the norms that say nothing themselves.
func inheriting(agreement usm.Agreement, silent func([]string, []usm.Escalation) bool) []string {
	var targets []string
	for _, norm := range agreement.Norms {
		if !silent(norm.Warnings, norm.Escalation) {
			continue
		}
		targets = append(targets, norm.Reaction, norm.Update, norm.Handling)
		for _, named := range norm.Named {
			if silent(named.Warnings, named.Escalation) {
				targets = append(targets, named.Target)
			}
		}
	}
	return targets
}

// longest returns the longest of the targets in business time. Business days are as long as their calendar says, so they
// are taken for very long here, and so is no target at all.
func longest(targets []string) time.Duration {
	const veryLong = 20 * 8766 * time.Hour // longer than any that is written
	var most time.Duration
	for _, text := range targets {
		if d, err := time.ParseDuration(text); err == nil {
			most = max(most, d)
		} else if text != "" {
			return veryLong
		}
	}
	return cmp.Or(most, veryLong)
}

// warnings refuses one that comes after all its targets, or for each of them before the start.
func (c *checker) warnings(at string, list, targets []string) {
	for i, text := range list {
		pointer := fmt.Sprintf("%s/%d", at, i)
		if after, ok := c.trigger(pointer, text, targets); ok && after >= longest(targets) {
			c.mistakef(pointer, "a warning comes before the target is used up, not at %q", text)
		}
	}
}

// trigger returns how long after the start it is for the longest of the targets.
func (c *checker) trigger(pointer, text string, targets []string) (after time.Duration, ok bool) {
	trigger, err := clock.ParseTrigger(text)
	if err != nil {
		c.refuse(pointer, err)
		return 0, false
	}
	after = trigger.After(longest(targets))
	if after <= 0 {
		c.mistakef(pointer, "%q is not after the start of any of its targets: the longest is %s", text, usm.Span(longest(targets)))
	}
	return after, after > 0
}

// ladder checks the steps of an escalation; priority is that of the calls it is for, "" for several.
func (c *checker) ladder(at string, steps []usm.Escalation, priority usm.Priority, targets []string) {
	for i, step := range steps {
		pointer := fmt.Sprintf("%s/%d", at, i)
		c.trigger(pointer+"/at", step.At, targets)
		if len(step.Notify)+len(step.Reassign) == 0 && step.Priority == "" && step.Open == nil && step.Request == nil {
			c.mistakef(pointer, "does nothing: give notify, priority, reassign, open or request")
		}
		if step.Priority != "" && priority != "" && step.Priority.Rank() >= priority.Rank() {
			c.mistakef(pointer+"/priority", "raises nothing: these calls are %s already", priority)
		}
		if step.Request != nil {
			for _, m := range mapping.CheckRequest(*step.Request) {
				c.mistakef(pointer+"/request"+m.Pointer, "%s", m.Detail)
			}
		}
	}
}
