package domains

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

//go:embed schema.json
var schemaSource []byte

// schema is the compiled form of schema.json.
var schema = func() *jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.RegisterFormat(&jsonschema.Format{Name: "date", Validate: isDay})
	if err := compiler.AddResource("usm:domain", Schema()); err != nil {
		panic(err)
	}
	return compiler.MustCompile("usm:domain")
}()

// isDay is stricter than JSON Schema's own: the registers read days with package time.
func isDay(value any) error {
	text, isText := value.(string)
	if !isText {
		return nil // the type is another keyword's business
	}
	_, err := time.Parse(time.DateOnly, text)
	return err
}

// Schema returns the JSON Schema (draft 2020-12) of a domain file, for editors and for `usm domain schema`. What a
// schema cannot say, above all that every reference leads somewhere, Parse checks beside it. The caller owns the map.
func Schema() map[string]any {
	var document map[string]any
	if err := json.Unmarshal(schemaSource, &document); err != nil {
		panic(err) // it is part of the binary
	}
	return document
}

// Parse reads a domain file (YAML, and so JSON too). Any mistake gives a *FileError that lists all of them; name is the
// file's name in it. Version is 0 whatever the file says. A file that names another one is refused: see ParseIn. A calendar
// that does not open within two years from now is a mistake, so what was right once may be wrong years later.
func Parse(name string, source []byte) (usm.Domain, error) { return ParseIn(nil, name, source) }

// ParseIn is Parse for a domain file in a folder: a calendar's icalendar_file, a path from there, is read in and stands in
// the domain as its icalendar.
func ParseIn(folder fs.FS, name string, source []byte) (usm.Domain, error) {
	value, r := read(source)
	if len(r.mistakes) == 0 {
		r.include(folder, value)
	}
	if len(r.mistakes) > 0 {
		return usm.Domain{}, fileError(name, r.mistakes, r.places)
	}
	domain, mistakes := check(value)
	if len(mistakes) > 0 {
		return usm.Domain{}, fileError(name, mistakes, r.places)
	}
	domain.Version = 0
	return domain, nil
}

// Validate checks a domain that did not come from a file by the same rules; its *FileError has no lines.
func Validate(domain usm.Domain) error {
	value, err := generic(domain)
	if err != nil {
		return err
	}
	_, mistakes := check(value)
	return fileError("", mistakes, nil)
}

// check holds a plain JSON value against the schema and against the rules beyond it. A value that the schema refuses for
// its shape may still be decoded, so that the mistakes of both are listed at once.
func check(value any) (usm.Domain, []usm.FieldError) {
	var mistakes []usm.FieldError
	if err := schema.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return usm.Domain{}, []usm.FieldError{{Detail: err.Error()}}
		}
		mistakes = steps.Explain("", invalid)
	}
	domain, err := decode(value)
	if err != nil {
		if len(mistakes) == 0 {
			mistakes = append(mistakes, usm.FieldError{Detail: err.Error()})
		}
		return usm.Domain{}, mistakes
	}
	return domain, merge(mistakes, beyondSchema(domain))
}

// merge adds the mistakes that are not at or around a place where the schema found one already: those would be its echo.
func merge(mistakes, more []usm.FieldError) []usm.FieldError {
	known := map[string]bool{}
	for _, m := range mistakes {
		for at := m.Pointer; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
			known[at] = true
		}
	}
	for _, m := range more {
		if !known[m.Pointer] {
			mistakes = append(mistakes, m)
		}
	}
	return mistakes
}

func decode(value any) (usm.Domain, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return usm.Domain{}, fmt.Errorf("domains: %w", err)
	}
	var domain usm.Domain
	if err := json.Unmarshal(raw, &domain); err != nil {
		return usm.Domain{}, fmt.Errorf("domains: %w", err)
	}
	return normal(domain)
}

// normal drops the difference between an empty list and none where a file cannot show it.
func normal(domain usm.Domain) (usm.Domain, error) {
	raw, err := json.Marshal(domain)
	if err != nil {
		return usm.Domain{}, fmt.Errorf("domains: %w", err)
	}
	var again usm.Domain
	if err := json.Unmarshal(raw, &again); err != nil {
		return usm.Domain{}, fmt.Errorf("domains: %w", err)
	}
	return again, nil
}

// generic returns the domain as plain JSON values.
func generic(domain usm.Domain) (map[string]any, error) {
	raw, err := json.Marshal(domain)
	if err != nil {
		return nil, fmt.Errorf("domains: %w", err)
	}
	var value map[string]any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fmt.Errorf("domains: %w", err)
	}
	return value, nil
}
