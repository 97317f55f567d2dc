package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("hush\n"), 0o600))
	const issuer = "USM_OIDC_ISSUER=https://id.example.org"
	for name, c := range map[string]struct {
		env   []string
		lasts [2]time.Duration // 0: nobody signs in
	}{
		"NobodyWithoutAProvider": {[]string{"USM_SESSION_IDLE=1m"}, [2]time.Duration{}},
		"AnHourWithoutUse":       {[]string{issuer}, [2]time.Duration{time.Hour, 12 * time.Hour}},
		"AsLongAsIsSaid": {
			[]string{issuer, "USM_OIDC_CLIENT_SECRET_FILE=" + secret, "USM_SESSION_IDLE=5m", "USM_SESSION_MAX=1h30m"},
			[2]time.Duration{5 * time.Minute, 90 * time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings, err := load(t, c.env)
			require.NoError(t, err)
			signIn, err := (&app{settings: settings}).signIn(nil)
			require.NoError(t, err)
			require.Equal(t, c.lasts[0] > 0, signIn.Provider != nil)
			require.Equal(t, c.lasts[0], signIn.Idle)
			require.Equal(t, c.lasts[1], signIn.Max)
		})
	}
}
