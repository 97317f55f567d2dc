package scim

import (
	"encoding/json"
	"strings"

	"github.com/scim2/filter-parser/v2"

	"github.com/usm-works/usm/usm"
)

const (
	longestFilter  = 2000 // bytes of a filter or a path
	mostConditions = 20   // of one filter
)

// supported is what somebody is told whose filter cannot be answered.
const supported = "filters are conditions joined by 'and': eq, ne, co, sw, ew or pr of a text; eq, ne or pr of active"

// conditions turns a filter (RFC 7644 §3.4.2.2) into what the directory is asked; "" is none.
func (r *resource) conditions(written string) ([]usm.Condition, error) {
	if written == "" {
		return nil, nil
	}
	if len(written) > longestFilter {
		return nil, usm.Errorf(codeInvalidFilter, "a filter has at most %d bytes", longestFilter)
	}
	if strings.ContainsRune(written, 0) {
		return nil, usm.Errorf(codeInvalidFilter, "the filter contains the character NUL")
	}
	parsed, err := filter.ParseFilter([]byte(written))
	if err != nil {
		return nil, usm.Errorf(codeInvalidFilter, "the filter cannot be read: %v", err)
	}
	conditions, err := r.all(parsed, "")
	if err == nil && len(conditions) > mostConditions {
		err = usm.Errorf(codeInvalidFilter, "a filter has at most %d conditions", mostConditions)
	}
	return conditions, err
}

// all are the conditions of an expression. below is the attribute in whose brackets it stands, with a dot; "" for none.
func (r *resource) all(expression filter.Expression, below string) ([]usm.Condition, error) {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if e.Operator != filter.AND {
			break
		}
		left, err := r.all(e.Left, below)
		if err != nil {
			return nil, err
		}
		right, err := r.all(e.Right, below)
		return append(left, right...), err
	case *filter.ValuePath:
		name := r.path(e.AttributePath.String())
		inner, err := r.all(e.ValueFilter, name+".")
		if err == nil && name != "emails" && len(inner) > 1 { // of several values it would have to be the same one
			err = usm.Errorf(codeInvalidFilter, "%s[…] takes one condition", e.AttributePath)
		}
		return inner, err
	case *filter.AttributeExpression:
		condition, err := r.condition(e, below)
		return []usm.Condition{condition}, err
	}
	return nil, usm.Errorf(codeInvalidFilter, "'or' and 'not' are not supported: %s", supported)
}

// condition is one comparison.
func (r *resource) condition(e *filter.AttributeExpression, below string) (usm.Condition, error) {
	path := below + r.path(e.AttributePath.String())
	operator := strings.ToLower(string(e.Operator))
	if about, ok := theOnlyEmail(r, path, operator, e.CompareValue); ok {
		return about, nil
	}
	c := usm.Condition{Field: r.fields[path], Operator: operator}
	switch {
	case c.Field == "":
		return c, usm.Errorf(codeInvalidFilter, "nothing is found by %s: %s", e.AttributePath, supported)
	case operator == "pr":
		return c, nil
	case c.Field == "active":
		active, err := truth("active", e.CompareValue)
		if err != nil || operator != "eq" && operator != "ne" {
			return c, usm.Errorf(codeInvalidFilter, "active is or is not true or false: %s", supported)
		}
		c.Value = map[bool]string{true: "true", false: "false"}[active]
		return c, nil
	}
	written, ok := e.CompareValue.(string)
	if _, known := compares[operator]; !ok || !known {
		return c, usm.Errorf(codeInvalidFilter, "%s cannot be compared like that: %s", e.AttributePath, supported)
	}
	// The parser leaves escapes as they are written.
	if err := json.Unmarshal([]byte(`"`+written+`"`), &c.Value); err != nil || strings.ContainsRune(c.Value, 0) {
		return c, usm.Errorf(codeInvalidFilter, "the value of %s is no text", e.AttributePath)
	}
	return c, nil
}

// compares are the operators of texts.
var compares = map[string]bool{"eq": true, "ne": true, "co": true, "sw": true, "ew": true}

// theOnlyEmail answers what is asked of the kind of an email: there is one, of work, and it is the primary one.
func theOnlyEmail(r *resource, path, operator string, value any) (usm.Condition, bool) {
	kind, _ := value.(string)
	primary, err := truth("primary", value)
	asked := path == "emails.type" && strings.EqualFold(kind, "work") || path == "emails.primary" && err == nil && primary
	return usm.Condition{Field: "email", Operator: "pr"}, r == users && operator == "eq" && asked
}
