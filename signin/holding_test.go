package signin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/signin"
	"github.com/usm-works/usm/test/identity"
)

func TestAnAdministratorIsToldByAClaim(t *testing.T) {
	t.Parallel()
	admins, err := signin.ParseHolding("groups=usm=1")
	require.NoError(t, err)
	provider, there := setup(t, func(o *signin.Options) { o.Admins = admins })
	there.Change(func(s *identity.Settings) {
		s.Discovery = map[string]any{"scopes_supported": []string{"openid", "groups"}}
	})
	for _, c := range []struct {
		value any
		admin bool
	}{
		{"usm=1", true},
		{[]any{"staff", 7, "usm=1"}, true},
		{nil, false},
		{"usm", false},
		{"staff usm=1", false},
		{[]string{"staff", "USM=1"}, false},
		{map[string]bool{"usm=1": true}, false},
		{true, false},
	} {
		there.Change(func(s *identity.Settings) { s.Claims = map[string]any{"groups": c.value} })
		who, err := signIn(t, provider, attempt)
		require.NoError(t, err)
		require.Equal(t, c.admin, who.Admin, "%v", c.value)
	}
	_, asked := there.Asked("/auth")
	require.Equal(t, "openid profile email groups", asked.Get("scope"), "where the provider has it")

	provider, there = setup(t)
	there.Change(func(s *identity.Settings) { s.Claims = map[string]any{"": "", "groups": "usm=1"} })
	who, err := signIn(t, provider, attempt)
	require.NoError(t, err)
	require.False(t, who.Admin, "nobody is one where no claim is named")
}

func TestAHoldingThatNobodyHas(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"groups", "groups=", "=usm", "email=olga@example.org"} {
		_, err := signin.ParseHolding(written)
		require.Error(t, err, written)
	}
	none, err := signin.ParseHolding("")
	require.NoError(t, err)
	require.Zero(t, none)
}
