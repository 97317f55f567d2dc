package domains

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/usm-works/usm/usm"
)

// Limits of a file. Real ones have a few thousand lines and about ten levels.
const (
	maxSource = 1 << 20 // what the gateway takes
	maxDepth  = 100
)

// reader turns YAML into plain JSON values and remembers where each of them stands.
type reader struct {
	places   map[string]position // by JSON Pointer: of the key in a mapping, of the item in a sequence
	mistakes []usm.FieldError
}

// read returns the value of the only document of the source. With mistakes the value is not to be used.
func read(source []byte) (value any, r reader) {
	r = reader{places: map[string]position{"": {1, 1}}}
	document, mistake, at := document(source)
	if mistake != "" {
		r.places[""] = at
		r.mistakef("", "%s", mistake)
		return nil, r
	}
	return r.value("", document, 0), r
}

func (r *reader) mistakef(pointer, format string, args ...any) {
	r.mistakes = append(r.mistakes, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// document parses the source and returns the body of its only document, or what is wrong and where.
func document(source []byte) (body ast.Node, mistake string, at position) {
	first := position{1, 1}
	if len(source) > maxSource {
		return nil, fmt.Sprintf("must have at most %d bytes, not %d", maxSource, len(source)), first
	}
	// The parser takes input that a stranger may send: what it cannot stand is a mistake of the file, not a crash.
	defer func() {
		if recover() != nil {
			body, mistake, at = nil, "is no YAML that can be read", first
		}
	}()
	tokens := lexer.Tokenize(string(source))
	if at, deep := tooDeep(tokens); deep {
		return nil, fmt.Sprintf("must not be nested deeper than %d levels", maxDepth), at
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			return nil, syntax.GetMessage(), place(syntax.GetToken())
		}
		return nil, "is no YAML that can be read", first
	}
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return nil, "must be one document, not several", start(d.Body)
		}
		body = d.Body
	}
	if body == nil {
		return nil, "must not be empty", first
	}
	return body, "", first
}

// tooDeep looks at tokens only, because the parser's time grows with the square of the depth.
func tooDeep(tokens token.Tokens) (position, bool) {
	depth, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		default:
		}
		if depth > maxDepth || dashes > maxDepth {
			return place(t), true
		}
	}
	return position{}, false
}

func place(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{t.Position.Line, t.Position.Column}
}

// value converts a node. What domain files do not use is refused, so that a file means what it shows: anchors, aliases,
// merge keys and tags.
func (r *reader) value(pointer string, node ast.Node, depth int) any {
	if depth > maxDepth {
		r.mistakef(pointer, "must not be nested deeper than %d levels", maxDepth)
		return nil
	}
	switch node := node.(type) {
	case *ast.MappingNode:
		return r.mapping(pointer, node.Values, depth)
	case *ast.MappingValueNode:
		return r.mapping(pointer, []*ast.MappingValueNode{node}, depth)
	case *ast.SequenceNode:
		list := make([]any, len(node.Values))
		for i, item := range node.Values {
			at := pointer + "/" + strconv.Itoa(i)
			r.places[at] = start(item)
			list[i] = r.value(at, item, depth+1)
		}
		return list
	case *ast.StringNode:
		return r.text(pointer, node.Value)
	case *ast.LiteralNode:
		return r.text(pointer, node.Value.Value)
	case *ast.BoolNode:
		return node.Value
	case *ast.NullNode:
		return nil
	case *ast.IntegerNode:
		return r.number(pointer, node.GetToken().Value, node.Value)
	case *ast.FloatNode:
		return r.number(pointer, node.GetToken().Value, node.Value)
	case nil:
		return nil
	default:
		r.mistakef(pointer, "must be plain YAML: no anchors, aliases, merge keys, tags, infinities")
		return nil
	}
}

// start returns the place of a node's first character; the token of a mapping is its first colon.
func start(node ast.Node) position {
	switch n := node.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return start(n.Values[0])
		}
	case *ast.MappingValueNode:
		return place(n.Key.GetToken())
	case nil:
		return position{}
	}
	return place(node.GetToken())
}

func (r *reader) mapping(pointer string, entries []*ast.MappingValueNode, depth int) any {
	object := make(map[string]any, len(entries))
	for _, entry := range entries {
		key, ok := keyOf(entry.Key)
		if !ok {
			r.places[pointer+"/?"] = place(entry.Key.GetToken())
			r.mistakef(pointer+"/?", "must have plain text as its key")
			continue
		}
		at := pointer + "/" + escape(r.text(pointer, key))
		r.places[at] = place(entry.Key.GetToken())
		if _, twice := object[key]; twice {
			r.mistakef(at, "must not stand here twice")
			continue
		}
		object[key] = r.value(at, entry.Value, depth+1)
	}
	return object
}

func keyOf(node ast.MapKeyNode) (string, bool) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return node.GetToken().Value, true
	default:
		return "", false
	}
}

// text refuses what Postgres and JSON cannot keep.
func (r *reader) text(pointer, text string) string {
	if strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
		r.mistakef(pointer, "must be UTF-8 without the character U+0000")
		return ""
	}
	return text
}

// number gives what JSON would give, a float64, and refuses what does not fit one.
func (r *reader) number(pointer, source string, value any) any {
	var number float64
	switch value := value.(type) {
	case uint64:
		number = float64(value)
	case int64:
		number = float64(value)
	case float64:
		number = value
	default:
		r.mistakef(pointer, "must be a smaller number than %s", source)
		return nil
	}
	if math.IsInf(number, 0) || math.IsNaN(number) {
		r.mistakef(pointer, "must be a number, not %s", source)
		return nil
	}
	return number
}
