package steps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/usm-works/usm/usm"
)

// compiled holds the compiled form of documents. It is made at initialisation: a workflow must never wait for it.
var compiled = compileDocuments()

// Validate checks what is to finish the step. It returns nil, or a *usm.Error with usm.CodeInvalid and one FieldError
// per mistake, sorted by pointer, in plain English; what is missing is reported at the place where it should be.
//
// A deciding step needs its outcome, except that an accept step without one accepts. A fork step is refused: its child
// calls finish it. A nil fields is an empty one.
//
//workflowcheck:ignore the JSON Schema library walks maps; the answer is sorted, so it never varies
func Validate(step usm.Step, outcome usm.Outcome, fields map[string]any) error {
	if !step.Valid() {
		return usm.Invalid("/step", "%q is not one of the 37 steps", step)
	}
	if step.Kind() == usm.KindFork {
		return usm.Invalid("/step", "%s is finished by the child calls it opens", step)
	}
	outcome, mistakes := decide(step, outcome)
	value, err := generic(fields)
	if err != nil {
		mistakes = append(mistakes, usm.FieldError{Pointer: "/fields", Detail: "must be JSON"})
		return refusal(step, mistakes)
	}
	if err := compiled[step][outcome].Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return fmt.Errorf("validate %s: %w", step, err)
		}
		mistakes = explain(mistakes, "/fields", invalid)
	}
	mistakes = append(mistakes, beyondSchema(step, value)...)
	if len(mistakes) == 0 {
		return nil
	}
	return refusal(step, mistakes)
}

// decide completes the outcome and says what is wrong with it; a wrong one leaves the fields to the schema for any.
func decide(step usm.Step, outcome usm.Outcome) (usm.Outcome, []usm.FieldError) {
	possible := step.Outcomes()
	switch {
	case outcome == "" && step.Kind() == usm.KindAccept:
		return usm.Accepted, nil
	case outcome == "" && len(possible) == 0, slices.Contains(possible, outcome):
		return outcome, nil
	case len(possible) == 0:
		detail := fmt.Sprintf("must be left out: %s decides nothing", step)
		return "", []usm.FieldError{{Pointer: "/outcome", Detail: detail}}
	}
	names := make([]string, len(possible))
	for i, o := range possible {
		names[i] = string(o)
	}
	detail := "is required: one of " + enumerate(names)
	if outcome != "" {
		detail = fmt.Sprintf("%q is not possible here: must be one of %s", outcome, enumerate(names))
	}
	return "", []usm.FieldError{{Pointer: "/outcome", Detail: detail}}
}

// refusal sorts the mistakes, so that the answer never depends on the order in which they were found.
func refusal(step usm.Step, mistakes []usm.FieldError) *usm.Error {
	message := fmt.Sprintf("this does not finish %s", step)
	return &usm.Error{Code: usm.CodeInvalid, Message: message, Fields: sorted(mistakes)}
}

// generic turns fields into plain JSON values, whatever Go types they were built with.
func generic(fields map[string]any) (map[string]any, error) {
	if fields == nil {
		return map[string]any{}, nil
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return value.(map[string]any), nil //nolint:errcheck,forcetypeassert // it was a map before
}

func compileDocuments() map[usm.Step]map[usm.Outcome]*jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	// The registers read instants and days with package time, which is stricter than RFC 3339 as JSON Schema reads it.
	compiler.RegisterFormat(&jsonschema.Format{Name: "date-time", Validate: parsesAs(time.RFC3339)})
	compiler.RegisterFormat(&jsonschema.Format{Name: "date", Validate: parsesAs(time.DateOnly)})
	all := map[usm.Step]map[usm.Outcome]*jsonschema.Schema{}
	for step, byOutcome := range documents {
		all[step] = map[usm.Outcome]*jsonschema.Schema{}
		for outcome, document := range byOutcome {
			name := fmt.Sprintf("usm:%s:%s", step, outcome)
			if err := compiler.AddResource(name, document); err != nil {
				panic(err)
			}
			all[step][outcome] = compiler.MustCompile(name)
		}
	}
	return all
}

func parsesAs(layout string) func(any) error {
	return func(value any) error {
		text, ok := value.(string)
		if !ok {
			return nil // the type is another keyword's business
		}
		_, err := time.Parse(layout, text)
		return err //nolint:wrapcheck // it becomes a sentence in explain
	}
}
