package usm_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// The conformance test holds the tables of docs/usm.md against the code, row by row. Each comparison returns what
// differs; so the test can also plant a difference in the text and see it reported.

func page(t *testing.T, name string) document {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	require.NoError(t, err)
	return document(text)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, differences := range map[string]func(document) []string{
		"ProcessesAndSteps": differencesOfProcesses,
		"Workflows":         differencesOfWorkflows,
		"TypingRules":       differencesOfTyping,
		"Priorities":        differencesOfPriorities,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, differences(page(t, "usm.md")))
		})
	}
	t.Run("NamesOfSteps", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, differencesOfNames(page(t, "api.md")))
	})
}

func TestConformanceReportsAPlantedDifference(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		compare func(document) []string
		text    string
		planted string
		says    string
	}{
		"AStepLeftOut": {
			differencesOfProcesses, " · 8 evaluate and close |\n| **Change**", " |\n| **Change**", "agree has 8 steps",
		},
		"AStepOutOfOrder":    {differencesOfProcesses, "3 plan · 4 execute", "3 execute · 4 plan", `operate 3 is "plan"`},
		"AStepNumberedWrong": {differencesOfProcesses, "3 plan · 4 execute", "3 plan · 5 execute", `execute_operation is number 4`},
		"AForkAtAnotherStep": {
			differencesOfProcesses, "5 negotiate · 6 ⇉ realise", "5 ⇉ negotiate · 6 realise", "negotiate_offer forks: false",
		},
		"AForkToAnotherCall": {differencesOfProcesses, "⇉ deploy (service request)", "⇉ deploy (wish)", "deploy_change opens"},
		"AProcessForAnotherCall": {
			differencesOfProcesses, "| **Operate** (OPS) | service request |", "| **Operate** (OPS) | wish |", "operate answers",
		},
		"AProcessLeftOut":          {differencesOfProcesses, "| **Improve** (IMP)", "**Improve** (IMP)", "5 processes"},
		"AWorkflowOfAnotherName":   {differencesOfWorkflows, "`ResourceChange`", "`AssetChange`", "AssetChange"},
		"AWorkflowOfAnotherTitle":  {differencesOfWorkflows, "risk handled by operations", "accepted risk", "accepted risk"},
		"AWorkflowThatSwapsPlaces": {differencesOfWorkflows, "| 5 | `Operation`", "| 6 | `Operation`", "Operation is number 5"},
		"AWorkflowOnAnotherCall": {
			differencesOfWorkflows, "| operations | service request |", "| operations | incident |", "Operation starts on",
		},
		"AForkToAnotherWorkflow": {differencesOfWorkflows, "Change 1–6 → **5**", "Change 1–6 → **1**", "ResourceChange"},
		"APathThatSkipsAStep":    {differencesOfWorkflows, "→ **5** → Change 7–9", "→ **5** → Change 8–9", "ResourceChange"},
		"ANinthWorkflow": {
			differencesOfWorkflows, "\n\n1–5 are reactive", "\n| 9 | `Ninth` | ninth | risk | Improve 1–7 |\n\n1–5 are reactive", "8 workflows",
		},
		"AnotherNumberOfSteps": {differencesOfWorkflows, "23, 15, 22", "23, 16, 22", "ResourceChange has 15 steps"},
		"ARuleForAnotherType": {
			differencesOfTyping, "not covered by an agreement → **wish**", "not covered by an agreement → **risk**", "rule 3",
		},
		"RulesInAnotherOrder": {
			differencesOfTyping, "2. deviation, actual or imminent, from what is agreed → **incident**\n3. not covered by an agreement → **wish**",
			"2. not covered by an agreement → **wish**\n3. deviation, actual or imminent, from what is agreed → **incident**", "rule 2",
		},
		"ARuleNobodyKnows": {differencesOfTyping, "covered, no lasting effect", "covered, on a Monday", "on a Monday"},
		"ARuleLeftOut":     {differencesOfTyping, "5. covered, no lasting effect → **service request**\n", "", "6 rules"},
		"AnotherPriority": {
			differencesOfPriorities, "| low | medium | low | lowest | none |", "| low | medium | low | lowest | lowest |", "low × nil",
		},
		"AnUrgencyLeftOut":   {differencesOfPriorities, "| low | medium | low | lowest | none |\n", "", "3 urgencies"},
		"AStepOfAnotherName": {differencesOfNames, "plan_operation execute_operation", "plan_operation run_operation", "execute_operation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := "usm.md"
			if name == "AStepOfAnotherName" {
				source = "api.md"
			}
			text := string(page(t, source))
			require.Equal(t, 1, strings.Count(text, c.text), "the place to plant a difference")
			found := c.compare(document(strings.Replace(text, c.text, c.planted, 1)))
			require.Contains(t, strings.Join(found, "\n"), c.says)
		})
	}
}

// callTypes are the names of the call types in running text.
var callTypes = map[string]usm.CallType{
	"wish": usm.Wish, "request for change": usm.ChangeRequest, "incident": usm.Incident,
	"service request": usm.ServiceRequest, "risk": usm.Risk,
}

func differencesOfNames(d document) []string {
	var found []string
	rows := d.rows("process")
	if len(rows) != len(usm.Processes())+1 {
		return []string{fmt.Sprintf("there are 5 processes, not %d", len(rows)-1)}
	}
	for i, process := range usm.Processes() {
		var names []string
		for _, step := range process.Steps() {
			names = append(names, string(step))
		}
		if row := rows[i+1]; row[0] != string(process) || row[1] != strings.Join(names, " ") {
			found = append(found, fmt.Sprintf("%s has the steps %s, not %s", process, strings.Join(names, " "), row[1]))
		}
	}
	return found
}

func differencesOfPriorities(d document) []string {
	var found []string
	rows := d.section("## 4.").rows(`urgency \ impact`)
	if len(rows) != 4 {
		return []string{fmt.Sprintf("there are 3 urgencies, not %d", len(rows)-1)}
	}
	impacts := rows[0][1:]
	for _, row := range rows[1:] {
		for i, want := range row[1:] {
			urgency, impact := usm.Level(row[0]), usm.Level(impacts[i])
			if got := usm.DefaultPriorities()[urgency][impact]; got != usm.Priority(want) {
				found = append(found, fmt.Sprintf("%s × %s is %s, not %s", urgency, impact, got, want))
			}
		}
	}
	return found
}
