package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/require"
)

func TestMyWork(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)

	t.Run("ShowsWhatWaitsAndIsLive", func(t *testing.T) {
		call := w.incident(t)
		b := w.window(t, chromium, "farah").open("/work").sees("main table", call.Number).accessible()
		b.sees("html[data-live=on] h1", "My work")
		later := w.incident(t)
		b.sees("main table", later.Number).screenshot("work")
	})
	t.Run("ClaimsWithoutAScript", func(t *testing.T) {
		call := w.incident(t)
		b := w.window(t, chromium, "farah", emulation.SetScriptExecutionDisabled(true)).open("/work")
		b.click(`input[value="` + call.Number + `"]`).click("#work button").sees(".said", "yours now")
		now, err := w.As("farah").Call(t.Context(), call.Number)
		require.NoError(t, err)
		require.Equal(t, "farah", now.WaitingFor.Claimed)
	})
	t.Run("TellsWhatWasRefused", func(t *testing.T) {
		got := w.submit(t, "farah", w.get(t, "farah", "/work"), "#work", url.Values{"call": {"INC-999999"}})
		require.Equal(t, http.StatusConflict, got.Status)
		require.Contains(t, got.words(".problem"), "INC-999999")
	})
	t.Run("SpeaksDutch", func(t *testing.T) {
		b := w.window(t, chromium, "farah").open("/work").click(".preferences summary").choose(`select[name="language"]`, "nl")
		b.click(".preferences button").sees("h1", "Mijn werk")
	})
	t.Run("NobodyHasToSignInFirst", func(t *testing.T) {
		require.Equal(t, http.StatusUnauthorized, w.get(t, "", "/work").Status)
	})
}
