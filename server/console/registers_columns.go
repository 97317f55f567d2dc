package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// callColumn is a column of a register: what a file has of a call, which is for machines.
type callColumn struct {
	Name string
	cell func(usm.CallView) string
}

// callColumns are all that a register can show, in their order.
var callColumns = []callColumn{
	{"number", func(c usm.CallView) string { return c.Number }},
	{"subject", func(c usm.CallView) string { return c.Subject }},
	{"domain", func(c usm.CallView) string { return c.Domain }},
	{"status", func(c usm.CallView) string { return string(c.Status) }},
	{"step", func(c usm.CallView) string { return string(c.Step) }},
	{"workflow", func(c usm.CallView) string { return strconv.Itoa(c.Workflow.Number) }},
	{"priority", func(c usm.CallView) string { return string(c.Priority) }},
	{"impact", func(c usm.CallView) string { return string(c.Impact) }},
	{"urgency", func(c usm.CallView) string { return string(c.Urgency) }},
	{"category", func(c usm.CallView) string { return c.Category }},
	{"service", func(c usm.CallView) string { return c.Service }},
	{"components", func(c usm.CallView) string { return strings.Join(c.Components, " ") }},
	{"requester", func(c usm.CallView) string { return c.Requester }},
	{"agreement", func(c usm.CallView) string { return c.Agreement }},
	{"team", func(c usm.CallView) string { return c.Team }},
	{"outcome", func(c usm.CallView) string { return string(c.Outcome) }},
	{"opened_at", func(c usm.CallView) string { return c.OpenedAt.UTC().Format(time.RFC3339) }},
	{"due", func(c usm.CallView) string { return written(c.Due) }},
	{"fulfilled_at", func(c usm.CallView) string { return written(c.FulfilledAt) }},
	{"closed_at", func(c usm.CallView) string { return written(c.ClosedAt) }},
}

// usualColumns are shown unless the address names others.
var usualColumns = []string{"number", "subject", "domain", "status", "step", "priority", "service", "requester", "opened_at"}

// columns are those that the address names, in one parameter or several; the number is always there.
func (v *visit) columns() []string {
	var asked []string
	for _, value := range v.c.QueryArray("columns") {
		asked = append(asked, strings.Split(value, ",")...)
	}
	var chosen []string
	for _, column := range callColumns {
		if column.Name == "number" || slices.Contains(asked, column.Name) {
			chosen = append(chosen, column.Name)
		}
	}
	if len(chosen) == 1 && !slices.Contains(asked, "number") {
		return usualColumns
	}
	return chosen
}

// line is a call as a file has it.
func line(columns []string, call usm.CallView) []string {
	var cells []string
	for _, column := range callColumns {
		if slices.Contains(columns, column.Name) {
			cells = append(cells, cell(column.cell(call)))
		}
	}
	return cells
}

// cell keeps a spreadsheet from taking a text for a formula: subjects come from everybody.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// written is a moment as machines read it, "" for none.
func written(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
