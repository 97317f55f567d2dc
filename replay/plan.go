package replay

import (
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// The longest texts that the API takes.
const (
	maxSubject = 200
	maxText    = 20_000
)

// Plan is what one case does.
type Plan struct {
	Case string
	Line int // of its first row
	Call usm.NewCall
	// Steps are the steps that the log has something to say about, in the call and its children.
	Steps map[usm.Step]usm.FinishRequest
	// Events happen while a step is open for the first time, in the order of the log.
	Events map[usm.Step][]Event
	// Rounds are what was decided about it, those without a decision left out.
	Rounds    []Round
	Reordered int // rounds in which the log has the roles in another order than the policies
}

// Event is a note, a question with its answer, or a dispute.
type Event struct {
	Do     usm.ActionName
	Text   string
	Answer string
	Line   int // of the row that it comes from
}

// Plan decides what a case does. Rows that do not fit are left out and returned; ok is false when none is left.
func (m Mapping) Plan(c Case, w World) (plan Plan, refused []Refusal, ok bool) {
	rows, refused := m.convert(c, func(string) bool { return true })
	if len(rows) == 0 {
		return Plan{}, refused, false
	}
	s := scope{now: lastKnown(rows), rows: rows, world: w}
	s.was = s.now
	plan = Plan{Case: c.ID, Line: rows[0].Line, Call: m.Call.call(s), Steps: map[usm.Step]usm.FinishRequest{}}
	for _, rule := range m.Steps {
		if _, decided := plan.Steps[rule.Step]; decided || !rule.When.holds(rows) {
			continue
		}
		fields, _ := s.tree(rule.Fields)
		body, _ := fields.(map[string]any)
		plan.Steps[rule.Step] = usm.FinishRequest{Outcome: rule.Outcome, Fields: body}
	}
	plan.Events = m.events(s)
	var lost []Refusal
	if plan.Rounds, plan.Reordered, lost = m.rounds(c.ID, rows, w.zone()); len(plan.Rounds) > 0 {
		plan.Call.Fields = m.Approvals.fields(plan.Rounds[0], s.now(m.Approvals.Amount))
	}
	refused = append(refused, lost...)
	return plan, refused, true
}

func (r CallRule) call(s scope) usm.NewCall {
	line := func(template string, most int) string {
		text, _ := s.text(template)
		return cut(text, most)
	}
	call := usm.NewCall{
		Domain: s.world.Domain, Type: r.Type,
		Subject: line(r.Subject, maxSubject), Description: line(r.Description, maxText),
		Impact: usm.Level(line(r.Impact, maxSubject)), Urgency: usm.Level(line(r.Urgency, maxSubject)),
	}
	call.Requester, call.Service, call.Components = r.requester(s), text(s, r.Service), r.components(s)
	return call
}

// requester is the person of the domain who asks.
func (r CallRule) requester(s scope) string {
	asker := s.now(r.Requester)
	if slices.Contains(s.world.Requesters, asker) {
		return asker
	}
	return Spread(asker, s.world.Requesters)
}

func (r CallRule) components(s scope) []string {
	value, _ := s.tree(r.Components)
	list, _ := value.([]any)
	var ids []string
	for _, component := range list {
		if id, isText := component.(string); isText {
			ids = append(ids, id)
		}
	}
	return ids
}

// text expands a tree that is to come to one text.
func text(s scope, node any) string {
	value, _ := s.tree(node)
	text, _ := value.(string)
	return text
}

// events lists what happens, by the step during which it does.
func (m Mapping) events(s scope) map[usm.Step][]Event {
	events := map[usm.Step][]Event{}
	for i, row := range s.rows {
		before := lastKnown(s.rows[:i])
		at := scope{now: lastKnown([]Row{row}), was: before, world: s.world}
		for _, rule := range m.Events {
			if !rule.happens(s.rows, i, before) {
				continue
			}
			text, _ := at.text(rule.Text)
			answer, _ := at.text(rule.Answer)
			events[rule.At] = append(events[rule.At],
				Event{Do: rule.Do, Text: cut(text, maxText), Answer: cut(answer, maxText), Line: row.Line})
		}
	}
	return events
}

// happens reports whether the i-th row triggers the rule; before gives the values known before it.
func (r EventRule) happens(rows []Row, i int, before func(string) string) bool {
	switch {
	case r.Changed != "":
		now, was := rows[i].Values[r.Changed], before(r.Changed)
		return now != "" && was != "" && now != was
	case len(r.Entering) > 0:
		return r.Entering.matches(rows[i]) && (i == 0 || !r.Entering.matches(rows[i-1]))
	}
	return r.Rows.matches(rows[i])
}

func (c Condition) holds(rows []Row) bool {
	some := len(c.Some) == 0 || slices.ContainsFunc(rows, c.Some.matches)
	return some && (len(c.None) == 0 || !slices.ContainsFunc(rows, c.None.matches))
}

// convert checks and converts the columns of every row of a case that count.
func (m Mapping) convert(c Case, counts func(column string) bool) (rows []Row, refused []Refusal) {
	for _, row := range c.Rows {
		values := map[string]string{}
		for column, value := range row.Values {
			if value != "" && counts(column) && !slices.Contains(m.Unknown, value) {
				values[column] = value
			}
		}
		if column, reason := m.convertRow(values); reason != "" {
			refused = append(refused, Refusal{Line: row.Line, Case: c.ID, Column: column, Reason: reason})
			continue
		}
		rows = append(rows, Row{Line: row.Line, Values: values})
	}
	return rows, refused
}

// convertRow changes values in place, or says which column cannot be used and why.
func (m Mapping) convertRow(values map[string]string) (column, reason string) {
	for column, value := range values {
		if strings.ContainsRune(value, 0) {
			return column, "the value holds the character U+0000"
		}
	}
	for _, name := range sortedKeys(m.Columns) {
		value, known := values[name]
		if !known {
			if m.Columns[name].Required {
				return name, "a value is required"
			}
			continue
		}
		converted, reason := m.Columns[name].convert(value)
		if reason != "" {
			return name, reason
		}
		values[name] = converted
	}
	return "", ""
}

func (c Column) convert(value string) (converted, reason string) {
	if len(c.Values) > 0 {
		converted, ok := c.Values[value]
		if !ok {
			return "", "the mapping does not know the value " + quoted(value) + " (it knows " + strings.Join(sortedKeys(c.Values), ", ") + ")"
		}
		return converted, ""
	}
	if c.Date == "" {
		return value, ""
	}
	at, err := time.Parse(c.layout(), value)
	if err != nil {
		return "", quoted(value) + " is no date of the form " + c.Date
	}
	return at.Format(time.RFC3339), ""
}

func (c Column) layout() string {
	if c.Date == "rfc3339" {
		return time.RFC3339
	}
	return c.Date
}

// lastKnown gives the last value of a column that is known in the rows.
func lastKnown(rows []Row) func(column string) string {
	return func(column string) string {
		for _, row := range slices.Backward(rows) {
			if v := row.Values[column]; v != "" {
				return v
			}
		}
		return ""
	}
}
