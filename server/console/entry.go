package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// entry is what somebody typed into a form of ours, and what is wrong with it. The zero value is an empty form.
type entry struct {
	Values  url.Values
	Problem *client.Problem
}

// entered reads the form that was sent; of a page that is only asked for it is empty.
func (v *visit) entered() entry {
	if err := v.c.Request.ParseForm(); err != nil {
		return entry{Values: url.Values{}}
	}
	return entry{Values: v.c.Request.PostForm}
}

// Value is what was typed into a field, without the white space around it.
func (e entry) Value(name string) string { return strings.TrimSpace(e.Values.Get(name)) }

// needs reports whether every field that is named holds something; else the entry says which do not.
func (e *entry) needs(v *visit, names ...string) bool {
	for _, name := range names {
		if e.Value(name) == "" {
			e.wrong(v, "/"+name, v.T("form.missing"))
		}
	}
	return e.Problem == nil
}

// wrong adds what is wrong with a field.
func (e *entry) wrong(v *visit, pointer, detail string) {
	if e.Problem == nil {
		e.Problem = &client.Problem{Status: http.StatusUnprocessableEntity, Code: usm.CodeInvalid, Detail: v.T("form.incomplete")}
	}
	e.Problem.Errors = append(e.Problem.Errors, usm.FieldError{Pointer: pointer, Detail: detail})
}

// refused keeps what the API says is wrong with what was typed; false for anything that the form is not to be shown again for.
func (e *entry) refused(err error) bool {
	e.Problem = wrongInput(err)
	return e.Problem != nil
}

// under tells at a field of the form what the API says of others.
func (e *entry) under(name string, pointers ...string) {
	for i, at := range e.Problem.Errors {
		if slices.Contains(pointers, at.Pointer) {
			e.Problem.Errors[i].Pointer = "/" + name
		}
	}
}

// asProblem is a refusal by the API; ok is false for any other error.
func asProblem(err error) (p *client.Problem, ok bool) { return errors.AsType[*client.Problem](err) }

// wrongInput is what whoever typed it can mend, as opposed to what is away or not his: the page is shown again with it. It is nil for
// any other error and for none.
func wrongInput(err error) *client.Problem {
	problem, ok := asProblem(err)
	if ok && slices.Contains([]int{
		http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity,
	}, problem.Status) {
		return problem
	}
	return nil
}

// refusing is the page with the status of what is wrong on it, if anything is.
func (p page) refusing(problems ...*client.Problem) page {
	for _, problem := range problems {
		if problem != nil {
			p.Status = problem.Status
		}
	}
	return p
}

// wrongAt is all that a problem says of a field, which the API names by a pointer, e.g. "/subject".
func wrongAt(p *client.Problem, pointer string) (details []string) {
	if p == nil {
		return nil
	}
	for _, at := range p.Errors {
		if at.Pointer == pointer {
			details = append(details, at.Detail)
		}
	}
	return details
}

// marked ties a field to what is wrong with it, for who sees it and for who hears it.
func marked(p *client.Problem, pointer string) templ.Attributes {
	if len(wrongAt(p, pointer)) == 0 {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": fieldID(pointer) + "-wrong"}
}
