package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/usm"
)

// refused turns a refusal into the form in which it crosses the wire: an application error whose type is the code and
// whose first detail is the *usm.Error. What is no refusal stays as it is.
func refused(err error) error {
	refusal := refusalIn(err)
	if refusal == nil {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(refusal.Error(), string(refusal.Code),
		temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{refusal}})
}

// refusalIn finds the refusal in an error, also in one that an activity returned; nil when there is none.
func refusalIn(err error) *usm.Error {
	if refusal, ok := errors.AsType[*usm.Error](err); ok {
		return refusal
	}
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok && application.HasDetails() {
		decoded := &usm.Error{}
		if application.Details(decoded) == nil && decoded.Code != "" {
			return decoded
		}
	}
	return nil
}
