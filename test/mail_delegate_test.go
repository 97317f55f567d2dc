package test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestWhoStandsInGetsAMailWhenItBegins has somebody stand in a moment from now, with the gateway away at that moment: the mail
// comes when it is back, once, with a link for what waits already.
func TestWhoStandsInGetsAMailWhenItBegins(t *testing.T) {
	t.Parallel()
	p, box, _, call := askedByMail(t)
	box.To("sven@example.org", 1)
	from := time.Now().Add(time.Hour)
	made, err := p.As("sven").Delegate(t.Context(), usm.Delegation{Domain: "it", To: "pieter", From: from, Until: from.Add(time.Hour)})
	require.NoError(t, err)
	p.Part("gateway").Kill()
	_, err = p.SQL().ExecContext(t.Context(), `UPDATE delegations SET from_at = now() WHERE id = $1`, made.ID)
	require.NoError(t, err)
	p.Gateway()
	mail := box.To("pieter@example.org", 1)[0]
	require.Equal(t, call.Number+": your approval is asked, and more", mail.Subject)
	require.Contains(t, mail.Text, "You stand in for Sven Lindqvist")
	require.Contains(t, mail.Text, "You are asked for Sven Lindqvist")
	require.Regexp(t, ` \d\d:\d\d CES?T what waits for Sven`, mail.Text, "by the wall clock of the domain")
	require.Len(t, mail.Decisions(), 1)
	status, page := decide(t, mail.Decisions()[0], "approve", "in his place")
	require.Equal(t, http.StatusOK, status, page)
	view, err := p.Admin.Approval(t.Context(), call.WaitingFor.Approval)
	require.NoError(t, err)
	require.Equal(t, "pieter", view.Ballots[0].By)
	require.Equal(t, made.ID, view.Ballots[0].Delegation)
	require.Len(t, box.To("pieter@example.org", 1), 1)
}

// mute stands between the gateway and a mail server, and withholds that a message was taken.
type mute struct{ address string }

func newMute(t *testing.T, server string) *mute {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	m := &mute{address: listener.Addr().String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go m.serve(client, server)
		}
	}()
	return m
}

func (m *mute) serve(client net.Conn, server string) {
	defer func() { _ = client.Close() }()
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer func() { _ = upstream.Close() }()
	go func() {
		_, _ = io.Copy(upstream, client)
		_ = upstream.Close()
	}()
	data := false
	for lines := bufio.NewScanner(upstream); lines.Scan(); {
		if data {
			continue
		}
		data = strings.HasPrefix(lines.Text(), "354")
		if _, err := io.WriteString(client, lines.Text()+"\r\n"); err != nil {
			return
		}
	}
}

// TestMailsSurviveTheirGateway kills the gateway when the mail server has a message and the gateway does not know it yet: the
// message comes again, as the same one, and its links decide once.
func TestMailsSurviveTheirGateway(t *testing.T) {
	t.Parallel()
	box := product.StartMailbox(t)
	env := box.Env()
	muted := newMute(t, env["USM_SMTP_ADDRESS"])
	env["USM_SMTP_ADDRESS"] = muted.address
	p := product.Start(t, product.Options{Domains: []string{"it"}, Env: env})
	_, call := planned(t, p, usm.ApprovalPolicy{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange},
		Require: usm.Quorum{Need: "all", Approvers: []usm.Approver{{Person: "sven"}, {Person: "tamara"}}},
	})
	people := []string{"sven@example.org", "tamara@example.org"}
	for _, person := range people {
		box.To(person, 1)
	}
	p.Part("gateway").Kill()
	_, err := p.SQL().ExecContext(t.Context(), `UPDATE mails SET due_at = now() WHERE sent_at IS NULL`) // its lease is over
	require.NoError(t, err)
	env["USM_SMTP_ADDRESS"] = box.Env()["USM_SMTP_ADDRESS"]
	p.Gateway()
	for _, person := range people {
		mails := box.To(person, 2)
		require.Equal(t, mails[0].Header["Message-Id"], mails[1].Header["Message-Id"], "a reader's mail program shows one")
		status, page := decide(t, mails[0].Decisions()[0], "approve", "")
		require.Equal(t, http.StatusOK, status, page)
		status, page = decide(t, mails[1].Decisions()[0], "reject", "changed my mind")
		require.NotEqual(t, http.StatusOK, status, page)
	}
	view, err := p.Admin.Approval(t.Context(), call.WaitingFor.Approval)
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalApproved, view.State)
	require.Len(t, view.Ballots, 2)
}
