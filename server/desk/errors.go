package desk

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/usm"
)

// refusal translates an error of Temporal, once for the whole gateway. A refusal of a workflow travels as the first
// detail of an application error, because Go types do not survive the wire. Temporal being away is usm.CodeUnavailable;
// anything else keeps its text for the log and is internal.
func refusal(err error) error {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		var decoded usm.Error
		if application.HasDetails() && application.Details(&decoded) == nil && decoded.Code != "" {
			return &decoded
		}
	}
	switch {
	case err == nil:
		return nil
	case away(err):
		return fmt.Errorf("%w: %w", usm.Errorf(usm.CodeUnavailable, "the engine does not answer now; try again"), err)
	default:
		return fmt.Errorf("engine: %w", err)
	}
}

// isMoving reports whether the call itself asked to try again: it was on its way to a new run.
func isMoving(err error) bool {
	_, answered := errors.AsType[*temporal.ApplicationError](err)
	return answered && usm.CodeOf(refusal(err)) == usm.CodeUnavailable
}

// away reports whether the error says that Temporal or its workers cannot be reached in time.
func away(err error) bool {
	var (
		unavailable *serviceerror.Unavailable
		deadline    *serviceerror.DeadlineExceeded
		exhausted   *serviceerror.ResourceExhausted
		canceled    *serviceerror.Canceled
		notReady    *serviceerror.WorkflowNotReady
		namespace   *serviceerror.NamespaceNotFound
		timedOut    *temporal.TimeoutError
		update      *client.WorkflowUpdateServiceTimeoutOrCanceledError
	)
	return errors.As(err, &unavailable) || errors.As(err, &deadline) || errors.As(err, &exhausted) ||
		errors.As(err, &canceled) || errors.As(err, &notReady) || errors.As(err, &namespace) || errors.As(err, &timedOut) ||
		errors.As(err, &update) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
