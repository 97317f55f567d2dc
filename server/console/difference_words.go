package console

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// where says in words where a value stands in a document: "Norms › Incident · High › Handling time".
func (v *visit) where(d directory, path []string) string {
	var words []string
	for i, name := range path {
		key, isKey := strings.CutPrefix(name, "[")
		switch {
		case isKey:
			words = append(words, v.keyName(d, nameIn(path[:i]), key))
		case name == "fields" && i+1 < len(path): // it only holds those that follow
		default:
			words = append(words, v.fieldName(name, d.title(name)))
		}
	}
	return strings.Join(words, " › ")
}

// nameIn is the last name of a path, that of the list for an item of it.
func nameIn(path []string) string {
	for _, name := range slices.Backward(path) {
		if !strings.HasPrefix(name, "[") {
			return name
		}
	}
	return ""
}

// keyName is an item of a list in words: what it is called, else its number.
func (v *visit) keyName(d directory, list, key string) string {
	if place, err := strconv.Atoi(key); err == nil {
		return strconv.Itoa(place + 1)
	}
	switch list {
	case "norms":
		kind, priority, _ := strings.Cut(key, "/")
		priority, more, _ := strings.Cut(priority, "#")
		words := v.typeName(usm.CallType(kind))
		if priority != "" {
			words += " · " + v.priorityName(usm.Priority(priority))
		}
		return strings.TrimSpace(words + " " + more)
	case "procedures":
		return v.processName(usm.Process(key))
	case "steps":
		return v.stepName(usm.Step(key))
	case "relations":
		kind, to, _ := strings.Cut(key, "/")
		return v.relationName(kind) + " " + d.component(to)
	}
	return d.called(list, key)
}

// came says what happened at the place: something is there that was not, or is there no more.
func (d difference) came() string {
	switch {
	case d.Before == nil:
		return "added"
	case d.After == nil:
		return "removed"
	}
	return "changed"
}

// place is the path as it stands in a document.
func (d difference) place() string {
	names := make([]string, len(d.Path))
	for i, name := range d.Path {
		names[i] = pointerToken(strings.TrimPrefix(name, "["))
	}
	return "/" + strings.Join(names, "/")
}

// exactly is a value as JSON has it, "" for none.
func exactly(value any) string {
	if value == nil {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "" // it came from JSON
	}
	return string(text)
}
