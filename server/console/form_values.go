package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// generic turns values into what JSON knows, whatever Go types they were built with.
func generic(values any) any {
	raw, err := json.Marshal(values)
	if err != nil {
		return nil // it came from JSON
	}
	var plain any
	_ = json.Unmarshal(raw, &plain)
	return plain
}

// textOf writes a value for an input.
func textOf(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case map[string]any, []any:
		return yamlOf(value)
	default:
		return fmt.Sprint(value)
	}
}

// linesOf writes the items of a list, one a line.
func linesOf(value any) string {
	items, ok := value.([]any)
	if !ok {
		return textOf(value)
	}
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = textOf(item)
	}
	return strings.Join(lines, "\n")
}

// yamlOf writes a deep value. A text is one that could not be read, and stays as it was typed.
func yamlOf(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		raw, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(raw))
	}
}

const longestYAML = 20000

var errYAML = errors.New("no YAML that can be read")

// yamlValue reads a deep value. Anchors and aliases, which may grow without end, are refused.
func yamlValue(text string) (value any, err error) {
	defer func() {
		if recover() != nil { // the parser takes what a stranger sends
			err = errYAML
		}
	}()
	if len(text) > longestYAML {
		return nil, errYAML
	}
	for _, t := range lexer.Tokenize(text) {
		if t.Type == token.AnchorType || t.Type == token.AliasType || t.Type == token.MergeKeyType || t.Type == token.TagType {
			return nil, errYAML
		}
	}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return nil, errYAML
	}
	if _, err := json.Marshal(value); err != nil { // numbers that JSON has no word for
		return nil, errYAML
	}
	return value, nil
}

// numberValue reads a number as JSON has it; ok is false for anything else.
func numberValue(text string, whole bool) (value any, ok bool) {
	if whole {
		i, err := strconv.ParseInt(text, 10, 64)
		return i, err == nil
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}
