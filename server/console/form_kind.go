package console

import "slices"

// field makes the field of one property from all schemas that apply to it.
func (root schemaRoot) field(key string, all parts, required bool, deep int, inRows bool) field {
	f := field{Key: key, Title: all.text("title"), Help: all.text("description"), Required: required}
	if !all.always() {
		f.When = all[0].when
	}
	f.Options = all.options()
	kind := all.kind()
	switch {
	case len(f.Options) == 1 && all.get("const") != nil && all.always():
		f.Kind, f.Value = hiddenKind, f.Options[0].Value
	case len(f.Options) > 0:
		f.Kind = choiceKind
	case kind == "boolean" && required:
		f.Kind = yesNoKind
	case kind == "boolean":
		f.Kind = checkKind
	case kind == "integer", kind == "number":
		f.Kind, f.Step = numberKind, "any"
		if kind == "integer" {
			f.Step = "1"
		}
		f.Min, f.Max = textOf(all.get("minimum")), textOf(all.get("maximum"))
	case kind == "string":
		f.Kind, f.Of = textKind(all), registerIn(map[string]any{"format": all.get("format")})
	case kind == "array":
		root.ofList(&f, all, deep, inRows)
	case kind == "object":
		f.Kind = yamlKind
		if deep < deepest {
			f.Fields = root.members(all, deep+1, inRows)
		}
		if len(f.Fields) > 0 {
			f.Kind = groupKind
		}
	default:
		f.Kind = yamlKind
	}
	mayBeEmpty := f.Kind == areaKind || f.Kind == linesKind || f.Kind == severalKind || f.Kind == rowsKind
	f.Filled = !mayBeEmpty || all.number("minLength")+all.number("minItems") > 0
	return f
}

// ofList makes the field of a list: lines of simple values, rows of objects, YAML for anything else.
func (root schemaRoot) ofList(f *field, all parts, deep int, inRows bool) {
	item := root.field("", root.parts(object(all.get("items")), nil, 0), true, deep, true)
	switch item.Kind {
	case choiceKind:
		f.Kind, f.Fields, f.Options = severalKind, []field{item}, item.Options
	case lineKind, areaKind, emailKind, addressKind, numberKind, dayKind:
		f.Kind, f.Fields, f.Of = linesKind, []field{item}, item.Of
	case groupKind:
		f.Kind, f.Fields, f.Most = rowsKind, item.Fields, all.number("maxItems")
		if inRows {
			f.Kind, f.Fields = yamlKind, nil
		}
	default:
		f.Kind = yamlKind
	}
}

func textKind(all parts) string {
	switch all.text("format") {
	case "date":
		return dayKind
	case "date-time":
		return instantKind
	case "email":
		return emailKind
	case "uri":
		return addressKind
	}
	if all.number("maxLength") > longestLine {
		return areaKind
	}
	return lineKind
}

// always reports whether any of the schemas applies without a condition.
func (all parts) always() bool {
	for _, p := range all {
		if len(p.when) == 0 {
			return true
		}
	}
	return false
}

// get returns a keyword: the last that applies always, else the first that applies under a condition.
func (all parts) get(keyword string) any {
	var found any
	for _, p := range all {
		if value := p.schema[keyword]; value != nil && (found == nil || len(p.when) == 0) {
			found = value
		}
	}
	return found
}

func (all parts) text(keyword string) string {
	text, _ := all.get(keyword).(string)
	return text
}

func (all parts) number(keyword string) int {
	switch n := all.get(keyword).(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// kind is the type of JSON, from what the schema says of it.
func (all parts) kind() string {
	for _, kind := range append([]any{all.get("type")}, list(all.get("type"))...) {
		if kind, ok := kind.(string); ok && kind != "null" {
			return kind
		}
	}
	switch {
	case all.get("properties") != nil:
		return "object"
	case all.get("items") != nil:
		return "array"
	}
	return ""
}

// options are the values that a schema allows, nil when it does not count them: those that always hold, else those of any case.
func (all parts) options() []choice {
	var always, cases []choice
	for _, p := range all {
		for _, o := range optionsOf(p.schema) {
			if len(p.when) == 0 && !hasChoice(always, o.Value) {
				always = append(always, o)
			}
			if !hasChoice(cases, o.Value) {
				cases = append(cases, o)
			}
		}
	}
	if len(always) > 0 {
		return always
	}
	return cases
}

func optionsOf(schema map[string]any) []choice {
	values := list(schema["enum"])
	if value, ok := schema["const"]; ok {
		values = append(values, value)
	}
	options := make([]choice, len(values))
	for i, value := range values {
		options[i] = choice{Value: textOf(value), JSON: value}
	}
	return options
}

func hasChoice(options []choice, value string) bool {
	return slices.ContainsFunc(options, func(o choice) bool { return o.Value == value })
}
