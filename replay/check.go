package replay

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// check returns what is wrong with a mapping, a sentence each.
func (m Mapping) check() []string {
	var mistakes []string
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	for name, value := range map[string]string{
		"name": m.Name, "case": m.Case, "domain": m.Domain, "call.subject": m.Call.Subject, "call.requester": m.Call.Requester,
	} {
		if value == "" {
			wrong("%s is required", name)
		}
	}
	if !m.Call.Type.Valid() {
		wrong("call.type: %q is none of %v", m.Call.Type, usm.CallTypes())
	}
	for name, column := range m.Columns {
		if column.Date != "" && len(column.Values) > 0 {
			wrong("columns.%s: either date or values", name)
		}
	}
	for _, pattern := range slices.Concat(m.patterns(), m.Facts.patterns(), m.Approvals.patterns()) {
		for column, value := range pattern {
			if value == "" || strings.Contains(value, `: "`) && strings.HasSuffix(value, `"`) { // YAML took the first colon
				wrong("%q needs a value; in {} a column with a colon in its name is written in quotes", column)
			}
		}
	}
	mistakes = append(mistakes, checkTree("call.service", m.Call.Service)...)
	mistakes = append(mistakes, checkTree("call.components", m.Call.Components)...)
	for i, rule := range m.Steps {
		mistakes = append(mistakes, rule.check(fmt.Sprintf("steps[%d]", i))...)
	}
	for i, rule := range m.Events {
		mistakes = append(mistakes, rule.check(fmt.Sprintf("events[%d]", i))...)
	}
	if m.Approvals != nil {
		mistakes = append(mistakes, m.Approvals.check(m)...)
	}
	if m.Facts != nil {
		mistakes = append(mistakes, m.Facts.check(m)...)
	}
	slices.Sort(mistakes)
	return mistakes
}

func (r StepRule) check(at string) []string {
	switch {
	case !r.Step.Valid():
		return []string{fmt.Sprintf("%s.step: %q is none of the 37 steps", at, r.Step)}
	case r.Step.Kind() == usm.KindFork:
		return []string{fmt.Sprintf("%s.step: %s is finished by its child calls", at, r.Step)}
	case r.Step.Kind() == usm.KindReview:
		return []string{fmt.Sprintf("%s.step: %s is confirmed by the replay; a dispute is an event", at, r.Step)}
	case r.Outcome != "" && !slices.Contains(r.Step.Outcomes(), r.Outcome):
		return []string{fmt.Sprintf("%s.outcome: %q is none of %v", at, r.Outcome, r.Step.Outcomes())}
	}
	return checkTree(at+".fields", r.Fields)
}

func (r EventRule) check(at string) []string {
	triggers := 0
	for _, given := range []bool{len(r.Rows) > 0, len(r.Entering) > 0, r.Changed != ""} {
		if given {
			triggers++
		}
	}
	dispute := r.Do == usm.ActionDispute
	switch {
	case !slices.Contains([]usm.ActionName{usm.ActionNote, usm.ActionAsk, usm.ActionDispute}, r.Do):
		return []string{fmt.Sprintf("%s.do: %q is none of note, ask, dispute", at, r.Do)}
	case !r.At.Valid():
		return []string{fmt.Sprintf("%s.at: %q is none of the 37 steps", at, r.At)}
	case dispute != (r.At.Kind() == usm.KindReview):
		return []string{fmt.Sprintf("%s.at: %s happens at a review step and nothing else does", at, usm.ActionDispute)}
	case triggers != 1:
		return []string{at + ": exactly one of rows, entering and changed is needed"}
	case r.Text == "", r.Do == usm.ActionAsk && r.Answer == "":
		return []string{at + ": text is required, and answer for ask"}
	}
	return nil
}

// checkTree looks for operators that do not exist or lack their other key.
func checkTree(at string, node any) []string {
	var mistakes []string
	switch node := node.(type) {
	case []any:
		for i, child := range node {
			mistakes = append(mistakes, checkTree(at+"["+strconv.Itoa(i)+"]", child)...)
		}
	case map[string]any:
		operator := operatorOf(node)
		for _, key := range sortedKeys(node) {
			switch {
			case operator == "" && key[:min(1, len(key))] == "$", operator != "" && key != operator && key != operators[operator]:
				mistakes = append(mistakes, fmt.Sprintf("%s.%s: no such operator, or no such key for it", at, key))
			case operator == "" || key == "item":
				mistakes = append(mistakes, checkTree(at+"."+key, node[key])...)
			}
		}
		if other := operators[operator]; other != "" && node[other] == nil {
			mistakes = append(mistakes, fmt.Sprintf("%s: %s needs %s", at, operator, other))
		}
	}
	return mistakes
}

// uses returns the columns that the mapping names, sorted.
func (m Mapping) uses() []string {
	names := map[string]bool{m.Case: true, m.Call.Requester: true}
	text := func(template string) {
		for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
			names[match[2]] = true
		}
	}
	for column := range m.Columns {
		names[column] = true
	}
	for _, pattern := range append(m.patterns(), m.Approvals.patterns()...) {
		for column := range pattern {
			names[column] = true
		}
	}
	columns, templates := m.Approvals.columns()
	for _, column := range columns {
		names[column] = true
	}
	for _, template := range append(templates, m.Call.Subject, m.Call.Description, m.Call.Impact, m.Call.Urgency) {
		text(template)
	}
	for _, tree := range m.trees() {
		walk(tree, text, func(Pattern) {})
	}
	for _, rule := range m.Events {
		text(rule.Text)
		text(rule.Answer)
		if rule.Changed != "" {
			names[rule.Changed] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// patterns returns every pattern of the mapping.
func (m Mapping) patterns() []Pattern {
	var patterns []Pattern
	for _, rule := range m.Steps {
		patterns = append(patterns, rule.When.Some, rule.When.None)
	}
	for _, rule := range m.Events {
		patterns = append(patterns, rule.Rows, rule.Entering)
	}
	for _, tree := range m.trees() {
		walk(tree, func(string) {}, func(p Pattern) { patterns = append(patterns, p) })
	}
	return patterns
}

// trees returns everything that is expanded as a tree.
func (m Mapping) trees() []any {
	trees := []any{m.Call.Service, m.Call.Components}
	for _, rule := range m.Steps {
		trees = append(trees, rule.Fields)
	}
	return trees
}

// walk visits every template and every pattern in a tree.
func walk(node any, text func(string), pattern func(Pattern)) {
	switch node := node.(type) {
	case string:
		text(node)
	case []any:
		for _, child := range node {
			walk(child, text, pattern)
		}
	case map[string]any:
		for key, child := range node {
			if key == "$each" {
				pattern(patternOf(child))
				continue
			}
			walk(child, text, pattern)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func quoted(value string) string { return strconv.Quote(cut(value, 60)) }

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
