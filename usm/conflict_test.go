package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestConflict(t *testing.T) {
	t.Parallel()
	domain := usm.Domain{Profiles: []usm.Profile{
		{ID: "buyer"}, {ID: "payer", Conflicts: []string{"buyer", "auditor"}}, {ID: "auditor"}, {ID: "clerk"},
	}}
	for name, tc := range map[string]struct {
		held []string
		want []string
	}{
		"NoneForWhoHoldsNothing":        {},
		"NoneForProfilesThatGoTogether": {[]string{"buyer", "auditor", "clerk"}, nil},
		"TheProfileThatNamesTheOther":   {[]string{"clerk", "payer", "buyer"}, []string{"payer", "buyer"}},
		"TheProfileThatIsNamed":         {[]string{"buyer", "payer"}, []string{"buyer", "payer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other, ok := domain.Conflict(tc.held)
			require.Equal(t, tc.want != nil, ok)
			if ok {
				require.Equal(t, tc.want, []string{one, other})
			}
		})
	}
}
