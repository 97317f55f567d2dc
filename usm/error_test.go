package usm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestCodeOf(t *testing.T) {
	t.Parallel()
	forbidden := usm.Errorf(usm.CodeForbidden, "not you")
	for name, c := range map[string]struct {
		err  error
		want usm.Code
	}{
		"NothingHasNone":           {nil, ""},
		"ARefusalHasItsOwn":        {forbidden, usm.CodeForbidden},
		"AWrappedRefusalToo":       {fmt.Errorf("finish INC-000001: %w", forbidden), usm.CodeForbidden},
		"AJoinedRefusalToo":        {errors.Join(errors.New("other"), forbidden), usm.CodeForbidden},
		"AnythingElseIsInternal":   {errors.New("disk full"), usm.CodeInternal},
		"TheZeroRefusalIsInternal": {&usm.Error{}, usm.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, usm.CodeOf(c.err))
		})
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	t.Run("SaysItsMessage", func(t *testing.T) {
		t.Parallel()
		require.EqualError(t, usm.Errorf(usm.CodeNotFound, "there is no call %q", "INC-9"), `there is no call "INC-9"`)
	})

	t.Run("SaysWhatIsWrongWhere", func(t *testing.T) {
		t.Parallel()
		err := usm.Invalid("/fields/category", "%q is not a category", "lifts")
		require.Equal(t, usm.CodeInvalid, err.Code)
		require.EqualError(t, err, `the input is not valid (/fields/category: "lifts" is not a category)`)
		err.Fields = append(err.Fields, usm.FieldError{Pointer: "/outcome", Detail: "is required"})
		require.ErrorContains(t, err, "; /outcome: is required)")
	})

	t.Run("CrossesTheWireAsJSON", func(t *testing.T) {
		t.Parallel()
		err := &usm.Error{
			Code: usm.CodeOutOfTurn, Message: "it is not the turn of close_incident", Allowed: []string{"steps/accept_incident"},
			Fields: []usm.FieldError{{Pointer: "/step", Detail: "later"}},
		}
		raw, marshalErr := json.Marshal(err)
		require.NoError(t, marshalErr)
		var back usm.Error
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, *err, back)
	})
}
