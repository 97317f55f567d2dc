package status

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// ContentType is the media type of a problem document.
const ContentType = "application/problem+json"

// typePrefix makes a code a URI: stable, and bound to no host.
const typePrefix = "urn:usm:problem:"

// retrySeconds is when a client should come back after a part was away.
const retrySeconds = 2

// Problem is an RFC 9457 problem document, and an error that huma writes as it is.
type Problem struct { //nolint:errname // a document first; it is an error because huma asks for one
	Type           string           `json:"type" doc:"urn:usm:problem:<code>"`
	Title          string           `json:"title"`
	Status         int              `json:"status"`
	Detail         string           `json:"detail"`
	Instance       string           `json:"instance" doc:"path of the request"`
	Code           usm.Code         `json:"code" doc:"for machines"`
	Errors         []usm.FieldError `json:"errors,omitempty" doc:"what is wrong where"`
	TraceID        string           `json:"trace_id" doc:"id of the request, as in the logs and the trail"`
	AllowedActions []string         `json:"allowed_actions,omitzero" doc:"what the caller may POST to under the call now; with code out_of_turn"`
	Digest         string           `json:"digest,omitempty" doc:"of the content as it is now; with code stale_digest"`
	Scope          string           `json:"scope,omitempty" doc:"that the token lacks; with code forbidden"`
	// MaxAge is how many seconds a sign-in may be old, with code step_up (RFC 9470).
	MaxAge int `json:"-"`
	// RetryAfter is in seconds; 0 sends no header.
	RetryAfter int `json:"-"`
}

// ProblemOf describes a refusal at an address.
func ProblemOf(refusal *usm.Error, instance, traceID string) *Problem {
	r := rowOf(refusal.Code)
	problem := &Problem{
		Type: typePrefix + string(r.code), Title: r.title, Status: r.status, Detail: refusal.Message,
		Instance: instance, Code: r.code, Errors: refusal.Fields, TraceID: traceID, Digest: refusal.Digest,
		MaxAge: refusal.MaxAge, Scope: refusal.Scope,
	}
	switch r.code {
	case usm.CodeOutOfTurn:
		problem.AllowedActions = append([]string{}, refusal.Allowed...)
	case usm.CodeUnavailable, usm.CodeInProgress:
		problem.RetryAfter = retrySeconds
	default: // says all there is to say
	}
	return problem
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type, whatever was negotiated.
func (p *Problem) ContentType(string) string { return ContentType }

// Headers calls set for each header the problem brings: when to come back, how to authenticate.
func (p *Problem) Headers(set func(name, value string)) {
	if p.RetryAfter > 0 {
		set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	switch {
	case p.Code == usm.CodeStepUp:
		set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="usm", error="insufficient_user_authentication", `+
			`error_description="A more recent sign-in is needed", max_age="%d"`, p.MaxAge))
	case p.Scope != "": // RFC 6750
		set("WWW-Authenticate", `Bearer realm="usm", error="insufficient_scope", scope=`+strconv.QuoteToASCII(p.Scope))
	case p.Status == http.StatusUnauthorized:
		set("WWW-Authenticate", `Bearer realm="usm"`)
	}
	set("Cache-Control", "no-store")
}

// Write answers with the problem. A client that has gone away is no error of ours.
func (p *Problem) Write(w http.ResponseWriter) {
	p.Headers(w.Header().Set)
	w.Header().Set("Content-Type", ContentType)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the client has gone away
}
