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

// startNeighboursTest starts the neighbours on free ports; they are stopped with the test.
func startNeighboursTest(t *testing.T, dir string) *Neighbours {
	t.Helper()
	n, err := StartNeighbours(deadline(t), NeighboursOptions{Dir: dir, SMTPAddress: "127.0.0.1:0", MailAddress: "127.0.0.1:0"})
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
	_, err := StartNeighbours(deadline(t), NeighboursOptions{Dir: dir, SMTPAddress: "127.0.0.1:0", MailAddress: "127.0.0.1:0"})
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
	for override, o := range map[string]NeighboursOptions{
		EnvDevSMTPAddress: {SMTPAddress: taken.Addr().String(), MailAddress: "127.0.0.1:0"},
		EnvDevMailAddress: {SMTPAddress: "127.0.0.1:0", MailAddress: taken.Addr().String()},
	} {
		o.Dir = t.TempDir()
		_, err = StartNeighbours(deadline(t), o)
		var refused *AddressTakenError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, override, refused.Override)
	}
	_, err = StartNeighbours(deadline(t), NeighboursOptions{Dir: "here"})
	require.ErrorContains(t, err, "not absolute")
}
