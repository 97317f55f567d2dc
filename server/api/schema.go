package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/usm-works/usm/steps"
)

// against validates value with a JSON Schema of a domain file and adds what is wrong under the given pointer. A nil
// schema takes anything; an error means that the schema itself is broken.
func (f *faults) against(schema, value map[string]any, at string) error {
	if schema == nil {
		return nil
	}
	document, err := plain(schema)
	if err != nil {
		return err
	}
	instance, err := plain(value)
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("usm:item", document); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	compiled, err := compiler.Compile("usm:item")
	if err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	var invalid *jsonschema.ValidationError
	if err := compiled.Validate(instance); errors.As(err, &invalid) {
		f.fields = append(f.fields, steps.Explain(at, invalid)...)
	}
	return nil
}

// plain turns Go values into the plain JSON values the validator works on.
func plain(value any) (any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return decoded, nil
}
