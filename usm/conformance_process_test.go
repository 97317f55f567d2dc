package usm_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// stepText is a step in the table of processes, such as "5 ⇉ recover (request for change and/or service request)".
var (
	stepText = regexp.MustCompile(`^(\d+) (⇉ )?(.+?)(?: \((.+)\))?$`)
	choices  = regexp.MustCompile(` and/or | or |, `)
)

func differencesOfProcesses(d document) []string {
	var found []string
	rows := d.section("## 2.").rows("process")
	if len(rows) != len(usm.Processes())+1 {
		return []string{fmt.Sprintf("there are 5 processes, not %d", len(rows)-1)}
	}
	for i, process := range usm.Processes() {
		row := rows[i+1]
		name, _, _ := strings.Cut(row[0], " (")
		if strings.ToLower(name) != string(process) {
			found = append(found, fmt.Sprintf("process %d is %s, not %s", i+1, process, name))
		}
		if callTypes[row[1]] != process.CallType() {
			found = append(found, fmt.Sprintf("%s answers %s, not %s", process, process.CallType(), row[1]))
		}
		found = append(found, differencesOfSteps(process, strings.Split(row[2], " · "))...)
	}
	return found
}

func differencesOfSteps(process usm.Process, texts []string) []string {
	steps := process.Steps()
	if len(texts) != len(steps) {
		return []string{fmt.Sprintf("%s has %d steps, not %d", process, len(steps), len(texts))}
	}
	var found []string
	for i, step := range steps {
		parts := stepText.FindStringSubmatch(texts[i])
		if parts == nil {
			found = append(found, fmt.Sprintf("%q is not the text of a step", texts[i]))
			continue
		}
		number, fork, title, remark := parts[1], parts[2] != "", parts[3], parts[4]
		if number != strconv.Itoa(step.Ordinal()) {
			found = append(found, fmt.Sprintf("%s is number %d, not %s", step, step.Ordinal(), number))
		}
		if want, _, _ := strings.Cut(strings.ToLower(step.Title()), " ("); want != title {
			found = append(found, fmt.Sprintf("%s %d is %q, not %q", process, i+1, want, title))
		}
		if forks := step.Kind() == usm.KindFork; forks != fork {
			found = append(found, fmt.Sprintf("%s forks: %t, not %t", step, forks, fork))
		} else if forks {
			found = append(found, differencesOfFork(step, remark)...)
		}
	}
	return found
}

// differencesOfFork compares the calls a fork may open with all that any workflow and decision of the process opens.
func differencesOfFork(step usm.Step, remark string) []string {
	var opens, want []string
	for _, text := range choices.Split(remark, -1) {
		want = append(want, string(callTypes[text]))
	}
	for _, w := range usm.Workflows() {
		if w.Process != step.Process() {
			continue
		}
		for _, decision := range append(step.Before().Outcomes(), "") {
			for _, child := range w.Forks(decision) {
				opens = append(opens, string(child.Process.CallType()))
			}
		}
	}
	slices.Sort(opens)
	slices.Sort(want)
	if opens = slices.Compact(opens); !slices.Equal(opens, want) {
		return []string{fmt.Sprintf("%s opens %v, not %v", step, opens, want)}
	}
	return nil
}
