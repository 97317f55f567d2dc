package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// strictJSON is JSON without the character NUL, which Postgres cannot keep in a text.
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if err := json.Unmarshal(data, v); err != nil {
			return err
		}
		if parsed, ok := v.(*any); ok && hasNUL(*parsed) {
			return errors.New("a text contains the character NUL")
		}
		return nil
	},
}

func hasNUL(value any) bool {
	switch value := value.(type) {
	case string:
		return strings.ContainsRune(value, 0)
	case []any:
		return slices.ContainsFunc(value, hasNUL)
	case map[string]any:
		for name, item := range value {
			if hasNUL(name) || hasNUL(item) {
				return true
			}
		}
	}
	return false
}
