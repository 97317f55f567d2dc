package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// FactRule says how a case is measured: when its rows were recorded and where the call is after each of them.
type FactRule struct {
	Time    string      `yaml:"time"`    // column with a date: when the row was recorded
	Opened  string      `yaml:"opened"`  // column with a date: when the call was reported; "" is the time of the first row
	Zone    string      `yaml:"zone"`    // IANA zone of dates that carry none; "" is the domain's
	Service any         `yaml:"service"` // what the call is about; nil is what the call rule says
	Team    string      `yaml:"team"`    // column; a team of the domain is itself, other values are spread over its own teams
	States  []StateRule `yaml:"states"`  // the first that matches a row; a row that none matches changes nothing
	Notes   Pattern     `yaml:"notes"`   // rows in which the requester hears something
	Compare Compare     `yaml:"compare"`
}

// StateRule says where the call is after a row.
type StateRule struct {
	Rows  Pattern      `yaml:"rows"`
	Waits usm.WaitKind `yaml:"waits"` // step, answer, signal (a supplier), confirmation or none (confirmed and closed)
	// At is the step that is open at least; "" is the first one after classify. A call does not go back to an earlier step,
	// except when its delivery is disputed.
	At usm.Step `yaml:"at"`
}

// Compare is what the log itself says about the promise: the last known value of a column. Met says that it was kept,
// every other value that it was not.
type Compare struct {
	Column string `yaml:"column"`
	Met    string `yaml:"met"`
}

// waits are what a call may wait for after a row.
var waits = []usm.WaitKind{usm.WaitStep, usm.WaitAnswer, usm.WaitSignal, usm.WaitConfirmation, usm.WaitNone}

// delivered reports whether the work is done after the row.
func (r StateRule) delivered() bool {
	return r.Waits == usm.WaitConfirmation || r.Waits == usm.WaitNone
}

// step is the step that is open at least while the rule holds, "" once the work is done.
func (r StateRule) step(of usm.Process) usm.Step {
	if r.delivered() {
		return ""
	}
	return cmp.Or(r.At, of.Find(usm.KindClassify).Next())
}

// check returns what is wrong with the rule, a sentence each.
func (r *FactRule) check(m Mapping) []string {
	var mistakes []string
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf("facts."+format, args...)) }
	if m.Columns[r.Time].Date == "" {
		wrong("time: %q is no column with a date", r.Time)
	}
	if r.Opened != "" && m.Columns[r.Opened].Date == "" {
		wrong("opened: %q is no column with a date", r.Opened)
	}
	if _, err := time.LoadLocation(r.Zone); err != nil {
		wrong("zone: %v", err)
	}
	if (r.Compare.Column == "") != (r.Compare.Met == "") {
		wrong("compare: column and met are needed, or neither")
	}
	if len(r.States) == 0 {
		wrong("states: at least one is needed")
	}
	process := m.Call.Type.Start().Process
	for i, rule := range r.States {
		if mistake := rule.check(process); mistake != "" {
			wrong("states[%d].%s", i, mistake)
		}
	}
	return append(mistakes, checkTree("facts.service", r.Service)...)
}

func (r StateRule) check(of usm.Process) string {
	kind := r.At.Kind()
	switch {
	case !slices.Contains(waits, r.Waits):
		return fmt.Sprintf("waits: %q is none of %v", r.Waits, waits)
	case len(r.Rows) == 0:
		return "rows: is needed"
	case r.At == "":
		return ""
	case r.delivered():
		return fmt.Sprintf("at: with waits %s the work is done", r.Waits)
	case r.At.Process() != of, kind == usm.KindReview, kind == usm.KindClose:
		return fmt.Sprintf("at: %q is no step of %s before its review", r.At, of)
	}
	return ""
}

func (r *FactRule) patterns() []Pattern {
	if r == nil {
		return nil
	}
	patterns := []Pattern{r.Notes}
	for _, rule := range r.States {
		patterns = append(patterns, rule.Rows)
	}
	return patterns
}

// measured returns the columns that a rehearsal needs, sorted.
func (m Mapping) measured() []string {
	names := map[string]bool{m.Case: true, m.Call.Requester: true}
	for _, column := range []string{m.Facts.Time, m.Facts.Opened, m.Facts.Team, m.Facts.Compare.Column} {
		names[column] = true
	}
	for _, pattern := range m.Facts.patterns() {
		for column := range pattern {
			names[column] = true
		}
	}
	text := func(template string) {
		for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
			names[match[2]] = true
		}
	}
	impact, urgency := m.levels()
	text(impact)
	text(urgency)
	for _, tree := range []any{m.Facts.Service, m.Call.Service, m.Call.Components} {
		walk(tree, text, func(Pattern) {})
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names))
}

// zoned reports whether dates of the column carry their zone.
func (c Column) zoned() bool {
	layout := c.layout()
	return slices.ContainsFunc([]string{"Z07", "-07", "MST"}, func(zone string) bool { return strings.Contains(layout, zone) })
}

// Zone is where dates that carry no zone are by the wall clock: where the facts say, else in the zone of the domain.
func (m Mapping) Zone(domain string) (*time.Location, error) {
	if m.Facts == nil {
		return time.LoadLocation(domain)
	}
	return time.LoadLocation(cmp.Or(m.Facts.Zone, domain))
}
