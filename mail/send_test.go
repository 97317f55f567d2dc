package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/mail"
)

func TestSending(t *testing.T) {
	t.Parallel()

	t.Run("SaysWhatTheServerSaid", func(t *testing.T) {
		t.Parallel()
		server := listenSMTP(t, "550 no such user")
		sender, err := mail.New(mail.Options{Address: server.address, TLS: mail.TLSNone, From: "usm@example.org"})
		require.NoError(t, err)
		err = sender.Send(t.Context(), asking())
		require.ErrorContains(t, err, "no such user")
		require.ErrorContains(t, err, server.address)
		require.NotContains(t, err.Error(), "secret", "nothing of a message is in an error")
	})

	t.Run("SaysNothingBeforeTheConnectionIsProtected", func(t *testing.T) {
		t.Parallel()
		server := listenSMTP(t, "") // it cannot STARTTLS
		for _, mode := range []string{"", mail.TLSImplicit} {
			sender, err := mail.New(mail.Options{Address: server.address, TLS: mode, User: "usm", Password: "hush", From: "usm@example.org"})
			require.NoError(t, err)
			require.Error(t, sender.Send(t.Context(), asking()))
		}
		require.NotContains(t, server.conversation(), "AUTH")
		require.NotContains(t, server.conversation(), "MAIL")
	})

	t.Run("SignsInOverAProtectedConnection", func(t *testing.T) {
		t.Parallel()
		certified := httptest.NewTLSServer(http.NotFoundHandler())
		defer certified.Close()
		roots := x509.NewCertPool()
		roots.AddCert(certified.Certificate())
		for _, mode := range []string{mail.TLSStart, mail.TLSImplicit} {
			secure := &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
			server := (&smtpServer{secure: secure, starts: mode == mail.TLSStart}).listen(t)
			sender, err := mail.New(mail.Options{Address: server.address, TLS: mode, User: "usm", Password: "hush", From: "usm@example.org"})
			require.NoError(t, err)
			require.Error(t, sender.Send(t.Context(), asking()), "%s: nobody vouches for the certificate", mode)
			require.NotContains(t, server.conversation(), "AUTH", mode)
			sender.Trust(roots)
			require.NoError(t, sender.Send(t.Context(), asking()), mode)
			require.Contains(t, server.conversation(), "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00usm\x00hush")), mode)
			require.Contains(t, server.last(t), "anna@example.org", mode)
		}
	})

	t.Run("NamesWhatIsWrongWithTheSettings", func(t *testing.T) {
		t.Parallel()
		for want, o := range map[string]mail.Options{
			`"here" is not of the form host:port`: {Address: "here", From: "a@b.c"},
			`has no port between 1 and 65535`:     {Address: "here:0", From: "a@b.c"},
			`sender "" is no mail address`:        {Address: "here:25"},
			`"ssl" is none of starttls, implicit`: {Address: "here:25", From: "a@b.c", TLS: "ssl"},
			`a password is not sent in clear`:     {Address: "here:25", From: "a@b.c", TLS: mail.TLSNone, User: "usm"},
		} {
			_, err := mail.New(o)
			require.ErrorContains(t, err, want)
		}
	})
}
