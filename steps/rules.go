package steps

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/steps/promise"
	"github.com/usm-works/usm/usm"
)

// beyondSchema checks what JSON Schema cannot say. It meets values of any shape, as the schema may have refused them.
func beyondSchema(step usm.Step, fields map[string]any) []usm.FieldError {
	mistakes := noZeroBytes(nil, nil, fields)
	switch step {
	case usm.PlanChange, usm.PlanOperation:
		if after(fields["start"], fields["end"]) {
			mistakes = append(mistakes, usm.FieldError{Pointer: "/fields/end", Detail: "must not be before the start"})
		}
	case usm.DraftOffer:
		mistakes = append(mistakes, promises(fields)...)
	case usm.SelectMeasure:
		mistakes = append(mistakes, choiceIsAMeasure(fields)...)
	default:
	}
	return mistakes
}

// after reports whether both are instants and the first is after the second.
func after(first, second any) bool {
	a, okA := instant(first)
	b, okB := instant(second)
	return okA && okB && a.After(b)
}

func instant(value any) (time.Time, bool) {
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// promises checks what the offer promises. One that is no offer the schema has refused.
func promises(fields map[string]any) []usm.FieldError {
	offer, err := Decode[usm.Offer](fields)
	if err != nil {
		return nil
	}
	mistakes := promise.Check(usm.Agreement{
		Type: offer.Type, Coverage: offer.Coverage, Norms: offer.Norms, Pauses: offer.Pauses, Warnings: offer.Warnings,
		Escalation: offer.Escalation, ValidFrom: offer.ValidFrom, ValidUntil: offer.ValidUntil, Renewal: offer.Renewal,
	})
	for i := range mistakes {
		mistakes[i].Pointer = "/fields" + mistakes[i].Pointer
	}
	return mistakes
}

func choiceIsAMeasure(fields map[string]any) []usm.FieldError {
	choice, isText := fields["choice"].(string)
	measures, isList := fields["measures"].([]any)
	if !isText || !isList {
		return nil
	}
	named := slices.ContainsFunc(measures, func(m any) bool {
		measure, _ := m.(map[string]any)
		return measure["title"] == choice
	})
	if named {
		return nil
	}
	return []usm.FieldError{{Pointer: "/fields/choice", Detail: "must be the title of one of the measures"}}
}

// noZeroBytes finds text that Postgres cannot keep: the character U+0000, in a value or in a key.
func noZeroBytes(mistakes []usm.FieldError, path []string, node any) []usm.FieldError {
	zero := func(text string) {
		if strings.ContainsRune(text, 0) {
			at := strings.ReplaceAll("/fields"+pointer(path), "\x00", "")
			mistakes = append(mistakes, usm.FieldError{Pointer: at, Detail: "must not hold the character U+0000"})
		}
	}
	switch node := node.(type) {
	case string:
		zero(node)
	case []any:
		for i, child := range node {
			mistakes = noZeroBytes(mistakes, append(slices.Clone(path), strconv.Itoa(i)), child)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			zero(key)
			mistakes = noZeroBytes(mistakes, append(slices.Clone(path), key), node[key])
		}
	}
	return mistakes
}
