package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// references collects what an input names, to check at once that all of it exists. The zero value is empty.
type references struct {
	named   []reference
	refused []usm.FieldError
}

// reference is one name and where it stands in the input.
type reference struct {
	Kind    string `db:"kind" json:"kind"` // domain, service, component, solution, agreement, call or person
	ID      string `db:"id" json:"id"`
	Pointer string `db:"pointer" json:"pointer"`
}

// add takes a name to look up; an empty one names nothing.
func (r *references) add(kind, id, pointer string) {
	if id != "" {
		r.named = append(r.named, reference{kind, id, pointer})
	}
}

// addEach takes a list of names; pointer is that of the list.
func (r *references) addEach(kind string, ids []string, pointer string) {
	for i, id := range ids {
		r.add(kind, id, fmt.Sprintf("%s/%d", pointer, i))
	}
}

// require refuses a name that is not among those the domain's document knows.
func (r *references) require(kind, id, pointer string, known []string) {
	if id != "" && !slices.Contains(known, id) {
		r.refusef(pointer, "there is no %s %q in the domain", kind, id)
	}
}

// requireEach refuses those of a list; pointer is that of the list.
func (r *references) requireEach(kind string, ids []string, pointer string, known []string) {
	for i, id := range ids {
		r.require(kind, id, fmt.Sprintf("%s/%d", pointer, i), known)
	}
}

func (r *references) refusef(pointer, format string, args ...any) {
	r.refused = append(r.refused, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// check looks the names up in the domain's registers; it returns one usm.CodeInvalid with every place that is wrong.
func (r *references) check(ctx context.Context, t *tx, domain string) error {
	var missing []reference
	if len(r.named) > 0 {
		err := t.SelectContext(ctx, &missing, `
			SELECT r.kind, r.id, r.pointer
			FROM jsonb_to_recordset($2) AS r (kind text, id text, pointer text)
			WHERE NOT CASE r.kind
				WHEN 'service' THEN EXISTS (SELECT FROM services s WHERE s.domain = $1 AND s.id = r.id)
				WHEN 'component' THEN EXISTS (SELECT FROM components c WHERE c.domain = $1 AND c.id = r.id)
				WHEN 'solution' THEN EXISTS (SELECT FROM solutions s WHERE s.domain = $1 AND s.id = r.id)
				WHEN 'agreement' THEN EXISTS (SELECT FROM agreements a WHERE a.domain = $1 AND a.id = r.id)
				WHEN 'call' THEN EXISTS (SELECT FROM calls c WHERE c.number = r.id)
				WHEN 'person' THEN EXISTS (SELECT FROM people p WHERE p.id = r.id)
				WHEN 'domain' THEN EXISTS (SELECT FROM domains d WHERE d.id = r.id) END`, domain, doc(r.named))
		if err != nil {
			return err
		}
	}
	for _, m := range missing {
		r.refusef(m.Pointer, "there is no %s %q", m.Kind, m.ID)
	}
	return r.refusal()
}

// refusal is one usm.CodeInvalid with every place that is refused; nil when none is.
func (r *references) refusal() error {
	if len(r.refused) == 0 {
		return nil
	}
	slices.SortFunc(r.refused, func(a, b usm.FieldError) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return &usm.Error{Code: usm.CodeInvalid, Message: "the input is not valid", Fields: r.refused}
}
