package console

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// mistake is what whoever typed it can mend, as opposed to what is away or not his: the page is shown again with it.
func mistake(err error) (*client.Problem, bool) {
	problem, ok := asProblem(err)
	return problem, ok && slices.Contains([]int{
		http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity,
	}, problem.Status)
}

// wrongInput is the mistake, nil for any other error and for none.
func wrongInput(err error) *client.Problem {
	if problem, mine := mistake(err); mine {
		return problem
	}
	return nil
}

// invalid marks a field that the problem names.
func (v *visit) invalid(p *client.Problem, pointer string) templ.Attributes {
	if p == nil || !slices.ContainsFunc(p.Errors, func(e usm.FieldError) bool { return e.Pointer == pointer }) {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true"}
}

// anyInvalid marks the one field of a form that holds all that a problem is about, and says where it is told.
func (v *visit) anyInvalid(p *client.Problem) templ.Attributes {
	if p == nil {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "wrong"}
}
