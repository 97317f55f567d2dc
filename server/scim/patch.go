package scim

import (
	"strings"

	"github.com/scim2/filter-parser/v2"

	"github.com/usm-works/usm/usm"
)

const (
	patchSchema    = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	longestPath    = 500  // bytes
	mostOperations = 2000 // of one request
)

// The kinds of operations (RFC 7644 §3.5.2).
const (
	opAdd     = "add"
	opReplace = "replace"
	opRemove  = "remove"
)

// operation is one of a PATCH.
type operation struct {
	kind  string // in lower case
	path  string // as written, "" for none
	value any    // nil for none, or null
}

// operations reads what a PATCH is to do; at least one.
func operations(body object) ([]operation, error) {
	list, ok := body["operations"].([]any)
	if !ok || len(list) == 0 || len(list) > mostOperations {
		return nil, usm.Errorf(codeInvalidSyntax, "Operations is a list of 1 to %d operations", mostOperations)
	}
	all := make([]operation, len(list))
	for i, item := range list {
		fields, ok := item.(object)
		if !ok {
			return nil, usm.Errorf(codeInvalidSyntax, "operation %d is no object", i+1)
		}
		kind, err := text("op", fields["op"])
		if err != nil {
			return nil, err
		}
		path, err := text("path", fields["path"])
		if err != nil {
			return nil, err
		}
		value, given := fields["value"]
		op := operation{kind: strings.ToLower(kind), path: path, value: value}
		switch {
		case op.kind != opAdd && op.kind != opReplace && op.kind != opRemove:
			return nil, usm.Errorf(codeInvalidSyntax, "operation %d is %q: add, replace or remove", i+1, kind)
		case op.kind == opRemove && path == "":
			return nil, usm.Errorf(codeNoTarget, "operation %d removes, and has no path", i+1)
		case op.kind != opRemove && !given:
			return nil, usm.Errorf(codeInvalidValue, "operation %d has no value", i+1)
		}
		all[i] = op
	}
	return all, nil
}

// target is what a path leads to.
type target struct {
	path  string            // of the attribute, in lower case, without the URN of the resource's own schema
	where filter.Expression // which of its values; nil for all
	sub   string            // part of those values, in lower case; "" for all
}

// target reads a path (RFC 7644 §3.5.2, figure 7).
func (r *resource) target(written string) (target, error) {
	whole := r.path(written)
	for _, extension := range r.extensions {
		if whole == strings.ToLower(extension) {
			return target{path: whole}, nil
		}
	}
	if len(written) > longestPath {
		return target{}, usm.Errorf(codeInvalidPath, "a path has at most %d bytes", longestPath)
	}
	parsed, err := filter.ParsePath([]byte(written))
	if err != nil {
		return target{}, usm.Errorf(codeInvalidPath, "the path %q cannot be read: %v", written, err)
	}
	return target{
		path: r.path(parsed.AttributePath.String()), where: parsed.ValueExpression, sub: strings.ToLower(parsed.SubAttributeName()),
	}, nil
}
