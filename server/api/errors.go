package api

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// speakProblems makes huma answer with our problem documents and know our field names exactly. The library offers
// package variables for it, so it is done once for the process.
var speakProblems = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.NewError = func(code int, message string, errs ...error) huma.StatusError {
		return status.ProblemOf(refusalOf(code, message, errs), "", "")
	}
	huma.NewErrorWithContext = func(ctx huma.Context, code int, message string, errs ...error) huma.StatusError {
		request := RequestOf(ctx.Context())
		request.Err = errors.Join(append([]error{request.Err}, errs...)...)
		problem := status.ProblemOf(refusalOf(code, message, errs), request.Path, request.ID)
		problem.Headers(ctx.SetHeader)
		return problem
	}
})

// refusalOf reads what huma found wrong, or what a handler returned (huma wraps that as a 500).
func refusalOf(code int, message string, errs []error) *usm.Error {
	var refusal *usm.Error
	if joined := errors.Join(errs...); errors.As(joined, &refusal) || code >= 500 {
		return status.Refusal(joined)
	}
	refusal = &usm.Error{Code: status.CodeFor(code), Message: message}
	for _, err := range errs {
		var detail huma.ErrorDetailer
		if errors.As(err, &detail) {
			refusal.Fields = append(refusal.Fields, fieldError(detail.ErrorDetail()))
		}
	}
	if refusal.Code == usm.CodeInvalid {
		refusal.Message = "the input is not valid"
	}
	return refusal
}

var missing = regexp.MustCompile(`^expected required property (\S+) to be present$`)

// fieldError turns huma's place ("body.components[0]") into a JSON Pointer ("/components/0"). A missing property is
// reported by huma at its parent; the pointer names the property itself. Parameters are no part of the body: their
// pointer is empty and the detail names them.
func fieldError(detail *huma.ErrorDetail) usm.FieldError {
	place, inBody := strings.CutPrefix(detail.Location, "body")
	if !inBody {
		kind, name, _ := strings.Cut(detail.Location, ".")
		return usm.FieldError{Detail: strings.TrimSpace(kind+" parameter "+name) + ": " + detail.Message}
	}
	pointer := strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(place)
	if match := missing.FindStringSubmatch(detail.Message); match != nil {
		return usm.FieldError{Pointer: pointer + "/" + match[1], Detail: "is required"}
	}
	return usm.FieldError{Pointer: pointer, Detail: detail.Message}
}
