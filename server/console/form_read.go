package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// readForm reads what was typed into the form of a schema, by its types. What cannot be read as what it should be is wrong, and
// stays among the values as it was typed. Fields that are empty are left out, unless the schema requires them.
func (v *visit) readForm(schema map[string]any, prefix string) (values map[string]any, wrong []usm.FieldError) {
	if v.c.Request.ParseForm() != nil {
		return map[string]any{}, nil
	}
	root := schemaForm(schema)
	root.Required = true
	r := reading{v: v, posted: v.c.Request.PostForm}
	value, _ := r.value(root, prefix, "/"+prefix)
	return object(value), r.wrong
}

// reading is the reading of one form.
type reading struct {
	v      *visit
	posted url.Values
	wrong  []usm.FieldError
}

// value reads a field: nil leaves it out. typed says that somebody filled something in. The pointer differs from the name where
// empty rows before it are left out.
func (r *reading) value(f field, name, pointer string) (value any, typed bool) {
	switch f.Kind {
	case groupKind:
		return r.group(f, name, pointer)
	case rowsKind:
		return r.rows(f, name, pointer)
	}
	text := strings.ReplaceAll(strings.Join(r.sent(f, name), "\n"), "\r\n", "\n")
	if f.Kind != areaKind {
		text = strings.TrimSpace(text)
	}
	switch {
	case f.Kind == hiddenKind:
		return f.Options[0].JSON, false
	case f.Kind == linesKind, f.Kind == severalKind:
		return r.lines(f, text, pointer)
	case text != "":
		return r.scalar(f, text, pointer), true
	case f.Required && !f.Filled:
		return "", false
	}
	return nil, false
}

// sent is what was sent of a field.
func (r *reading) sent(f field, name string) []string {
	if f.Of == "" {
		return r.posted[name]
	}
	return pickedIDs(r.posted, name, f.Kind == linesKind)
}

func (r *reading) group(f field, name, pointer string) (any, bool) {
	members, typed := map[string]any{}, false
	for _, member := range f.Fields {
		value, filled := r.value(member, name+"/"+pointerToken(member.Key), pointer+"/"+pointerToken(member.Key))
		if value != nil {
			members[member.Key] = value
		}
		typed = typed || filled
	}
	if !typed && !f.Required {
		return nil, false
	}
	return members, typed
}

// rows reads a list of objects; rows in which nothing is typed are left out.
func (r *reading) rows(f field, name, pointer string) (any, bool) {
	items := []any{}
	row := field{Kind: groupKind, Required: true, Fields: f.Fields}
	for _, i := range r.indexes(name) {
		before := len(r.wrong)
		item, typed := r.value(row, name+"/"+strconv.Itoa(i), pointer+"/"+strconv.Itoa(len(items)))
		if typed {
			items = append(items, item)
		} else {
			r.wrong = r.wrong[:before]
		}
	}
	if len(items) == 0 && !f.Required {
		return nil, false
	}
	return items, len(items) > 0
}

// indexes are those of the rows that were sent, in their order.
func (r *reading) indexes(name string) []int {
	var found []int
	for sent := range r.posted {
		rest, ok := strings.CutPrefix(sent, name+"/")
		number, _, deeper := strings.Cut(rest, "/")
		if i, err := strconv.Atoi(number); ok && deeper && err == nil && strconv.Itoa(i) == number {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (r *reading) lines(f field, text, pointer string) (any, bool) {
	items := []any{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			items = append(items, r.scalar(f.Fields[0], line, pointer+"/"+strconv.Itoa(len(items))))
		}
	}
	if len(items) == 0 && !f.Required {
		return nil, false
	}
	return items, len(items) > 0
}

// scalar reads one value that is not empty.
func (r *reading) scalar(f field, text, pointer string) any {
	why := ""
	switch f.Kind {
	case checkKind, yesNoKind:
		return text == "true"
	case numberKind:
		if value, ok := numberValue(text, f.Step == "1"); ok {
			return value
		}
		why = "number"
	case choiceKind:
		for _, o := range f.Options {
			if o.Value == text {
				return o.JSON
			}
		}
	case instantKind:
		if at, ok := r.v.instantOf(text); ok {
			return at
		}
		why = "instant"
	case yamlKind:
		if value, err := yamlValue(text); err == nil {
			return value
		}
		why = "yaml"
	}
	if why != "" {
		r.wrong = append(r.wrong, usm.FieldError{Pointer: pointer, Detail: r.v.T("form.no_" + why)})
	}
	return text
}

// The forms in which browsers write a moment without its zone.
const (
	wallMinutes = "2006-01-02T15:04"
	wallSeconds = "2006-01-02T15:04:05"
)

// instantOf reads a moment that was typed in the zone of the reader.
func (v *visit) instantOf(text string) (string, bool) {
	for _, layout := range []string{wallMinutes, wallSeconds} {
		if at, err := time.ParseInLocation(layout, text, v.look.Zone); err == nil {
			return at.Format(time.RFC3339), true
		}
	}
	_, err := time.Parse(time.RFC3339, text)
	return text, err == nil
}

// wall writes a moment as an input in the zone of the reader has it. What is none stays as it was typed.
func (v *visit) wall(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	at = at.In(v.look.Zone)
	if at.Second() != 0 {
		return at.Format(wallSeconds)
	}
	return at.Format(wallMinutes)
}
