package product

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
)

// Mailbox is a mail server that keeps what the product sends.
type Mailbox struct {
	t          testing.TB
	neighbours *devstack.Neighbours
}

// Mail is a message in it.
type Mail struct {
	ID      string              `json:"id"`
	To      []string            `json:"to"`
	Subject string              `json:"subject"`
	Header  map[string][]string `json:"header"`
	Text    string              `json:"text"`
	HTML    string              `json:"html"`
}

// StartMailbox starts one that is stopped with the test.
func StartMailbox(tb testing.TB) *Mailbox {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	dir := tb.TempDir()
	n, err := devstack.StartNeighbours(ctx, devstack.NeighboursOptions{
		Dir: filepath.Join(dir, "neighbours"), SMTPAddress: "127.0.0.1:0", MailAddress: "127.0.0.1:0", OIDCAddress: "127.0.0.1:0",
	})
	require.NoError(tb, err, "mail needs a mailbox: `make usm-neighbours` builds it")
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
		defer cancel()
		require.NoError(tb, n.Stop(ctx))
	})
	return &Mailbox{tb, n}
}

// Env are the variables with which the gateway sends its mail here.
func (m *Mailbox) Env() map[string]string {
	return map[string]string{
		"USM_SMTP_ADDRESS": m.neighbours.SMTPAddress(), "USM_SMTP_TLS": "none", "USM_MAIL_FROM": "USM <usm@example.org>",
	}
}

// To returns the messages to an address, the oldest first, once there are at least so many.
func (m *Mailbox) To(address string, least int) []Mail {
	m.t.Helper()
	var mails []Mail
	Eventually(m.t, moveTimeout, fmt.Sprintf("%d mails to %s", least, address), func() error {
		err := m.get("/messages?to="+url.QueryEscape(address), &mails)
		if err == nil && len(mails) < least {
			err = fmt.Errorf("there are %d", len(mails))
		}
		return err
	})
	slices.Reverse(mails)
	for i := range mails {
		require.NoError(m.t, m.get("/messages/"+mails[i].ID, &mails[i]))
	}
	return mails
}

func (m *Mailbox) get(path string, into any) error {
	response, err := http.Get(m.neighbours.MailURL() + path) //nolint:noctx // a child's, on this machine
	if err != nil {
		return err
	}
	return errors.Join(json.NewDecoder(response.Body).Decode(into), response.Body.Close())
}

var (
	address  = regexp.MustCompile(`https?://[^\s"'<>]+`)
	decision = regexp.MustCompile(`/decide/[A-Za-z0-9_-]+$`)
)

// Links are all addresses in the message, each once.
func (m Mail) Links() []string {
	links := address.FindAllString(m.Text+"\n"+m.HTML, -1)
	slices.Sort(links)
	return slices.Compact(links)
}

// Decisions are those that lead to a page on which one decides.
func (m Mail) Decisions() []string {
	return slices.DeleteFunc(m.Links(), func(link string) bool { return !decision.MatchString(link) })
}
