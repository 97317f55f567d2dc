// Package steps says what each of the 37 steps needs: a JSON Schema (draft 2020-12) of its fields, narrowed by the
// outcome that is decided. The same schemas serve the API (forms, examples), refuse what does not fit before it enters
// a workflow's history, and check the fields that a procedure gives to an automatic step.
//
// Workflow code calls this package: after initialisation it does no I/O, reads no clock, starts no goroutine, and its
// answers never depend on the order of a map.
package steps

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

const draft = "https://json-schema.org/draft/2020-12/schema"

// row is what a schema file says about one step, or about every step of a kind.
type row struct {
	Schema map[string]any `json:"schema"` // description, properties, required
	// Outcomes names the properties that an outcome requires beside those that are always required.
	Outcomes map[usm.Outcome][]string `json:"outcomes"`
}

// file is the shape of schemas/*.json: shared.json has the kinds, the file of a process has its own steps.
type file struct {
	Defs  map[string]any   `json:"$defs"`
	Kinds map[usm.Kind]row `json:"kinds"`
	Steps map[usm.Step]row `json:"steps"`
}

// documents holds every schema document, by step and outcome; "" is the one for any outcome.
var documents = buildDocuments()

// Schema returns a self-contained JSON Schema document of the step's fields. The outcome narrows it to what that
// decision requires; "" or an outcome the step does not know gives the schema for any. An accept step without an
// outcome accepts. Every property has a title and a description for people. The document of a fork step allows no
// property. The caller owns the returned map; it is nil for an unknown step.
//
//workflowcheck:ignore a map is copied, in whatever order
func Schema(step usm.Step, outcome usm.Outcome) map[string]any {
	byOutcome, ok := documents[step]
	if !ok {
		return nil
	}
	document, ok := byOutcome[outcome]
	if !ok {
		document = byOutcome[""]
	}
	return clone(document).(map[string]any) //nolint:errcheck,forcetypeassert // clone keeps the type
}

func buildDocuments() map[usm.Step]map[usm.Outcome]map[string]any {
	shared := readFile("shared")
	all := map[usm.Step]map[usm.Outcome]map[string]any{}
	for _, process := range usm.Processes() {
		own := readFile(string(process))
		defs := maps.Clone(shared.Defs)
		maps.Copy(defs, own.Defs)
		for _, step := range process.Steps() {
			r, ok := own.Steps[step]
			if !ok {
				r = shared.Kinds[step.Kind()]
			}
			if r.Schema == nil {
				panic("steps: no schema for " + string(step))
			}
			all[step] = r.documents(step, defs)
		}
	}
	return all
}

func readFile(name string) file {
	raw, err := schemaFiles.ReadFile("schemas/" + name + ".json")
	if err != nil {
		panic(err)
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		panic(fmt.Errorf("steps: schemas/%s.json: %w", name, err))
	}
	return f
}

func (r row) documents(step usm.Step, defs map[string]any) map[usm.Outcome]map[string]any {
	byOutcome := map[usm.Outcome]map[string]any{"": r.document(step, "", defs)}
	for _, outcome := range step.Outcomes() {
		byOutcome[outcome] = r.document(step, outcome, defs)
	}
	return byOutcome
}

func (r row) document(step usm.Step, outcome usm.Outcome, defs map[string]any) map[string]any {
	document := maps.Clone(r.Schema)
	document["$schema"] = draft
	document["title"] = step.Title()
	document["type"] = "object"
	document["additionalProperties"] = false
	required, _ := document["required"].([]any)
	required = slices.Clone(required)
	for _, name := range r.Outcomes[outcome] {
		required = append(required, name)
	}
	if len(required) > 0 {
		document["required"] = required
	}
	if used := reachable(document, defs); len(used) > 0 {
		document["$defs"] = used
	}
	return clone(document).(map[string]any) //nolint:errcheck,forcetypeassert // clone keeps the type
}

// reachable returns the definitions that the document refers to, directly or through others, so that every document
// stands on its own and carries nothing it does not use.
func reachable(document, defs map[string]any) map[string]any {
	const prefix = "#/$defs/"
	used := map[string]any{}
	var visit func(node any)
	visit = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if ref, ok := node["$ref"].(string); ok {
				name := strings.TrimPrefix(ref, prefix)
				if _, seen := used[name]; !seen {
					used[name] = defs[name]
					visit(defs[name])
				}
			}
			for _, child := range node {
				visit(child)
			}
		case []any:
			for _, child := range node {
				visit(child)
			}
		}
	}
	visit(document)
	return used
}

// clone copies a decoded JSON value, so that no two documents share a map.
func clone(node any) any {
	switch node := node.(type) {
	case map[string]any:
		copied := make(map[string]any, len(node))
		for key, child := range node {
			copied[key] = clone(child)
		}
		return copied
	case []any:
		copied := make([]any, len(node))
		for i, child := range node {
			copied[i] = clone(child)
		}
		return copied
	default:
		return node
	}
}
