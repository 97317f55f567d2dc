package domains

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Problem is one mistake in a domain.
type Problem struct {
	Line    int    `json:"line"` // from 1; 0 when the domain did not come from a file
	Column  int    `json:"column"`
	Path    string `json:"path"`    // for people, e.g. "procedures[2].steps[3].responsible"; "" for the file as a whole
	Pointer string `json:"pointer"` // the same as a JSON Pointer
	Detail  string `json:"detail"`
}

// FileError lists every mistake of a domain file, in the order of the file.
type FileError struct {
	Name     string // of the file; "" when the domain did not come from one
	Problems []Problem
}

// Error returns one line per problem: it.yaml:112:7: procedures[2].steps[3].responsible: unknown profile "desk".
func (e *FileError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		var parts []string
		if p.Line > 0 {
			parts = append(parts, fmt.Sprintf("%s:%d:%d", e.Name, p.Line, p.Column))
		} else if e.Name != "" {
			parts = append(parts, e.Name)
		}
		if p.Path != "" {
			parts = append(parts, p.Path)
		}
		lines[i] = strings.Join(append(parts, p.Detail), ": ")
	}
	return strings.Join(lines, "\n")
}

// Invalid returns the error as a usm.CodeInvalid refusal: the pointers lead into the domain, and each detail begins with
// the line and column where there are any.
func (e *FileError) Invalid() *usm.Error {
	refusal := &usm.Error{Code: usm.CodeInvalid, Message: "the domain is not valid"}
	for _, p := range e.Problems {
		detail := p.Detail
		if p.Line > 0 {
			detail = fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, detail)
		}
		refusal.Fields = append(refusal.Fields, usm.FieldError{Pointer: p.Pointer, Detail: detail})
	}
	return refusal
}

// position is a place in a file, from 1; the zero value is no place.
type position struct{ line, column int }

// fileError places the mistakes in the file: each at its own key or item, or else at the nearest one around it. It is
// nil when there are none.
func fileError(name string, mistakes []usm.FieldError, places map[string]position) error {
	if len(mistakes) == 0 {
		return nil
	}
	e := &FileError{Name: name}
	for _, m := range mistakes {
		at := nearest(m.Pointer, places)
		e.Problems = append(e.Problems, Problem{
			Line: at.line, Column: at.column, Path: pathOf(m.Pointer), Pointer: m.Pointer, Detail: m.Detail,
		})
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Detail, b.Detail),
		)
	})
	e.Problems = slices.Compact(e.Problems)
	return e
}

func nearest(pointer string, places map[string]position) position {
	for {
		if at, ok := places[pointer]; ok || pointer == "" {
			return at
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
}

// pathOf writes a JSON Pointer as people write paths.
func pathOf(pointer string) string {
	if pointer == "" {
		return ""
	}
	var b strings.Builder
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if _, err := strconv.Atoi(token); err == nil {
			b.WriteString("[" + token + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(token)
	}
	return b.String()
}

// escape writes a key as a token of a JSON Pointer.
func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
