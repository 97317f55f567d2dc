package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// labelOf is the name of a field in the language of the reader, else as its schema has it.
func (v *visit) labelOf(f field) string { return v.fieldName(f.Key, f.Title) }

// fieldName is the name of what is recorded under a key.
func (v *visit) fieldName(key, title string) string {
	if title == "" {
		title = inWords(key)
	}
	return v.or("field."+key, title)
}

// helpOf says what a field is for.
func (v *visit) helpOf(f field) string { return v.or("help."+textKey(f.Help), f.Help) }

// hintOf says what a field is for, when it is needed and how it is written.
func (v *visit) hintOf(f field) string {
	var hints []string
	if help := v.helpOf(f); help != "" {
		hints = append(hints, strings.TrimSuffix(help, ".")+".")
	}
	for _, c := range f.When {
		hints = append(hints, v.whenOf(c))
	}
	if v.has("form." + f.Kind) {
		hints = append(hints, v.T("form."+f.Kind))
	}
	return strings.Join(hints, " ")
}

// choiceName is a value that a schema allows as people read it.
func (v *visit) choiceName(o choice) string {
	if o.Name != "" {
		return o.Name
	}
	for _, group := range []string{
		"choice.", "level.", "priority.", "type.", "status.", "wait.", "outcome.", "step.", "state.", "event.", "process.",
		"relation.", "link.", "approvals.decision.",
	} {
		if v.has(group + o.Value) {
			return v.T(group + o.Value)
		}
	}
	return inWords(o.Value)
}

// whenOf says when a field is needed.
func (v *visit) whenOf(c condition) string {
	values := make([]string, len(c.Values))
	for i, value := range c.Values {
		values[i] = v.choiceName(choice{Value: value})
	}
	name, is := v.fieldName(c.Key, ""), strings.Join(values, " / ")
	switch {
	case c.Key == "":
		return v.T("form.when_some")
	case len(values) == 0:
		return v.T("form.when_given", name)
	case c.Not:
		return v.T("form.when_not", name, is)
	default:
		return v.T("form.when", name, is)
	}
}

// foreign reports whether a sentence is in another language than the reader's: it is none of our texts, so it is the API's, which
// speaks English.
func (v *visit) foreign(sentence string) bool {
	return v.look.Language != "en" && sentence != "" && !v.texts.sentences[sentence]
}

// wrongOf says what is wrong in the language of the reader, where the API says it in words that we know.
func (v *visit) wrongOf(detail string) string { return v.or("wrong."+textKey(detail), detail) }

// textKey makes the name of a text from an English sentence: its letters and digits, with lines for what is between them.
func textKey(sentence string) string {
	words := strings.FieldsFunc(strings.ToLower(sentence), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "_")
}

// inWords is a name of a program as people write it: "test_plan" is "Test plan".
func inWords(name string) string {
	text := strings.NewReplacer("_", " ", "-", " ").Replace(name)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// tells reports whether there is something to say of a field.
func (f field) tells() bool {
	return f.Help != "" || len(f.When) > 0 || f.Kind == linesKind || f.Kind == yamlKind || f.Kind == foundKind
}

// described ties an element to what explains it and what is wrong with it.
func (f field) described() templ.Attributes {
	attributes := templ.Attributes{}
	var by []string
	if len(f.Wrong) > 0 {
		by = append(by, fieldID(f.Pointer())+"-wrong")
		if f.Kind != groupKind && f.Kind != rowsKind && f.Kind != severalKind && f.Kind != foundKind {
			attributes["aria-invalid"] = "true"
		}
	}
	if f.tells() {
		by = append(by, fieldID(f.Pointer())+"-help")
	}
	if len(by) > 0 {
		attributes["aria-describedby"] = strings.Join(by, " ")
	}
	return attributes
}

// height is how many lines an area shows at first.
func (f field) height() string {
	return strconv.Itoa(min(max(3, strings.Count(f.Value, "\n")+2), 16))
}

// bounds are the least and the greatest number.
func (f field) bounds() templ.Attributes {
	attributes := templ.Attributes{}
	for name, value := range map[string]string{"min": f.Min, "max": f.Max} {
		if value != "" {
			attributes[name] = value
		}
	}
	return attributes
}

// holds reports whether a value is one of those of a field of several.
func (f field) holds(value string) bool { return slices.Contains(strings.Split(f.Value, "\n"), value) }
