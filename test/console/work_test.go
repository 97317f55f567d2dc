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
		b.click(`input[value="`+call.Number+`"]`).click("#work button").sees(".said", "yours now")
		now, err := w.As("farah").Call(t.Context(), call.Number)
		require.NoError(t, err)
		require.Equal(t, "farah", now.WaitingFor.Claimed)
	})
	t.Run("ShowsWhatIAskFor", func(t *testing.T) {
		mine, other := w.incident(t), w.incident(t)
		marked := url.Values{"call": {mine.Number}, "do": {"claim"}}
		sent := w.submit(t, "goran", w.get(t, "goran", "/work?process=recover"), "#work", marked)
		require.Equal(t, "/work?process=recover&said=claimed", sent.Header.Get("Location"), "filters stay")
		got := w.get(t, "goran", "/work?claimed=me")
		require.Equal(t, mine.Number, got.words("tbody .number"))
		require.Contains(t, got.words("tbody"), "yours")
		require.Contains(t, w.get(t, "goran", "/work").words("tbody .number"), other.Number)
		for _, none := range []string{"process=agree", "priority=lowest", "service=network"} {
			require.Contains(t, w.get(t, "goran", "/work?"+none).words("#work"), "Nothing waits for you", none)
		}
		require.Equal(t, http.StatusSeeOther, w.submit(t, "goran", got, "#work", url.Values{"call": {mine.Number}, "do": {"release"}}).Status)
		require.Contains(t, w.get(t, "goran", "/work?claimed=me").words("#work"), "Nothing waits for you")
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
