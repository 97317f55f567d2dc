package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// form is what somebody fills in: fields made from a JSON Schema of an object, with what they hold and what is wrong with it.
type form struct {
	Fields []field
}

// The kinds of fields. Those that are an input element have the name of its type.
const (
	lineKind    = "text"
	emailKind   = "email"
	addressKind = "url"
	numberKind  = "number"
	dayKind     = "date"
	instantKind = "datetime-local"
	hiddenKind  = "hidden"
	checkKind   = "checkbox"
	areaKind    = "area"
	choiceKind  = "choice"
	yesNoKind   = "yesno"
	linesKind   = "lines"   // a list, an item on each line
	severalKind = "several" // a list of which each item is one of a few
	yamlKind    = "yaml"    // whatever is too deep for fields
	groupKind   = "group"   // an object
	rowsKind    = "rows"    // a list of objects
	foundKind   = "found"   // one or several of many, which words find
)

// field is one field of a form. The names of inputs are JSON Pointers without the first stroke: "fields/log/0/text".
type field struct {
	Key, Name   string
	Kind        string
	Title, Help string
	Required    bool
	Filled      bool        // when it is required, an empty text or list is not enough
	Must        bool        // a browser does not send it empty: it is needed whatever else is filled in
	When        []condition // under which it is needed
	Min, Max    string      // of a number
	Step        string      // of a number
	Most        int         // rows that a list may have; 0 is any number
	Options     []choice
	Of          string // what it holds the id of, "" for nothing
	Words       string // that what is offered was found by
	Several     bool   // of what is found, more than one may be chosen
	More, None  bool   // was found than is offered, and was found at all
	Value       string
	Wrong       []string
	Fields      []field // of a group; of one row of a list, or of one of its lines
	Rows        []field // a group each; the last is empty, to be filled in
}

// choice is one value of a field that has few.
type choice struct {
	Value, Name string // Name "" is the word of the glossary for the value
	JSON        any
}

// condition says when a field is needed: another one has one of the values, or any when there are none.
type condition struct {
	Key    string // "" is a case that has no name
	Values []string
	Not    bool
}

// optional reports whether a field may stay empty.
func (f field) optional() bool { return !f.Required || !f.Filled }

// Pointer is where the API finds the field.
func (f field) Pointer() string { return "/" + f.Name }

// formOf makes the form of a schema: first what is required, in the order of the schema, then the rest in the order of "x-order"
// and by name. Values are what it holds; a problem marks the fields that its pointers name.
func formOf(schema map[string]any, prefix string, values map[string]any, problem *client.Problem) form {
	root := schemaForm(schema)
	root.Required = true
	var wrong []usm.FieldError
	if problem != nil {
		wrong = problem.Errors
	}
	filling{wrong}.fill(&root, prefix, generic(values), true)
	return form{root.Fields}
}

// choose lets somebody choose the value of a field at the top of the form, where the schema knows only that it is a text. What
// the field holds stays possible.
func (f form) choose(key string, options []choice) {
	for i := range f.Fields {
		at := &f.Fields[i]
		if at.Key != key || len(options) == 0 {
			continue
		}
		switch at.Kind {
		case linesKind:
			at.Kind, at.Options = severalKind, options
			continue
		case lineKind:
			at.Kind, at.Options = choiceKind, options
		}
		if at.Value != "" && !hasChoice(options, at.Value) {
			at.Options = append(slices.Clone(options), choice{Value: at.Value, Name: at.Value})
		}
	}
}

// filling puts values and mistakes into fields.
type filling struct{ wrong []usm.FieldError }

func (w filling) fill(f *field, name string, value any, must bool) {
	must = must && f.Required
	f.Name, f.Must = name, must && f.Filled
	w.mark(f)
	switch f.Kind {
	case groupKind:
		members, _ := value.(map[string]any)
		for i := range f.Fields {
			w.fill(&f.Fields[i], name+"/"+pointerToken(f.Fields[i].Key), members[f.Fields[i].Key], must)
		}
	case rowsKind:
		items, _ := value.([]any)
		for i := 0; i <= len(items) && (i < len(items) || f.Most == 0 || i < f.Most); i++ {
			row := field{Kind: groupKind, Required: true, Fields: cloneFields(f.Fields)}
			var item any
			if i < len(items) {
				item = items[i]
			}
			w.fill(&row, name+"/"+strconv.Itoa(i), item, false)
			f.Rows = append(f.Rows, row)
		}
	case linesKind, severalKind:
		f.Value = linesOf(value)
	case yamlKind:
		f.Value = yamlOf(value)
	case hiddenKind: // it has its value
	default:
		f.Value = textOf(value)
	}
}

// mark tells a field what is wrong with it; a field of a deep value also what is wrong beneath it.
func (w filling) mark(f *field) {
	for _, wrong := range w.wrong {
		beneath, deep := strings.CutPrefix(wrong.Pointer, f.Pointer()+"/")
		switch {
		case wrong.Pointer == f.Pointer():
			f.Wrong = append(f.Wrong, wrong.Detail)
		case deep && (f.Kind == yamlKind || f.Kind == linesKind || f.Kind == severalKind):
			f.Wrong = append(f.Wrong, beneath+": "+wrong.Detail)
		}
	}
}

func cloneFields(fields []field) []field {
	copied := slices.Clone(fields)
	for i := range copied {
		copied[i].Fields = cloneFields(copied[i].Fields)
	}
	return copied
}

// pointerToken is a name as it stands in a JSON Pointer.
func pointerToken(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }
