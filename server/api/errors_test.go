package api

import (
	"errors"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

func TestFieldError(t *testing.T) {
	t.Parallel()
	for place, c := range map[string]struct{ message, pointer, detail string }{
		"body":                      {"expected required property subject to be present", "/subject", "is required"},
		"body.fields":               {"expected required property a/b to be present", "/fields/a/b", "is required"},
		"body.components[3].id":     {"expected string", "/components/3/id", "expected string"},
		"body.a~b":                  {"unexpected property", "/a~0b", "unexpected property"},
		"query.limit":               {"expected number <= 200", "", "query parameter limit: expected number <= 200"},
		"path.number":               {"expected length <= 32", "", "path parameter number: expected length <= 32"},
		"header.Idempotency-Key":    {"expected length <= 200", "", "header parameter Idempotency-Key: expected length <= 200"},
		"body.not_applicable.extra": {"unexpected property", "/not_applicable/extra", "unexpected property"},
	} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			got := fieldError(&huma.ErrorDetail{Location: place, Message: c.message})
			require.Equal(t, usm.FieldError{Pointer: c.pointer, Detail: c.detail}, got)
		})
	}
}

func TestRefusalOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		errs   []error
		want   usm.Code
	}{
		"ARefusalOfAHandlerIsKept":      {http.StatusInternalServerError, []error{usm.Errorf(usm.CodeForbidden, "no")}, usm.CodeForbidden},
		"AnUnknownErrorIsInternal":      {http.StatusInternalServerError, []error{errors.New("secret")}, usm.CodeInternal},
		"ABodyThatIsTooLargeIsTooLarge": {http.StatusInternalServerError, []error{&http.MaxBytesError{Limit: 1}}, usm.CodeTooLarge},
		"AFailedValidationIsInvalid":    {http.StatusUnprocessableEntity, []error{&huma.ErrorDetail{Location: "body"}}, usm.CodeInvalid},
		"AnUnreadableBodyIsMalformed":   {http.StatusBadRequest, nil, status.CodeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refusalOf(c.status, "validation failed", c.errs)
			require.Equal(t, c.want, got.Code)
			require.NotContains(t, got.Error(), "secret")
		})
	}
}

func TestPointer(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/fields/components/0", pointer("fields", "components", 0))
	require.Equal(t, "/a~1b/~0c", pointer("a/b", "~c"))
	require.Empty(t, pointer())
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{`"7"`: true, `W/"7"`: true, `"6", "7"`: true, "*": true, `"77"`: false, "7": false, "": false} {
		require.Equal(t, want, matches(header, `"7"`), header)
	}
}

func TestReferencesOf(t *testing.T) {
	t.Parallel()
	change := func(action, id string) any {
		return map[string]any{"action": action, "component": map[string]any{"id": id}}
	}
	seen := map[string]any{"service": "mail", "components": []any{"c1", "c2"}}
	for name, c := range map[string]struct {
		step                 usm.Step
		fields               map[string]any
		services, components map[string]string
	}{
		"OfAnAcceptStep": {
			usm.AcceptWish, seen,
			map[string]string{"/fields/service": "mail"},
			map[string]string{"/fields/components/0": "c1", "/fields/components/1": "c2"},
		},
		"OfAChangePlan": {
			usm.PlanChange,
			map[string]any{"components": []any{"c1"}},
			map[string]string{},
			map[string]string{"/fields/components/0": "c1"},
		},
		"OfAnUpdateOfTheRegisterButNotOfWhatItAdds": {
			usm.UpdateRegister,
			map[string]any{"components": []any{change("add", "c3"), change("update", "c1"), change("retire", "c2")}},
			map[string]string{},
			map[string]string{"/fields/components/1/component/id": "c1", "/fields/components/2/component/id": "c2"},
		},
		"OfWhatAnOperationSaw": {
			usm.ExecuteOperation,
			map[string]any{"incidents": []any{seen}, "risks": []any{map[string]any{"service": "print"}}},
			map[string]string{"/fields/incidents/0/service": "mail", "/fields/risks/0/service": "print"},
			map[string]string{"/fields/incidents/0/components/0": "c1", "/fields/incidents/0/components/1": "c2"},
		},
		"OfImprovements": {
			usm.CloseRequest,
			map[string]any{"improvements": []any{map[string]any{"service": "mail"}}},
			map[string]string{"/fields/improvements/0/service": "mail"},
			map[string]string{},
		},
		"OfANewServiceAreLeftAlone": {usm.SpecifyService, seen, map[string]string{}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			services, components := referencesOf(usm.Action{Step: c.step, Fields: c.fields})
			require.Equal(t, c.services, services)
			require.Equal(t, c.components, components)
		})
	}
}
