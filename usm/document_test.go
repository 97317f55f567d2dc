package usm_test

import (
	"regexp"
	"strings"
)

// A document is a page of docs/ of which the tables are read.
type document string

// section returns what stands under the heading that begins with the text, up to the next heading of the same level.
func (d document) section(heading string) document {
	_, after, found := strings.Cut(string(d), "\n"+heading)
	if !found {
		return ""
	}
	level, _, _ := strings.Cut(heading, " ")
	section, _, _ := strings.Cut(after, "\n"+level+" ")
	return document(section)
}

// rows returns the cells of the first table whose first column has that name, its head included. Emphasis and code
// marks are taken off.
func (d document) rows(column string) [][]string {
	var rows [][]string
	for line := range strings.SplitSeq(string(d), "\n") {
		if !strings.HasPrefix(line, "|") {
			if len(rows) > 0 {
				break
			}
			continue
		}
		cells := cellsOf(line)
		if len(rows) == 0 && cells[0] != column || strings.HasPrefix(cells[0], "---") {
			continue
		}
		rows = append(rows, cells)
	}
	return rows
}

func cellsOf(line string) []string {
	cells := strings.Split(strings.Trim(plain(line), "|"), "|")
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	return cells
}

func plain(text string) string {
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "").Replace(text))
}

var listItem = regexp.MustCompile(`(?m)^(\d+)\. (.+)$`)

// items returns number and text of each row of the numbered list.
func (d document) items() [][]string {
	var items [][]string
	for _, found := range listItem.FindAllStringSubmatch(string(d), -1) {
		items = append(items, []string{found[1], plain(found[2])})
	}
	return items
}
