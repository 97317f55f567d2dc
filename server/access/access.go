// Package access decides who may do what, as far as it depends on the caller, the operation and the domain alone. The
// policies are in access.cedar, in the order in which a refusal is told; what they speak of is in access.cedarschema.
// What depends on how a call or an approval stands is decided after it, by usm.Authority and its like.
package access

import (
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/usm-works/usm/usm"
)

// Actions that are no operation of the OpenAPI document.
const (
	Provision = "provision"  // people and groups of a domain, by SCIM
	SeeDomain = "see-domain" // that a domain is there, and what it has
	SeeCall   = "see-call"   // a call of the domain
	SeeAgreed = "see-agreed" // what the domain has agreed in advance for somebody
	SignalAny = "signal-any" // send signals to a call, whatever its domain
)

// Decide decides whether the caller may do this: an operation by its ID in the OpenAPI document, or one of the actions above.
// domain is the one that it is about, "" when none is known: then roles in any domain count. The zero caller has no token.
// A refusal is a *usm.Error for people with usm.CodeForbidden, and Scope when the token lacks one; or usm.CodeNotFound when
// the caller may not know that there is something. What no policy knows is refused.
func Decide(caller usm.Caller, action, domain string) error {
	return DecideFor(caller, action, domain)
}

// DecideFor is Decide about something that these people have asked for; "" is nobody.
func DecideFor(caller usm.Caller, action, domain string, people ...string) error {
	me := caller.Token.Person
	asker := me != "" && slices.Contains(people, me)
	w := worldOf(caller, domain, asker)
	request := cedar.Request{
		Principal: w.caller.UID, Action: cedar.NewEntityUID("Action", cedar.String(action)), Resource: resourceOf(domain),
	}
	decision, why := cedar.Authorize(policies, w, request)
	if decision == cedar.Allow && len(why.Errors) == 0 {
		return nil
	}
	return refusal(why, action, domain)
}

// refusal is what the first policy that forbids has to say.
func refusal(why cedar.Diagnostic, action, domain string) error {
	if len(why.Errors) > 0 {
		return usm.Errorf(usm.CodeInternal, "policy %s: %s", why.Errors[0].PolicyID, why.Errors[0].Message)
	}
	told := reason{code: usm.CodeForbidden, message: "nobody who calls like this may do {action}"}
	if len(why.Reasons) > 0 {
		told = reasons[why.Reasons[0].PolicyID]
	}
	fill := strings.NewReplacer("{domain}", domain, "{scope}", scopeOf(action), "{action}", action)
	refused := usm.Errorf(told.code, "%s", fill.Replace(told.message))
	refused.Scope = fill.Replace(told.scope)
	return refused
}

// Sight returns what the caller may see of calls, for lists, which the registers narrow: nil, which is everything, for
// administrators. It says of every call what SeeCall says.
func Sight(caller usm.Caller) *usm.Sight {
	if caller.Token.Admin {
		return nil
	}
	seen := &usm.Sight{Person: caller.Token.Person, Domains: make([]string, 0, len(caller.Domains))}
	for domain := range caller.Domains {
		seen.Domains = append(seen.Domains, domain)
	}
	return seen
}
