package activities

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/usm"
)

// failure translates an error at the edge of an activity, once for all of them. A refusal cannot be helped by a retry:
// it crosses the wire as an application error whose type is its code and whose first detail is the *usm.Error. Anything
// else is the infrastructure's and Temporal retries it.
func failure(err error) error {
	if err == nil {
		return nil
	}
	var refusal *usm.Error
	switch usm.CodeOf(err) {
	case usm.CodeInternal, usm.CodeUnavailable, usm.CodeInProgress:
		return err
	default:
		errors.As(err, &refusal)
		return temporal.NewApplicationErrorWithOptions(refusal.Error(), string(refusal.Code),
			temporal.ApplicationErrorOptions{NonRetryable: true, Cause: err, Details: []any{refusal}})
	}
}
