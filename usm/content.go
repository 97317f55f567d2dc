package usm

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ContentSection is a part of what an approval shows, for people.
type ContentSection struct {
	Name  string // "Proposal"
	Lines []ContentLine
}

// ContentLine is one value of it.
type ContentLine struct {
	Pointer string // JSON pointer into the content, as ApprovalPolicy.Material has them
	Name    string // "fields › cost"
	Value   string // "nothing" for null and what is empty
}

// Sections returns everything that the approval shows, the whole of what its digest covers: what is proposed first, then the
// call and the fields of its steps.
func (a Approval) Sections() []ContentSection {
	order := []string{"proposal", "call", "fields"}
	for _, key := range slices.Sorted(maps.Keys(a.Content)) {
		if !slices.Contains(order, key) {
			order = append(order, key)
		}
	}
	var sections []ContentSection
	for _, key := range order {
		value, shown := a.Content[key]
		if !shown {
			continue
		}
		section := ContentSection{Name: strings.ToUpper(key[:min(1, len(key))]) + readable(key)[min(1, len(key)):]}
		section.add("/"+escapePointer(key), "", value)
		sections = append(sections, section)
	}
	return sections
}

// add appends the lines of a value.
func (s *ContentSection) add(pointer, name string, value any) {
	inner := func(key, shown string, value any) {
		if name != "" {
			shown = name + " › " + shown
		}
		s.add(pointer+"/"+escapePointer(key), shown, value)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			inner(key, readable(key), value[key])
		}
		if len(value) > 0 {
			return
		}
	case []any:
		for i, one := range value {
			inner(strconv.Itoa(i), strconv.Itoa(i+1), one)
		}
		if len(value) > 0 {
			return
		}
	}
	s.Lines = append(s.Lines, ContentLine{Pointer: pointer, Name: name, Value: plainValue(value)})
}

// plainValue writes a value for people: numbers in full, never with an exponent.
func plainValue(value any) string {
	switch value := value.(type) {
	case nil, map[string]any, []any:
		return "nothing"
	case string:
		if value == "" {
			return "nothing"
		}
		return value
	case bool:
		if value {
			return "yes"
		}
		return "no"
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// readable makes words of a name: root_cause is root cause.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escapePointer(key string) string { return pointerEscapes.Replace(key) }
