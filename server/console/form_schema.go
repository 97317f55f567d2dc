package console

import (
	"maps"
	"slices"
	"strings"
)

// Limits of forms. What is deeper is typed as YAML.
const (
	deepest     = 3   // objects in objects
	references  = 16  // of a schema to its definitions, one after the other
	longestLine = 500 // characters; what may be longer has an area
)

// part is a schema that applies to a value, always or under conditions.
type part struct {
	schema map[string]any
	when   []condition
}

// parts are all schemas that apply to one value.
type parts []part

// schemaForm makes the fields of a schema; they hold nothing yet.
func schemaForm(schema map[string]any) field {
	root := schemaRoot{object(schema["$defs"]), object(schema["definitions"])}
	f := field{Kind: groupKind}
	f.Fields = root.members(root.parts(schema, nil, 0), 0, false)
	return f
}

// schemaRoot holds what references lead to.
type schemaRoot struct{ defs, definitions map[string]any }

// parts lists the schemas that apply where this one does: what it refers to, all of its parts and each of its cases.
func (root schemaRoot) parts(schema map[string]any, when []condition, deep int) parts {
	if deep > references || schema == nil {
		return nil
	}
	var all parts
	add := func(s any, conditions ...condition) {
		all = append(all, root.parts(object(s), append(slices.Clone(when), conditions...), deep+1)...)
	}
	if ref, ok := schema["$ref"].(string); ok {
		add(root.find(ref))
	}
	all = append(all, part{schema, when})
	for _, s := range list(schema["allOf"]) {
		add(s)
	}
	if cases := conditionsOf(schema["if"]); schema["if"] != nil {
		add(schema["then"], cases...)
		for i := range cases {
			cases[i].Not = true
		}
		add(schema["else"], cases...)
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		for _, s := range list(schema[name]) {
			add(s, conditionsOf(s)...)
		}
	}
	dependent := object(schema["dependentSchemas"])
	for _, name := range slices.Sorted(maps.Keys(dependent)) {
		add(dependent[name], condition{Key: name})
	}
	return all
}

func (root schemaRoot) find(ref string) any {
	if name, ok := strings.CutPrefix(ref, "#/$defs/"); ok {
		return root.defs[name]
	}
	return root.definitions[strings.TrimPrefix(ref, "#/definitions/")]
}

// conditionsOf reads what a case asks of other properties. One that asks anything else is a case without a name.
func conditionsOf(schema any) []condition {
	var all []condition
	properties := object(object(schema)["properties"])
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if options := optionsOf(object(properties[name])); len(options) > 0 {
			c := condition{Key: name}
			for _, o := range options {
				c.Values = append(c.Values, o.Value)
			}
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		all = []condition{{}}
	}
	return all
}

// members makes the fields of an object.
func (root schemaRoot) members(all parts, deep int, inRows bool) []field {
	properties := map[string]parts{}
	needed := map[string][]condition{}
	var order, wished []string
	for _, p := range all {
		for name, s := range object(p.schema["properties"]) {
			properties[name] = append(properties[name], root.parts(object(s), p.when, 0)...)
		}
		for _, name := range names(p.schema["required"]) {
			if len(p.when) == 0 {
				order = append(order, name)
			} else {
				needed[name] = append(needed[name], p.when...)
			}
		}
		dependent := object(p.schema["dependentRequired"])
		for _, on := range slices.Sorted(maps.Keys(dependent)) {
			for _, name := range names(dependent[on]) {
				needed[name] = append(needed[name], condition{Key: on})
			}
		}
		wished = append(wished, names(p.schema["x-order"])...)
	}
	required := slices.Clone(order)
	order = append(append(order, wished...), slices.Sorted(maps.Keys(properties))...)
	var fields []field
	for i, name := range order {
		if len(properties[name]) == 0 || slices.Contains(order[:i], name) {
			continue
		}
		f := root.field(name, properties[name], slices.Contains(required, name), deep, inRows)
		f.When = append(f.When, needed[name]...)
		fields = append(fields, f)
	}
	return fields
}

// object is a value as the members of an object.
func object(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

// list is a value as the items of a list.
func list(value any) []any {
	l, _ := value.([]any)
	return l
}

// names are the texts of a list.
func names(value any) []string {
	var all []string
	for _, item := range list(value) {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
