package status_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

func TestStatusOfEveryCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[usm.Code]int{
		usm.CodeInternal: 500, usm.CodeInvalid: 422, usm.CodeNotFound: 404, usm.CodeForbidden: 403, usm.CodeUnauthenticated: 401,
		usm.CodeOutOfTurn: 409, usm.CodeAlreadyFinished: 422, usm.CodeKeyReused: 422, usm.CodeInProgress: 409,
		usm.CodePrecondition: 412, usm.CodeConflict: 409, usm.CodeTooLarge: 413, usm.CodeRateLimited: 429, usm.CodeUnavailable: 503,
		status.CodeMalformed: 400, status.CodeMethodNotAllowed: 405, status.CodeNotAcceptable: 406,
		status.CodeRequestTimeout: 408, status.CodeUnsupportedMedia: 415,
		"something new": 500, "": 500,
	} {
		require.Equal(t, want, status.Of(code), code)
	}
}

func TestCodeForABareStatus(t *testing.T) {
	t.Parallel()
	for bare, want := range map[int]usm.Code{
		400: status.CodeMalformed, 404: usm.CodeNotFound, 409: usm.CodeConflict, 422: usm.CodeInvalid, 500: usm.CodeInternal,
		418: status.CodeMalformed, 502: usm.CodeInternal,
	} {
		require.Equal(t, want, status.CodeFor(bare), bare)
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	refusal := usm.Errorf(usm.CodeForbidden, "not you")
	for name, c := range map[string]struct {
		err  error
		code usm.Code
		says string
	}{
		"ARefusalIsKept":             {fmt.Errorf("store: %w", refusal), usm.CodeForbidden, "not you"},
		"AnUnknownErrorIsHidden":     {errors.New("password hunter2"), usm.CodeInternal, "something went wrong"},
		"AnInternalRefusalIsHidden":  {usm.Errorf(usm.CodeInternal, "password hunter2"), usm.CodeInternal, "something went wrong"},
		"ABodyOverTheLimit":          {fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 7}), usm.CodeTooLarge, "7 bytes"},
		"ARequestOutOfTime":          {context.DeadlineExceeded, usm.CodeUnavailable, "in time"},
		"NothingButAnEmptyErrorType": {&usm.Error{}, usm.CodeInternal, "something went wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := status.Refusal(c.err)
			require.Equal(t, c.code, got.Code)
			require.Contains(t, got.Message, c.says)
		})
	}
}

func TestProblem(t *testing.T) {
	t.Parallel()

	t.Run("ListsWhatIsAllowedOnlyOutOfTurn", func(t *testing.T) {
		t.Parallel()
		written := func(refusal *usm.Error) string {
			recorder := httptest.NewRecorder()
			status.ProblemOf(refusal, "/api/v1/calls/INC-000001", "id-1").Write(recorder)
			require.Equal(t, "application/problem+json", recorder.Header().Get("Content-Type"))
			return recorder.Body.String()
		}
		require.Contains(t, written(usm.Errorf(usm.CodeOutOfTurn, "ended")), `"allowed_actions":[]`)
		require.NotContains(t, written(usm.Errorf(usm.CodeConflict, "taken")), "allowed_actions")
	})

	t.Run("NamesTheScopeThatIsMissing", func(t *testing.T) {
		t.Parallel()
		recorder := httptest.NewRecorder()
		refusal := usm.Errorf(usm.CodeForbidden, "the token lacks it")
		refusal.Scope = "scim:\"x\n"
		status.ProblemOf(refusal, "/", "").Write(recorder)
		require.Equal(t, `Bearer realm="usm", error="insufficient_scope", scope="scim:\"x\n"`, recorder.Header().Get("WWW-Authenticate"))
		require.Contains(t, recorder.Body.String(), `"scope":"scim:`)
		without := httptest.NewRecorder()
		status.ProblemOf(usm.Errorf(usm.CodeForbidden, "not you"), "/", "").Write(without)
		require.Empty(t, without.Header().Get("WWW-Authenticate"))
		require.NotContains(t, without.Body.String(), "scope")
	})

	t.Run("BringsTheHeadersItNeeds", func(t *testing.T) {
		t.Parallel()
		for code, header := range map[usm.Code]string{usm.CodeUnavailable: "Retry-After", usm.CodeUnauthenticated: "WWW-Authenticate"} {
			recorder := httptest.NewRecorder()
			status.ProblemOf(usm.Errorf(code, "x"), "/", "").Write(recorder)
			require.NotEmpty(t, recorder.Header().Get(header))
			require.Equal(t, "no-store", recorder.Header().Get("Cache-Control"))
		}
	})
}
