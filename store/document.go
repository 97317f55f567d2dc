package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"
)

// document keeps a value in a jsonb column.
type document[T any] struct{ value T }

// doc makes an argument for a jsonb parameter. It is sent as text: lib/pq would send bytes in Postgres's binary form.
func doc(value any) driver.Valuer { return document[any]{value} }

// Value encodes the document.
func (d document[T]) Value() (driver.Value, error) {
	raw, err := encode(d.value)
	return string(raw), err
}

// Scan decodes what Postgres sent; NULL is the zero value.
func (d *document[T]) Scan(source any) error {
	switch raw := source.(type) {
	case nil:
		d.value = *new(T)
		return nil
	case []byte:
		return json.Unmarshal(raw, &d.value)
	case string:
		return json.Unmarshal([]byte(raw), &d.value)
	}
	return fmt.Errorf("a %T is not a document", source)
}

// MarshalJSON makes a document part of a larger one.
func (d document[T]) MarshalJSON() ([]byte, error) { return encode(d.value) }

// UnmarshalJSON is the inverse.
func (d *document[T]) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &d.value) }

// encode is json.Marshal without the escaping for HTML, which would only make documents longer.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// texts is an argument for a text[] parameter.
func texts[T ~string](values []T) pq.StringArray {
	array := make(pq.StringArray, len(values))
	for i, value := range values {
		array[i] = string(value)
	}
	return array
}

// list is a list that is never null.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

// object is a JSON object that is never null.
func object(values map[string]any) map[string]any {
	if values == nil {
		return map[string]any{}
	}
	return values
}

// orNone is the inverse of list: what came back from JSON without a list is equal to what went in.
func orNone(values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return values
}
