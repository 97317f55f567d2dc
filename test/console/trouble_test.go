package console

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// longest is how long any page may take, whatever is away: the limit of a request and one second.
const longest = 31 * time.Second

// TestAPartIsAway has somebody before every kind of form while Postgres or Temporal is away.
func TestAPartIsAway(t *testing.T) {
	t.Parallel()
	w := troubles(t)
	for _, x := range []struct { // one trouble at a time
		name   string
		engine bool // and not the registers
		begin  func(*testing.T) (mend func())
	}{
		{"postgres is gone", false, func(t *testing.T) func() { t.Helper(); return cut(t, w.postgres) }},
		{"postgres is silent", false, func(t *testing.T) func() { t.Helper(); return silence(t, w.postgres) }},
		{"temporal is gone", true, func(t *testing.T) func() { t.Helper(); return cut(t, w.temporal) }},
	} {
		t.Run(x.name, func(t *testing.T) {
			errands, number := w.errands(t, x.name), w.incident(t).Number
			away := make([]response, len(errands))
			mend := x.begin(t)
			t.Run("meanwhile", func(t *testing.T) {
				for i, e := range errands {
					t.Run(e.name, func(t *testing.T) {
						t.Parallel()
						away[i] = w.sendInTrouble(t, e, x.engine && !e.engine)
					})
				}
				for _, l := range readPages(t) {
					t.Run(l.address, func(t *testing.T) {
						t.Parallel()
						w.lookInTrouble(t, strings.ReplaceAll(l.address, "{call}", number), l.status[2], x.engine)
					})
				}
			})
			mend()
			w.ready(t)
			for i, e := range errands {
				w.sendsAgain(t, e, away[i])
			}
		})
	}
	t.Run("in a browser", func(t *testing.T) { w.staysLive(t) })
}

// sendInTrouble sends a form while a part is away. What comes says so in the language of who sent it, and has all that he typed.
func (w troubled) sendInTrouble(t *testing.T, e errand, works bool) response {
	t.Helper()
	action, values := e.page.form(t, e.form)
	maps.Copy(values, e.typed)
	began := time.Now()
	got := w.send(t, e.person, http.MethodPost, action, values, "Accept-Language", "nl")
	require.Less(t, time.Since(began), longest)
	if works {
		require.Equal(t, http.StatusSeeOther, got.Status, got.words("main"))
		return e.page
	}
	require.Equal(t, http.StatusServiceUnavailable, got.Status, got.words("main"))
	require.NotEmpty(t, got.Header.Get("Retry-After"))
	require.Equal(t, "nl", got.Find("html").AttrOr("lang", ""))
	require.Equal(t, words(t, "nl")["trouble.away.title"], got.words("h1"))
	require.Empty(t, notIn(t, "nl", got.said()))
	to, kept := got.form(t, "form.kept")
	require.Equal(t, action, to)
	require.Equal(t, values, kept)
	for name, typed := range e.typed {
		if name != "do" && name != "call" && name != "decision" { // which are words of programs
			require.Contains(t, got.words("form.kept dl"), typed[0], "he sees what he typed")
		}
	}
	return got
}

// lookInTrouble asks for a page while a part is away.
func (w troubled) lookInTrouble(t *testing.T, address string, usual int, reads bool) {
	t.Helper()
	began := time.Now()
	got := w.send(t, "olga", http.MethodGet, address, nil, "Accept-Language", "nl")
	require.Less(t, time.Since(began), longest)
	if reads || address == "/style" {
		require.Equal(t, usual, got.Status, got.words("main"))
	} else {
		require.Equal(t, http.StatusServiceUnavailable, got.Status, got.words("main"))
		require.NotEmpty(t, got.Header.Get("Retry-After"))
		require.Equal(t, words(t, "nl")["trouble.away.title"], got.words("h1"))
		require.Equal(t, address, got.Find("main a.button").AttrOr("href", ""), "it can be asked for again")
	}
	got.Find("link[rel=stylesheet], script[src]").Each(func(_ int, file *goquery.Selection) {
		at := file.AttrOr("href", file.AttrOr("src", ""))
		require.Equal(t, http.StatusOK, w.get(t, "", at).Status, at)
	})
}

// sendsAgain sends the form that was kept, and the first one once more: it is done, and once.
func (w troubled) sendsAgain(t *testing.T, e errand, kept response) {
	t.Helper()
	form := e.form
	if kept.Find("form.kept").Length() > 0 {
		form = "form.kept"
	}
	action, values := kept.form(t, form)
	maps.Copy(values, e.typed)
	for range 2 {
		product.Eventually(t, patience, e.name, func() error {
			if got := w.send(t, e.person, http.MethodPost, action, values); got.Status != http.StatusSeeOther {
				return fmt.Errorf("%d: %s", got.Status, got.words("main"))
			}
			return nil
		})
	}
	var done int
	require.NoError(t, w.SQL().QueryRowContext(t.Context(), e.effect).Scan(&done))
	assert.Equal(t, 1, done, e.name)
}

// staysLive has somebody send a form in a browser, and another one look on.
func (w troubled) staysLive(t *testing.T) {
	t.Helper()
	chromium, call := chromium(t), w.incident(t)
	farah := w.window(t, chromium, "farah").open(address+call.Number).sees("html[data-live=on] #finish", "").fill("#note", "Typed for long")
	olga := w.window(t, chromium, "olga").open(address+call.Number).sees("html[data-live=on] #call-step h2", "Accept")
	english := words(t, "en")
	mend := cut(t, w.postgres)
	farah.click("#finish > p > button.primary").sees("h1", english["trouble.away.title"]).sees("form.kept dd", "Typed for long")
	farah.accessible().screenshot("trouble-away")
	farah.turns("form.kept button").sees("form.kept dd", "Typed for long") // it is away still
	mend()
	w.ready(t)
	farah.click("form.kept button").sees(".said", english["said.finished"])
	olga.sees("#call-step h2", "Classify")
	_, err := w.As("goran").Note(t.Context(), call.Number, "I looked at it")
	require.NoError(t, err)
	olga.sees("#call-talk", "I looked at it")
}
