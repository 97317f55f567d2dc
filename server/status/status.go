// Package status turns refusals into HTTP: one table from code to status, and the problem documents of RFC 9457.
package status

import (
	"context"
	"errors"
	"net/http"

	"github.com/usm-works/usm/usm"
)

// The codes that only HTTP knows: what is wrong with a request before it means anything.
const (
	CodeMalformed        usm.Code = "malformed"              // the body is not what its content type says
	CodeMethodNotAllowed usm.Code = "method_not_allowed"     // the address exists, the method does not
	CodeNotAcceptable    usm.Code = "not_acceptable"         // no representation the client accepts
	CodeRequestTimeout   usm.Code = "request_timeout"        // the body did not arrive in time
	CodeUnsupportedMedia usm.Code = "unsupported_media_type" // a content type nobody reads here
)

type row struct {
	code   usm.Code
	status int
	title  string
}

// table is the only place that relates codes and statuses. The first row of a status names the code of a bare status.
var table = []row{
	{CodeMalformed, http.StatusBadRequest, "The request cannot be read"},
	{usm.CodeUnauthenticated, http.StatusUnauthorized, "A valid token is needed"},
	{usm.CodeStepUp, http.StatusUnauthorized, "A more recent sign-in is needed"},
	{usm.CodeForbidden, http.StatusForbidden, "Not allowed for this caller"},
	{usm.CodeNotFound, http.StatusNotFound, "There is no such thing here"},
	{CodeMethodNotAllowed, http.StatusMethodNotAllowed, "The address does not take this method"},
	{CodeNotAcceptable, http.StatusNotAcceptable, "No acceptable representation"},
	{CodeRequestTimeout, http.StatusRequestTimeout, "The request took too long to arrive"},
	{usm.CodeConflict, http.StatusConflict, "In conflict with what exists"},
	{usm.CodeStale, http.StatusConflict, "Changed since it was read"},
	{usm.CodeOutOfTurn, http.StatusConflict, "Not possible in the present state of the call"},
	{usm.CodeInProgress, http.StatusConflict, "The first request with this key is still running"},
	{usm.CodePrecondition, http.StatusPreconditionFailed, "It was changed since it was read"},
	{usm.CodeTooLarge, http.StatusRequestEntityTooLarge, "The body is too large"},
	{CodeUnsupportedMedia, http.StatusUnsupportedMediaType, "Unsupported content type"},
	{usm.CodeInvalid, http.StatusUnprocessableEntity, "The input is not valid"},
	{usm.CodeAlreadyFinished, http.StatusUnprocessableEntity, "Finished before, with another content"},
	{usm.CodeKeyReused, http.StatusUnprocessableEntity, "The key belongs to another request"},
	{usm.CodeRateLimited, http.StatusTooManyRequests, "Too many requests"},
	{usm.CodeInternal, http.StatusInternalServerError, "Internal error"},
	{usm.CodeUnavailable, http.StatusServiceUnavailable, "A part that is needed is away"},
}

// Of returns the HTTP status of a code; a code the table lacks is 500.
func Of(code usm.Code) int { return rowOf(code).status }

// CodeFor returns the code of a bare HTTP status; a status the table lacks is usm.CodeInternal from 500 on, else CodeMalformed.
func CodeFor(status int) usm.Code {
	for _, r := range table {
		if r.status == status {
			return r.code
		}
	}
	if status >= http.StatusInternalServerError {
		return usm.CodeInternal
	}
	return CodeMalformed
}

// Refusal returns err as a *usm.Error that may be shown to a person. A body over the limit and a context that ran out of
// time get their codes; anything unknown becomes an internal error without its text.
func Refusal(err error) *usm.Error {
	var refusal *usm.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &refusal) && refusal.Code != "" && refusal.Code != usm.CodeInternal:
		return refusal
	case errors.As(err, &tooLarge):
		return usm.Errorf(usm.CodeTooLarge, "the body is over the limit of %d bytes", tooLarge.Limit)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return usm.Errorf(usm.CodeUnavailable, "no answer in time; try again")
	default:
		return usm.Errorf(usm.CodeInternal, "something went wrong here; the trace id leads to what it was")
	}
}

func rowOf(code usm.Code) row {
	for _, r := range table {
		if r.code == code {
			return r
		}
	}
	return rowOf(usm.CodeInternal)
}
