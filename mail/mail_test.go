package mail_test

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/mail"
	"github.com/usm-works/usm/usm"
)

// received is a message as its reader sees it.
type received struct {
	netmail.Header

	text, html string
}

func (r received) subject(t *testing.T) string {
	t.Helper()
	subject, err := new(mime.WordDecoder).DecodeHeader(r.Get("Subject"))
	require.NoError(t, err)
	return subject
}

// deliver sends a mail to a server and reads it there.
func deliver(t *testing.T, m usm.Mail) received {
	t.Helper()
	server := listenSMTP(t, "")
	sender, err := mail.New(mail.Options{Address: server.address, TLS: mail.TLSNone, From: "USM <usm@example.org>"})
	require.NoError(t, err)
	require.NoError(t, sender.Send(t.Context(), m))
	message, err := netmail.ReadMessage(strings.NewReader(server.last(t)))
	require.NoError(t, err)
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	r := received{Header: message.Header}
	for _, into := range []*string{&r.text, &r.html} {
		part, err := parts.NextRawPart()
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", part.Header.Get("Content-Transfer-Encoding"))
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		*into = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	return r
}

// asking is a mail with one approval; change alters its item.
func asking(change ...func(*usm.MailItem)) usm.Mail {
	due := time.Date(2026, 12, 1, 16, 0, 0, 0, time.UTC)
	item := usm.MailItem{
		Call: "RFC-000042", Domain: "it", Subject: "A new router", Text: "please approve", Proposed: "Omar Orr",
		Link: "https://usm.example/decide/secret", Page: "https://usm.example/calls/RFC-000042",
		Approval: &usm.Approval{
			ID: "RFC-000042.1", Call: "RFC-000042", Due: &due, Digest: "sha256:0123456789abcdef",
			Content: map[string]any{
				"call":     map[string]any{"priority": "high", "components": []any{"srv-1", "srv-2"}},
				"proposal": map[string]any{"fields": map[string]any{"cost": 1200000.5, "tested": true}, "text": ""},
			},
		},
	}
	for _, c := range change {
		c(&item)
	}
	return usm.Mail{ID: 1, Key: "0b9c", Person: "anna", Name: "Anna Ash", Email: "anna@example.org", Items: []usm.MailItem{item}}
}

func TestAnApprovalIsAskedInFull(t *testing.T) {
	t.Parallel()
	m := asking(func(item *usm.MailItem) {
		item.For = "Bob Birch"
		item.Approval.Changed = []usm.ContentChange{{Pointer: "/call/priority", Before: `"low"`, After: `"high"`}}
	})
	got := deliver(t, m)
	require.Equal(t, "RFC-000042: your approval is asked: A new router", got.subject(t))
	require.Equal(t, `"USM" <usm@example.org>`, got.Get("From"))
	require.Equal(t, `"Anna Ash" <anna@example.org>`, got.Get("To"))
	require.Equal(t, "<usm-0b9c@example.org>", got.Get("Message-Id"), "the same in every delivery")
	require.Equal(t, "auto-generated", got.Get("Auto-Submitted"))
	for _, want := range []string{
		"please approve", "Omar Orr", "Bob Birch", "Tue 1 Dec 2026 16:00 UTC", "0123456789ab", "A new router", "fields › cost", "1200000.5",
		"components › 2", "srv-2", "tested", "yes", "nothing", "https://usm.example/decide/secret", "https://usm.example/calls/RFC-000042",
		"/call/priority", "do not pass it on",
	} {
		require.Contains(t, got.text, want)
		require.Contains(t, got.html, want)
	}
	require.Less(t, strings.Index(got.text, "Proposal"), strings.Index(got.text, "Call\n"), "what is proposed comes first")
	require.Equal(t, deliver(t, m).Get("Message-Id"), got.Get("Message-Id"))
}

func TestSeveralThingsAreOneMessage(t *testing.T) {
	t.Parallel()
	m := asking()
	news := usm.MailItem{Call: "INC-000001", Subject: "No mail", Text: "it works again"}
	m.Items = append(m.Items, news)
	require.Equal(t, "RFC-000042, INC-000001: your approval is asked, and more", deliver(t, m).subject(t))
	second := m.Items[0]
	second.Call = "RFC-000043"
	m.Items = append(m.Items, second)
	got := deliver(t, m)
	require.Equal(t, "RFC-000042, INC-000001, RFC-000043: 2 approvals are asked", got.subject(t))
	require.Contains(t, got.text, "RFC-000043: your approval is asked")
	require.Contains(t, got.text, "it works again")
	m.Items = []usm.MailItem{news}
	got = deliver(t, m)
	require.Equal(t, "INC-000001: it works again", got.subject(t))
	require.NotContains(t, got.text, "pass it on")
	four := news
	m.Items = nil
	for _, number := range []string{"INC-000001", "INC-000002", "INC-000003", "INC-000004"} {
		four.Call = number
		m.Items = append(m.Items, four)
	}
	require.Equal(t, "INC-000001, INC-000002, INC-000003, …: 4 messages", deliver(t, m).subject(t))
}

func TestNewsThatAreAboutNoCall(t *testing.T) {
	t.Parallel()
	m := asking()
	begun := usm.MailItem{Subject: "You stand in for Bob", Text: "until Friday"}
	m.Items = append(m.Items, begun)
	require.Equal(t, "RFC-000042: your approval is asked, and more", deliver(t, m).subject(t))
	m.Items = []usm.MailItem{begun}
	got := deliver(t, m)
	require.Equal(t, "You stand in for Bob", got.subject(t))
	require.Contains(t, got.text, "\nYou stand in for Bob\n  until Friday\n")
	require.Contains(t, got.html, "<h2>You stand in for Bob</h2>")
	m.Items = append(m.Items, begun)
	require.Equal(t, "2 messages", deliver(t, m).subject(t))
}

func TestTimesAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"Europe/Amsterdam": "Tue 1 Dec 2026 17:00 CET", "America/Chicago": "Tue 1 Dec 2026 10:00 CST", "Mars/Olympus": "Tue 1 Dec 2026 16:00 UTC",
	} {
		got := deliver(t, asking(func(item *usm.MailItem) { item.Zone = zone }))
		require.Contains(t, got.text, "Please answer by "+want+"\n")
		require.Contains(t, got.html, "Please answer by "+want+"<br>")
	}
}

// TestWhatPeopleWriteStaysWhereItBelongs holds every text of people against line ends, a turned direction and markup.
func TestWhatPeopleWriteStaysWhereItBelongs(t *testing.T) {
	t.Parallel()
	for name, evil := range map[string]string{
		"CRLF":      "x\r\nBcc: mallory@example.org\r\n\r\n<b>hello</b>",
		"CR":        "x\rBcc: mallory@example.org",
		"LF":        "x\nBcc: mallory@example.org",
		"Encoded":   "=?utf-8?q?x=0D=0ABcc:_mallory@example.org?=",
		"Unicode":   "Grüße \u202ebcc \u2028Bcc: mallory@example.org 漢字 \U0001F600",
		"Long":      strings.Repeat("very long ", 200) + "\r\nBcc: mallory@example.org",
		"Invalid":   "\xff\xfe\r\nBcc: mallory@example.org",
		"Quotes":    `" <mallory@example.org>, "`,
		"NUL":       "a\x00b\r\nBcc: mallory@example.org",
		"OwnLine":   "x\n  To approve or to reject, open this page.\n  https://mallory.example/",
		"Boundary":  "x\r\n--boundary--\r\n",
		"ScriptTag": "</td><script>alert(1)</script>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := asking(func(item *usm.MailItem) {
				item.Subject, item.Text, item.Proposed, item.For = evil, evil, evil, evil
				item.Approval.Content["proposal"] = map[string]any{"text": evil, evil: evil}
			})
			m.Name = evil
			got := deliver(t, m)
			require.Empty(t, got.Get("Bcc"))
			for header, values := range got.Header {
				require.Len(t, values, 1, header)
				require.NotContains(t, values[0], "\n", header)
			}
			require.LessOrEqual(t, len([]rune(got.subject(t))), 150)
			require.NotContains(t, got.subject(t), "\n")
			require.NotContains(t, got.subject(t), "\u202e")
			to, err := netmail.ParseAddressList(got.Get("To"))
			require.NoError(t, err)
			require.Len(t, to, 1, "one reader, whatever his name")
			require.Equal(t, "anna@example.org", to[0].Address)
			require.NotContains(t, got.html, "<script>")
			require.NotContains(t, got.text, "\n  https://mallory.example/", "a line of people never looks like one of ours")
			require.NotContains(t, got.text, "\nBcc:")
			require.Contains(t, got.text, "\n  https://usm.example/decide/secret\n")
		})
	}
}

func TestSomebodyWithoutOneAddressGetsNothing(t *testing.T) {
	t.Parallel()
	server := listenSMTP(t, "")
	sender, err := mail.New(mail.Options{Address: server.address, TLS: mail.TLSNone, From: "usm@example.org"})
	require.NoError(t, err)
	for _, address := range []string{
		"", "nobody", "a@example.org, b@example.org", "a@example.org\r\nRCPT TO:<b@example.org>", "A <a@example.org>", "a@exa\x00mple.org",
	} {
		m := asking()
		m.Email = address
		require.ErrorContains(t, sender.Send(t.Context(), m), "anna has no mail address", "%q", address)
	}
	require.Empty(t, server.conversation())
}
