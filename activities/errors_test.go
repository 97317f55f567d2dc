package activities_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// TestErrors is the border between the registers and Temporal: what a retry can help, and what it cannot.
func TestErrors(t *testing.T) {
	t.Parallel()

	for name, err := range map[string]error{
		"AnUnknownError":    errors.New("connection refused"),
		"Internal":          usm.Errorf(usm.CodeInternal, "impossible"),
		"Unavailable":       usm.Errorf(usm.CodeUnavailable, "the database is away"),
		"InProgress":        fmt.Errorf("finish: %w", usm.Errorf(usm.CodeInProgress, "locked")),
		"AnErrorOfNoKind":   &usm.Error{},
		"AWrappedOneOfNone": fmt.Errorf("finish: %w", errors.New("reset")),
	} {
		t.Run(name+"IsRetried", func(t *testing.T) {
			t.Parallel()
			a := &activities.Calls{Registers: &registers{err: err}}
			_, got := a.RecordAmendment(t.Context(), usm.Amendment{})
			require.Equal(t, err, got)
		})
	}

	for _, code := range []usm.Code{
		usm.CodeInvalid, usm.CodeNotFound, usm.CodeForbidden, usm.CodeOutOfTurn, usm.CodeAlreadyFinished, usm.CodeConflict,
	} {
		t.Run(string(code)+"IsNot", func(t *testing.T) {
			t.Parallel()
			refusal := &usm.Error{Code: code, Message: "no", Fields: []usm.FieldError{{Pointer: "/x", Detail: "is wrong"}}}
			a := &activities.Operate{Registers: &registers{err: fmt.Errorf("store: %w", refusal)}}
			_, err := a.PlanOperation(t.Context(), input(usm.PlanOperation, "", nil))
			var application *temporal.ApplicationError
			require.ErrorAs(t, err, &application)
			require.True(t, application.NonRetryable())
			require.Equal(t, string(code), application.Type())
			var detail *usm.Error
			require.NoError(t, application.Details(&detail))
			require.Equal(t, refusal, detail)
		})
	}

	t.Run("EveryActivityOfTheCallTranslates", func(t *testing.T) {
		t.Parallel()
		r := &registers{err: usm.Errorf(usm.CodeInvalid, "no")}
		calls, domains := &activities.Calls{Registers: r}, &activities.Domains{Registers: r}
		_, opened := calls.OpenCall(t.Context(), usm.Call{}, "Operation")
		_, applied := domains.ApplyDomain(t.Context(), usm.ApplyDomain{})
		turned := (&activities.Agreements{Registers: r}).Turn(t.Context(), usm.AgreementTerm{}, usm.AgreementTurn{})
		_, read := calls.ReadSignal(t.Context(), usm.SignalRule{Outcome: "data.missing"}, usm.Call{}, usm.Signal{Data: map[string]any{}})
		for _, err := range []error{opened, applied, turned, read} {
			var application *temporal.ApplicationError
			require.ErrorAs(t, err, &application)
			require.Equal(t, "invalid", application.Type())
		}
	})
}
