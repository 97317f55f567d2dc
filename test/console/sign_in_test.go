package console

import (
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestSigningIn has people sign in at a provider with a browser, as nobody else here does.
func TestSigningIn(t *testing.T) {
	t.Parallel()
	provider := product.StartProvider(t, "it")
	w := startWith(t, product.Options{Domains: []string{"it"}, Env: provider.Env()})
	program := chromium(t)
	call := w.incident(t)
	rosa := w.window(t, program, "").signsIn("/system/tokens", "rosa", true)

	t.Run("AnAdministratorIsOneInHisBrowser", func(t *testing.T) {
		b := rosa.as(t)
		b.sees("h1", "Tokens").sees("tbody", "administrator").accessible().screenshot("tokens-of-a-session")
		b.open("/new-domain").sees("h1", "A new domain")
		b.open("/sign-out").sees("h1", "Sign out").accessible().screenshot("sign-out")
	})

	t.Run("AnAdministratorWorksAsWhoHeIs", func(t *testing.T) {
		b := w.window(t, program, "").signsIn(address+call.Number, "bilal", true)
		b.sees("h1", "Mail does not arrive")
		require.Empty(t, b.text("#finish"), "he sees the call, and has no step of it")
	})

	t.Run("WhoIsNoneIsToldSo", func(t *testing.T) {
		b := w.window(t, program, "").signsIn("/system/tokens", "rosa", false)
		b.sees("main", "tokens are for administrators")
		b.open("/sign-out").click("main button").sees("h1", "You are signed out").open("/").sees("main", "Sign in")
	})

	t.Run("WhatWasTypedOutlivesTheSession", func(t *testing.T) {
		b := w.window(t, program, "").signsIn(address+call.Number, "farah", false).sees("#finish", "Note")
		b.fill(`#finish [name="note"]`, "Typed for long")
		held, _, err := w.Admin.Tokens(t.Context(), usm.TokenFilter{Person: "farah", Kind: usm.TokenOfSession})
		require.NoError(t, err)
		require.Len(t, held, 1)
		row := "#token-" + held[0].ID
		rosa.as(t).open("/system/tokens").sees(row, "farah").click(row+" summary").click(row+" form button").sees(row, "revoked")

		b.click("#finish button.primary").sees("h1", "Your session is over").sees("form.kept", "Typed for long").screenshot("session-over")
		opened := chromedp.WaitNewTarget(b.ctx, func(*target.Info) bool { return true })
		b.click(`main a.button[target="_blank"]`)
		tab, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(<-opened))
		defer cancel()
		beside := &browser{t: t, w: w, hand: mouse{}, ctx: tab}
		beside.sees("nav", "My work")
		b.click("form.kept button").sees("#call-step", "Classify").sees("main", "Typed for long")
	})
}

// signsIn opens a page that leads to the provider, says there who one is, and comes back to the page.
func (b *browser) signsIn(path, person string, admin bool) *browser {
	b.t.Helper()
	b.open(path).sees("h1", "Who are you?")
	if admin {
		b.click(`input[name="group"]`)
	}
	b.click(`button[value="`+person+`"]`).sees("nav", "My work")
	at, err := url.Parse(b.at())
	require.NoError(b.t, err)
	require.Equal(b.t, b.w.URL+path, at.String())
	return b
}
