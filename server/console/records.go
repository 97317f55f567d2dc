package console

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

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
