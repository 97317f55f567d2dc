package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMailer(t *testing.T) {
	t.Parallel()
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte("hush\n"), 0o600))
	for name, c := range map[string]struct {
		env   []string
		sends bool
	}{
		"NobodyWithoutAServer": {[]string{"USM_MAIL_FROM=a@example.org"}, false},
		"WithAllThatIsNeeded":  {[]string{"USM_SMTP_ADDRESS=mail.example:587", "USM_MAIL_FROM=USM <a@example.org>"}, true},
		"WhoSignsIn": {
			[]string{
				"USM_SMTP_ADDRESS=mail.example:465", "USM_MAIL_FROM=a@example.org", "USM_SMTP_TLS=implicit", "USM_SMTP_USER=usm",
				"USM_SMTP_PASSWORD_FILE=" + password,
			}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings, err := load(t, c.env)
			require.NoError(t, err)
			mailer, err := (&app{settings: settings}).mailer()
			require.NoError(t, err)
			require.Equal(t, c.sends, mailer != nil)
		})
	}
}
