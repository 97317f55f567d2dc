package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/usm-works/usm/usm"
)

// Explain says what a failed validation means to a person: one FieldError per mistake, sorted by pointer, the pointers
// under prefix. What is missing is reported at the place where it should be. It knows the patterns and formats of this
// product's own schemas; others are explained in the words of the library.
func Explain(prefix string, e *jsonschema.ValidationError) []usm.FieldError {
	return sorted(explain(nil, prefix, e))
}

// sorted puts the mistakes in an order that does not depend on how they were found, each once.
func sorted(mistakes []usm.FieldError) []usm.FieldError {
	slices.SortFunc(mistakes, func(a, b usm.FieldError) int {
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(mistakes)
}

func explain(mistakes []usm.FieldError, prefix string, e *jsonschema.ValidationError) []usm.FieldError {
	at := prefix + pointer(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			mistakes = append(mistakes, usm.FieldError{Pointer: at + pointer([]string{name}), Detail: "is required"})
		}
		return mistakes
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			mistakes = append(mistakes, usm.FieldError{Pointer: at + pointer([]string{name}), Detail: "is not known here"})
		}
		return mistakes
	}
	if len(e.Causes) == 0 {
		return append(mistakes, usm.FieldError{Pointer: at, Detail: describe(e.ErrorKind)})
	}
	for _, cause := range e.Causes {
		mistakes = explain(mistakes, prefix, cause)
	}
	return mistakes
}

func describe(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("must be %s, not %s", article(k.Want...), article(k.Got))
	case *kind.Enum:
		names := make([]string, len(k.Want))
		for i, want := range k.Want {
			names[i] = fmt.Sprint(want)
		}
		return "must be one of " + enumerate(names)
	case *kind.Pattern:
		return patternDetail(k)
	case *kind.Format:
		return formatDetail(k)
	case *kind.MinLength:
		if k.Want > 1 {
			return fmt.Sprintf("must have at least %d characters, not %d", k.Want, k.Got)
		}
		return "must not be empty"
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters, not %d", k.Want, k.Got)
	case *kind.MinItems:
		if k.Want > 1 {
			return fmt.Sprintf("must have at least %d items, not %d", k.Want, k.Got)
		}
		return "must have at least one item"
	case *kind.MaxItems:
		return fmt.Sprintf("must have at most %d items, not %d", k.Want, k.Got)
	case *kind.Minimum:
		return fmt.Sprintf("must be at least %s, not %s", k.Want.RatString(), k.Got.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("must be at most %s, not %s", k.Want.RatString(), k.Got.RatString())
	case *kind.MinProperties:
		return "must not be empty"
	case *kind.MaxProperties:
		return fmt.Sprintf("must have at most %d properties, not %d", k.Want, k.Got)
	case *kind.UniqueItems:
		return fmt.Sprintf("must not repeat an item: items %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
	default:
		return k.LocalizedString(message.NewPrinter(language.English))
	}
}

func formatDetail(k *kind.Format) string {
	switch k.Want {
	case "date":
		return "must be a day like 2026-11-24"
	case "date-time":
		return "must be a date and time like 2026-11-24T09:30:00Z"
	default:
		return "must be a valid " + k.Want
	}
}

// patternDetail names the form that a pattern of schemas/*.json stands for.
func patternDetail(k *kind.Pattern) string {
	switch {
	case strings.TrimSpace(k.Got) == "":
		return "must not be empty"
	case k.Want == `^\S+$`:
		return "must be an id: no blanks"
	case strings.HasPrefix(k.Want, "^[a-z][a-z0-9-]"):
		return "must be lower-case letters, digits and hyphens"
	case strings.HasPrefix(k.Want, "^([01][0-9]|"):
		return "must be a window like 08:00-12:00"
	case strings.HasPrefix(k.Want, "^(WSH|"):
		return "must be the number of a call, like INC-000042"
	case strings.Contains(k.Want, "FREQ="):
		return "must be a recurrence rule like FREQ=WEEKLY;BYDAY=MO"
	case strings.Contains(k.Want, "(h|m|s)"):
		return "must be a duration like 8h or 1h30m"
	default:
		return "must match " + k.Want
	}
}

var articles = map[string]string{
	"null": "null", "boolean": "true or false", "object": "an object", "array": "a list",
	"number": "a number", "integer": "a whole number", "string": "a text",
}

func article(types ...string) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = articles[t]
	}
	return enumerate(words)
}

// enumerate joins words as a person would: "a, b or c".
func enumerate(words []string) string {
	words = slices.Clone(words)
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// pointer writes the tokens as a JSON Pointer (RFC 6901).
func pointer(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
	}
	return b.String()
}
