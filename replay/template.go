package replay

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
)

// placeholder is {column}, {was column} or either with |what stands there when the value is not known.
var placeholder = regexp.MustCompile(`\{(was )?([^{}|]+)(\|[^{}]*)?\}`)

// unknownText stands for a value that is not known and has no other text in its place.
const unknownText = "unknown"

// scope gives the values that templates name.
type scope struct {
	now   func(column string) string // "" when it is not known
	was   func(column string) string
	rows  []Row // what $each goes over
	world World
}

// text expands a template. used is false when it has placeholders and all of them came to nothing.
func (s scope) text(template string) (text string, used bool) {
	text = placeholder.ReplaceAllStringFunc(template, func(match string) string {
		parts := placeholder.FindStringSubmatch(match)
		value := s.now
		if parts[1] != "" {
			value = s.was
		}
		switch known := value(parts[2]); {
		case known != "":
			return known
		case parts[3] != "":
			return parts[3][1:]
		}
		return unknownText
	})
	return text, text != "" || !placeholder.MatchString(template)
}

// tree expands literals, templates and operators. Parts that come to nothing are left out: ok is then false.
func (s scope) tree(node any) (value any, ok bool) {
	switch node := node.(type) {
	case string:
		return s.text(node)
	case []any:
		list := []any{}
		for _, child := range node {
			if v, ok := s.tree(child); ok {
				list = append(list, v)
			}
		}
		return list, true
	case map[string]any:
		if operator := operatorOf(node); operator != "" {
			return s.operate(operator, node)
		}
		object := map[string]any{}
		for key, child := range node {
			if v, ok := s.tree(child); ok {
				object[key] = v
			}
		}
		return object, true
	}
	return node, true
}

func (s scope) operate(operator string, node map[string]any) (value any, ok bool) {
	if operator == "$each" {
		return s.each(patternOf(node["$each"]), node["item"]), true
	}
	template, _ := node[operator].(string)
	text, used := s.text(template)
	if operator == "$bool" {
		return text == "true", true
	}
	over, _ := node["over"].(string)
	ids := s.world.ids(over)
	if !used || len(ids) == 0 {
		return nil, false
	}
	return Spread(text, ids), true
}

// each expands item for every row that matches.
func (s scope) each(pattern Pattern, item any) []any {
	list := []any{}
	for _, row := range s.rows {
		if !pattern.matches(row) {
			continue
		}
		inner := s
		inner.now = func(column string) string {
			if v := row.Values[column]; v != "" {
				return v
			}
			return s.now(column)
		}
		if v, ok := inner.tree(item); ok {
			list = append(list, v)
		}
	}
	return list
}

// operators and the other key each of them takes.
var operators = map[string]string{"$spread": "over", "$each": "item", "$bool": ""}

func operatorOf(node map[string]any) string {
	for operator := range operators {
		if _, ok := node[operator]; ok {
			return operator
		}
	}
	return ""
}

// matches reports whether every column of the row has its value.
func (p Pattern) matches(row Row) bool {
	for column, want := range p {
		if !glob(want, row.Values[column]) {
			return false
		}
	}
	return true
}

// glob matches text in which * stands for any text; ! in front turns it round. What is not known is "" and matches
// nothing.
func glob(want, value string) bool {
	if value == "" {
		return false
	}
	if other, not := strings.CutPrefix(want, "!"); not {
		return !glob(other, value)
	}
	first, rest, stars := strings.Cut(want, "*")
	if !stars {
		return want == value
	}
	value, ok := strings.CutPrefix(value, first)
	for ok && strings.Contains(rest, "*") {
		first, rest, _ = strings.Cut(rest, "*")
		_, value, ok = strings.Cut(value, first)
	}
	return ok && strings.HasSuffix(value, rest)
}

func patternOf(node any) Pattern {
	pattern := Pattern{}
	object, _ := node.(map[string]any)
	for column, value := range object {
		if pattern[column] = ""; value != nil {
			pattern[column] = fmt.Sprint(value)
		}
	}
	return pattern
}

// Spread gives the same one of ids for the same text, and all of them about as often.
func Spread(text string, ids []string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return ids[int(h.Sum32()%uint32(len(ids)))]
}
