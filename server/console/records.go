package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// recordPath is the address of a component, a service or an agreement, and of what belongs to it.
func recordPath(register, domain, id string, more ...string) templ.SafeURL {
	parts := []string{"", register, url.PathEscape(domain), url.PathEscape(id)}
	return templ.SafeURL(strings.Join(append(parts, more...), "/"))
}

// agreementID is the id of "id@version".
func agreementID(versioned string) string {
	id, _, _ := strings.Cut(versioned, "@")
	return id
}

// wrongAt is what a refusal says of a field, "" for nothing.
func wrongAt(problem *client.Problem, pointer string) string {
	if problem == nil {
		return ""
	}
	i := slices.IndexFunc(problem.Errors, func(e usm.FieldError) bool { return e.Pointer == pointer })
	if i < 0 {
		return ""
	}
	return problem.Errors[i].Detail
}

// marked are the attributes of a field that a form sends under the last part of its pointer, and whether it is wrong.
func marked(problem *client.Problem, pointer string) templ.Attributes {
	attributes := templ.Attributes{"id": fieldID(pointer), "name": shortName(pointer)}
	if wrongAt(problem, pointer) != "" {
		attributes["aria-invalid"], attributes["aria-describedby"] = "true", fieldID(pointer)+"-wrong"
	}
	return attributes
}

// current marks what is shown already, or where something is: of a kind of aria-current, "page", "step" or "true".
func current(kind string, is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": kind}
}

// openCalls are the newest calls that the filter leaves and that have not ended.
func (v *visit) openCalls(filter usm.CallFilter) ([]usm.CallView, error) {
	filter.Open, filter.Page = true, usm.Page{Limit: 20}
	calls, _, err := v.api.Calls(v.ctx(), filter)
	return calls, err
}
