package usm_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

var (
	pathText  = regexp.MustCompile(`^(\w+) (\d+)–(\d+)(?: → (\d) → (\w+) (\d+)–(\d+))?$`)
	countText = regexp.MustCompile(`Expanded step counts, child steps included: ([\d, ]+)\.`)
)

// part is a stretch of a path in the table of workflows: steps of a process, or another workflow.
type part struct {
	process  string
	from, to int
	workflow int // 0: steps
}

func differencesOfWorkflows(d document) []string {
	section := d.section("## 3.")
	rows := section.rows("#")
	if len(rows) != len(usm.Workflows())+1 {
		return []string{fmt.Sprintf("there are 8 workflows, not %d", len(rows)-1)}
	}
	found, paths := differencesOfRows(rows[1:])
	for i, w := range usm.Workflows() {
		var path []string
		for _, row := range w.Path() {
			path = append(path, fmt.Sprintf("%d %s %d", row.Depth, row.Step.Process(), row.Step.Ordinal()))
		}
		if want := expand(paths, i+1, 0); !slices.Equal(path, want) {
			found = append(found, fmt.Sprintf("%s takes the path %v, not %v", w.Name, path, want))
		}
	}
	return append(found, differencesOfCounts(section)...)
}

func differencesOfRows(rows [][]string) (found []string, paths map[int][]part) {
	paths = map[int][]part{}
	for i, w := range usm.Workflows() {
		row := rows[i]
		if row[0] != strconv.Itoa(w.Number) {
			found = append(found, fmt.Sprintf("%s is number %d, not %s", w.Name, w.Number, row[0]))
		}
		if row[1] != w.Name || row[2] != w.Title {
			found = append(found, fmt.Sprintf("workflow %d is %s (%s), not %s (%s)", w.Number, w.Name, w.Title, row[1], row[2]))
		}
		if callTypes[row[3]] != w.Process.CallType() {
			found = append(found, fmt.Sprintf("%s starts on %s, not %s", w.Name, w.Process.CallType(), row[3]))
		}
		paths[i+1] = partsOf(row[4])
	}
	return found, paths
}

// partsOf reads a path such as "Change 1–6 → 5 → Change 7–9"; it is nil when the text is no path.
func partsOf(text string) []part {
	p := pathText.FindStringSubmatch(text)
	if p == nil {
		return nil
	}
	parts := []part{{process: strings.ToLower(p[1]), from: number(p[2]), to: number(p[3])}}
	if p[4] != "" {
		parts = append(parts, part{workflow: number(p[4])}, part{process: strings.ToLower(p[5]), from: number(p[6]), to: number(p[7])})
	}
	return parts
}

// expand writes a path out from the table alone, without the code it is held against.
func expand(paths map[int][]part, workflow, depth int) []string {
	var path []string
	if depth > len(paths) {
		return []string{"the table has a workflow that opens itself"}
	}
	for _, p := range paths[workflow] {
		if p.workflow != 0 {
			path = append(path, expand(paths, p.workflow, depth+1)...)
			continue
		}
		for ordinal := p.from; ordinal <= p.to; ordinal++ {
			path = append(path, fmt.Sprintf("%d %s %d", depth, p.process, ordinal))
		}
	}
	return path
}

func differencesOfCounts(section document) []string {
	var found []string
	text := countText.FindStringSubmatch(string(section))
	if text == nil {
		return []string{"the expanded step counts are missing"}
	}
	counts := strings.Split(text[1], ", ")
	for i, w := range usm.Workflows() {
		if i >= len(counts) || number(counts[i]) != len(w.Path()) {
			found = append(found, fmt.Sprintf("%s has %d steps, unlike %v", w.Name, len(w.Path()), counts))
		}
	}
	return found
}

// number reads digits that an expression has found; anything else is 0, which no table has.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
