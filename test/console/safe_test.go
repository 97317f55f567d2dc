package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

// firstLoad is how much a page brings at most with its style and its script.
const firstLoad = 150 << 10

// safe asserts what holds for every page, whatever it shows.
func safe(t *testing.T, w world, page response) {
	t.Helper()
	policy := page.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	for _, cookie := range page.Header.Values("Set-Cookie") {
		require.Contains(t, cookie, "SameSite=")
	}
	if page.Header.Get("Location") != "" || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
		return
	}
	require.Zero(t, page.Find("[style]").Length(), "a style that the policy refuses: %s", page.Body)
	require.Zero(t, page.Find("script:not([src]), style, iframe, object, embed, base").Length())
	size := len(page.Body)
	page.Find("*").Each(func(_ int, element *goquery.Selection) {
		for _, a := range element.Get(0).Attr {
			require.False(t, strings.HasPrefix(a.Key, "on"), "%s=%q", a.Key, a.Val)
			loads := a.Key == "src" || a.Key == "action" || a.Key == "formaction" || a.Key == "href" && goquery.NodeName(element) == "link"
			if loads {
				require.True(t, strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") || a.Val == "data:," || a.Val == "",
					"%s=%q", a.Key, a.Val)
			}
			require.NotContains(t, strings.ToLower(strings.TrimSpace(a.Val)), "javascript:")
		}
	})
	for _, file := range w.files(t, page) {
		size += len(file)
	}
	require.LessOrEqual(t, size, firstLoad, "what a first visit loads")
}

// files are the style and the script of a page.
func (w world) files(t *testing.T, page response) (files []string) {
	t.Helper()
	page.Find("link[rel=stylesheet], script[src]").Each(func(_ int, element *goquery.Selection) {
		address := element.AttrOr("href", element.AttrOr("src", ""))
		if _, known := w.kept[address]; !known {
			got := w.get(t, "", address)
			require.Equal(t, http.StatusOK, got.Status)
			require.Contains(t, got.Header.Get("Cache-Control"), "immutable")
			w.kept[address] = got.Body
		}
		files = append(files, w.kept[address])
	})
	require.Len(t, files, 2)
	return files
}

func TestForms(t *testing.T) {
	t.Parallel()
	w := start(t, "it")

	t.Run("LeadNowhereElse", func(t *testing.T) {
		for _, back := range []string{"//evil", "https://evil", `/\evil`, `/\\evil`, "/\r\nX: y", "javascript:alert(1)"} {
			got := w.post(t, "farah", "/preferences", url.Values{"language": {"nl"}, "back": {back}})
			require.Equal(t, http.StatusSeeOther, got.Status)
			require.Equal(t, "/", got.Header.Get("Location"), "%q", back)
			require.Contains(t, got.Header.Get("Set-Cookie"), "SameSite=Lax")
		}
		got := w.post(t, "farah", "/preferences", url.Values{"back": {"/work?said=claimed"}})
		require.Equal(t, "/work?said=claimed", got.Header.Get("Location"))
	})

	t.Run("OfAnotherSiteAreRefusedAndChangeNothing", func(t *testing.T) {
		call := w.incident(t)
		before, err := w.As("rosa").Domain(t.Context(), "it")
		require.NoError(t, err)
		file, err := w.As("rosa").DomainFile(t.Context(), "it")
		require.NoError(t, err)
		changed := strings.Replace(string(file), "Information technology", "Changed from elsewhere", 1)
		require.NotEqual(t, string(file), changed)
		for path, form := range map[string]url.Values{
			"/work":                         {"call": {call.Number}, "do": {"claim"}},
			"/preferences":                  {"language": {"nl"}},
			"/domains/it/apply":             {"file": {changed}, "digest": {"x"}, "base": {"1"}},
			"/domains/it/plan":              {"file": {changed}},
			"/system/dead-letters/1/replay": {},
		} {
			got := w.foreign(t, "rosa", path, form)
			require.Equal(t, http.StatusForbidden, got.Status, path)
			require.Contains(t, got.words("main"), "another site")
			require.Empty(t, got.Header.Get("Set-Cookie"))
		}
		after, err := w.As("rosa").Domain(t.Context(), "it")
		require.NoError(t, err)
		require.Equal(t, before.Version, after.Version)
		now, err := w.As("rosa").Call(t.Context(), call.Number)
		require.NoError(t, err)
		require.Empty(t, now.WaitingFor.Claimed)
	})
}
