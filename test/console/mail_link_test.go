package console

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestALinkInAMail has two approvers decide by what was mailed to them, without being known to the browser.
func TestALinkInAMail(t *testing.T) {
	t.Parallel()
	mailbox := product.StartMailbox(t)
	w := startWith(t, product.Options{Domains: []string{"it"}, Env: mailbox.Env()}).approving(t)
	call := w.planned(t, "workplace", "A new <router>")
	link := func(person string) string {
		links := mailbox.To(person+"@example.org", 1)[0].Decisions()
		require.Len(t, links, 1)
		return strings.TrimPrefix(links[0], w.URL)
	}
	program := chromium(t)

	b, path := w.window(t, program, ""), link("sven")
	b.open(path).sees("h1", call.Number+": your approval is asked").sees("table.content", "Replace it on Saturday.").sees("dl", "Ivan")
	b.accessible().light().screenshot("mail-link-light").dark().accessible().screenshot("mail-link-dark")
	b.phone().open(path).fits().accessible().screenshot("mail-link-phone").light().desktop()
	b.click(`input[value="approve"]`).click("form button").sees("h1", "Your answer is on record").accessible().screenshot("mail-link-answered")
	b.open(path).sees("h1", "This link leads nowhere").accessible()

	b = w.window(t, program, "", network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": "nl"}))
	b.open(link("tamara")).sees("h1", "uw goedkeuring wordt gevraagd")
	b.click(`input[value="reject"]`).click("form button").sees(".problem", "geef een reden").accessible().screenshot("mail-link-dutch")
	require.True(t, b.is(`input[value="reject"]`, "checked"), "the answer is kept")
	b.fill(`[name="reason"]`, "Te duur").click("form button").sees("h1", "Uw antwoord is vastgelegd").sees("main", "Te duur")

	ballots := w.ballots(t, call.WaitingFor.Approval)
	require.Len(t, ballots, 2)
	require.Equal(t, []usm.Decision{usm.Approve, usm.Reject}, []usm.Decision{ballots[0].Decision, ballots[1].Decision})
}
