package devstack

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/smtp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// anywhere are options with which the neighbours choose free ports.
func anywhere(dir string) NeighboursOptions {
	return NeighboursOptions{Dir: dir, SMTPAddress: "127.0.0.1:0", MailAddress: "127.0.0.1:0", OIDCAddress: "127.0.0.1:0"}
}

// startNeighboursTest starts the neighbours on free ports; they are stopped with the test.
func startNeighboursTest(t *testing.T, dir string) *Neighbours {
	t.Helper()
	n, err := StartNeighbours(deadline(t), anywhere(dir))
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return n
}

func TestNeighboursKeepMailThroughARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := startNeighboursTest(t, dir)
	require.NoError(t, smtp.SendMail(n.SMTPAddress(), nil, "a@example.org", []string{"b@example.org"}, []byte("Subject: x\r\n\r\ny")))
	_, err := StartNeighbours(deadline(t), anywhere(dir))
	require.ErrorIs(t, err, ErrInUse, "a folder has one user")
	require.NoError(t, n.Stop(deadline(t)))
	<-n.Done()
	require.False(t, running(n.PID()))

	response, err := http.Get(startNeighboursTest(t, dir).MailURL() + "/messages?to=b@example.org")
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	var messages []struct {
		Subject string `json:"subject"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&messages))
	require.Len(t, messages, 1)
	require.Equal(t, "x", messages[0].Subject)
}

func TestNeighboursNameTheOverrideOfATakenAddress(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close() //nolint:errcheck // the test ends
	for override, take := range map[string]func(*NeighboursOptions){
		EnvDevSMTPAddress: func(o *NeighboursOptions) { o.SMTPAddress = taken.Addr().String() },
		EnvDevMailAddress: func(o *NeighboursOptions) { o.MailAddress = taken.Addr().String() },
		EnvDevOIDCAddress: func(o *NeighboursOptions) { o.OIDCAddress = taken.Addr().String() },
	} {
		o := anywhere(t.TempDir())
		take(&o)
		_, err = StartNeighbours(deadline(t), o)
		var refused *AddressTakenError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, override, refused.Override)
	}
	_, err = StartNeighbours(deadline(t), NeighboursOptions{Dir: "here"})
	require.ErrorContains(t, err, "not absolute")
}

func TestNeighboursKnowWhoPeopleAre(t *testing.T) {
	t.Parallel()
	n := startNeighboursTest(t, t.TempDir())
	response, err := http.Get(n.Issuer() + "/.well-known/openid-configuration")
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	var provider struct {
		Issuer  string   `json:"issuer"`
		Methods []string `json:"code_challenge_methods_supported"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&provider))
	require.Equal(t, n.Issuer(), provider.Issuer)
	require.Equal(t, []string{"S256"}, provider.Methods)
}
