package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// faults collects what is wrong with an input, so that one answer names all of it.
type faults struct{ fields []usm.FieldError }

func (f *faults) addf(at, format string, args ...any) {
	f.fields = append(f.fields, usm.FieldError{Pointer: at, Detail: fmt.Sprintf(format, args...)})
}

// parameterf is addf for a parameter of the query: it is no part of the body, so the detail names it.
func (f *faults) parameterf(name, format string, args ...any) {
	f.addf("", "query parameter "+name+": "+format, args...)
}

// has reports whether something is wrong at that place already.
func (f *faults) has(at string) bool {
	return slices.ContainsFunc(f.fields, func(e usm.FieldError) bool { return e.Pointer == at })
}

// err returns nil when nothing is wrong. Places come in a stable order.
func (f *faults) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	slices.SortStableFunc(f.fields, func(a, b usm.FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return &usm.Error{Code: usm.CodeInvalid, Message: "the input is not valid", Fields: f.fields}
}

// pointer makes a JSON Pointer (RFC 6901) of names and indexes.
func pointer(parts ...any) string {
	var at strings.Builder
	for _, part := range parts {
		at.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(part)))
	}
	return at.String()
}
