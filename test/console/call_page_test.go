package console

import "testing"

func TestCallPage(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)

	t.Run("ShowsWhereACallStands", func(t *testing.T) {
		call := w.incident(t)
		b := w.window(t, chromium, "farah").open("/calls/"+call.Number).sees("h1", call.Subject)
		b.sees("html[data-live=on] h2", "Now: Accept").screenshot("call")
		b.accessible().dark().phone().screenshot("call-phone")
	})
}
