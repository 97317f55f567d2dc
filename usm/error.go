package usm

import (
	"errors"
	"fmt"
	"strings"
)

// Code tells a machine what kind of refusal an Error is. Each border translates codes in one table.
type Code string

// The codes. Anything that is not an *Error is CodeInternal and its text is never shown to a person.
const (
	CodeInternal        Code = "internal"
	CodeInvalid         Code = "invalid"          // the input does not fit what is needed; Fields say where
	CodeNotFound        Code = "not_found"        // what the address names does not exist (or may not be seen)
	CodeForbidden       Code = "forbidden"        // known, but not allowed; the message names the profile that may
	CodeUnauthenticated Code = "unauthenticated"  // no, an unknown, an expired or a revoked token
	CodeOutOfTurn       Code = "out_of_turn"      // the state of the call does not allow it now; Allowed says what it does
	CodeAlreadyFinished Code = "already_finished" // the step was finished before, with another content
	CodeKeyReused       Code = "key_reused"       // an idempotency key came back with another content
	CodeInProgress      Code = "in_progress"      // the first request with this idempotency key still runs
	CodePrecondition    Code = "precondition"     // somebody else changed it since it was read
	CodeConflict        Code = "conflict"         // collides with what exists
	CodeStale           Code = "stale_digest"     // the content changed since it was read; Digest is that of the new one
	CodeStepUp          Code = "step_up"          // a fresh sign-in is needed; MaxAge says how fresh (RFC 9470)
	CodeTooLarge        Code = "too_large"        // the body is over the limit
	CodeRateLimited     Code = "rate_limited"     // too many requests with this token
	CodeUnavailable     Code = "unavailable"      // a part that is needed is away; try again
)

// Error is a refusal that a person may read. The zero value is an internal error without a message.
type Error struct {
	Code    Code         `json:"code"`
	Message string       `json:"message"`
	Fields  []FieldError `json:"fields,omitempty"`  // what is wrong where, for CodeInvalid
	Digest  string       `json:"digest,omitempty"`  // of the content as it is now, for CodeStale
	Scope   string       `json:"scope,omitempty"`   // that the token lacks, for CodeForbidden
	MaxAge  int          `json:"max_age,omitempty"` // seconds that a sign-in may be old, for CodeStepUp
	Duties  bool         `json:"duties,omitempty"`  // segregation of duties refuses: it is recorded
	Allowed []string     `json:"allowed,omitempty"` // paths under the call that would be accepted now, for CodeOutOfTurn
}

// FieldError says what is wrong at one place of the input.
type FieldError struct {
	Pointer string `json:"pointer"` // JSON Pointer (RFC 6901) into the body, e.g. "/fields/category"
	Detail  string `json:"detail"`
}

// Error returns the message, followed by the places that are wrong.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Pointer + ": " + f.Detail
	}
	return e.Message + " (" + strings.Join(parts, "; ") + ")"
}

// Errorf returns an *Error with the code and a message for people.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid returns a CodeInvalid error about one place of the input.
func Invalid(pointer, format string, args ...any) *Error {
	detail := fmt.Sprintf(format, args...)
	return &Error{Code: CodeInvalid, Message: "the input is not valid", Fields: []FieldError{{Pointer: pointer, Detail: detail}}}
}

// CodeOf returns the code of err: "" for nil, CodeInternal for anything that is not an *Error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) && e.Code != "" {
		return e.Code
	}
	return CodeInternal
}
