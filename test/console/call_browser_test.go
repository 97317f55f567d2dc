package console

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func (w world) inABrowser(t *testing.T) {
	chromium := chromium(t)
	call, _ := w.forked(t)
	closer := w.incident(t)
	b := w.window(t, chromium, "olga").open(address+call.Number).sees("html[data-live=on] h1", call.Subject)
	b.accessible().screenshot("call")
	b.dark().phone().screenshot("call-phone")

	t.Run("ShowsWhatAnotherWindowDoes", func(t *testing.T) {
		b := w.window(t, chromium, "farah").open(address+closer.Number).sees("html[data-live=on] #call-step h2", "Accept")
		_, err := w.As("goran").Note(t.Context(), closer.Number, "On my way")
		require.NoError(t, err)
		b.sees("#call-talk", "On my way")
		// What is being filled in stays, and is told to be older.
		b.fill("#note", "Half a sen").sees("#call-trail", "On my way")
		_, err = w.As("goran").Claim(t.Context(), closer.Number, "")
		require.NoError(t, err)
		b.sees("#call-trail", "Claimed").sees("#call-step[data-stale] .newer", "Somebody has changed this call")
		var typed string
		b.run(chromedp.Value("#note", &typed, chromedp.ByQuery))
		require.Equal(t, "Half a sen", typed)
	})
	t.Run("NarrowsTheFormByAChoiceAndFinishesByKeys", func(t *testing.T) {
		mine := w.incident(t)
		b := w.window(t, chromium, "farah").open(address+mine.Number).sees("#call-step h2", "Accept")
		b.choose("#outcome", "rejected").sees("#outcome option[selected]", "Rejected").accessible()
		b.fill("#field-fields-reason", "Not for us")
		b.run(chromedp.Focus("#finish button.primary", chromedp.ByQuery), chromedp.KeyEvent("\r"))
		b.sees("#call-step h2", "Rejected").sees(".said", "finished")
	})
	t.Run("IsPrintedWithoutWhatNobodyCanPress", func(t *testing.T) {
		b := w.window(t, chromium, "olga").open(address+call.Number).sees("h1", call.Subject)
		b.run(emulation.SetEmulatedMedia().WithMedia("print"))
		for selector, shown := range map[string]bool{
			"svg.path": true, "#call-trail": true, ".menu": false, "header.top": false, "#call-more": false, "#do-notes": false,
		} {
			var visible bool
			b.run(chromedp.Evaluate(`document.querySelector("`+selector+`").checkVisibility()`, &visible))
			require.Equal(t, shown, visible, selector)
		}
	})
}
