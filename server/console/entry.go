package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// entry is what somebody typed into a form of ours, and what is wrong with it. The zero value is an empty form.
type entry struct {
	Values  url.Values
	Problem *client.Problem
}

// entered reads the form that was sent.
func (v *visit) entered() entry {
	if err := v.c.Request.ParseForm(); err != nil {
		return entry{}
	}
	return entry{Values: v.c.Request.PostForm}
}

// Value is what was typed into a field, without the white space around it.
func (e entry) Value(name string) string { return strings.TrimSpace(e.Values.Get(name)) }

// Wrong says what is wrong with a field, "" when nothing is. Its pointer is the API's, e.g. "/subject".
func (e entry) Wrong(pointer string) string {
	if e.Problem == nil {
		return ""
	}
	var wrong []string
	for _, at := range e.Problem.Errors {
		if at.Pointer == pointer {
			wrong = append(wrong, at.Detail)
		}
	}
	return strings.Join(wrong, "; ")
}

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

// asProblem is a refusal by the API; ok is false for any other error.
func asProblem(err error) (p *client.Problem, ok bool) { return errors.AsType[*client.Problem](err) }
