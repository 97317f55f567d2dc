package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

func TestANewDomain(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	w.withToken("admin", w.AdminToken)
	begun := w.get(t, "admin", "/new-domain?from=hr")
	file := begun.Find("#plan textarea").Text()
	for _, member := range []string{"\nid", "provider", "customer"} { // wherever it names itself
		file = strings.ReplaceAll(file, member+": hr\n", member+": library\n")
	}

	t.Run("BeginsWithOneThatComesWithTheProduct", func(t *testing.T) {
		require.Equal(t, "/new-domain", w.get(t, "admin", "/domains").Find("main a.button").AttrOr("href", ""))
		require.Zero(t, w.get(t, "rosa", "/domains").Find("main a.button").Length())
		empty := w.get(t, "admin", "/new-domain")
		require.Empty(t, empty.Find("#plan textarea").Text())
		require.Equal(t, []string{"facilities", "finance", "healthcare", "hr", "it"}, empty.Find("main nav a").Map(
			func(_ int, a *goquery.Selection) string { return a.Text() }))
		require.Contains(t, file, "\nid: library\n")
		require.Equal(t, "page", begun.Find(`main nav a[href="/new-domain?from=hr"]`).AttrOr("aria-current", ""))
		require.Empty(t, w.get(t, "admin", "/new-domain?from=mars").Find("#plan textarea").Text())
	})

	t.Run("SaysWhereItsFileIsWrong", func(t *testing.T) {
		bad := strings.Replace(file, "class: manager", "class: emperor", 1)
		wrong := w.submit(t, "admin", begun, "#plan", url.Values{"file": {bad}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Regexp(t, `line \d+, column \d+`, wrong.words("#wrong"))
		require.Equal(t, bad, wrong.Find("textarea").Text(), "what was typed is kept")
		require.Equal(t, "true", wrong.Find("textarea").AttrOr("aria-invalid", ""))
		require.Zero(t, wrong.Find("#apply").Length())
		for _, none := range []string{"", "name: Library", `{"name": "Library"}`, "id: \"\x00\"", "- id: library"} {
			got := w.submit(t, "admin", wrong, "#plan", url.Values{"file": {none}})
			require.Equal(t, http.StatusUnprocessableEntity, got.Status, none)
			require.NotEmpty(t, got.words("#wrong li"), none)
		}
	})

	t.Run("IsAppliedAsItWasShown", func(t *testing.T) {
		planned := w.submit(t, "admin", begun, "#plan", url.Values{"file": {file}})
		require.Equal(t, http.StatusOK, planned.Status, planned.words("#wrong"))
		lines := planned.Find("#differences tbody tr")
		require.Greater(t, lines.Length(), 10)
		require.Equal(t, lines.Length(), lines.Find("th .small:contains(added)").Length(), "everything is added")
		_, err := w.Admin.Domain(t.Context(), "library")
		require.Error(t, err, "a plan changes nothing")

		other := w.submit(t, "admin", planned, "#apply", url.Values{"file": {file + "\n# not this one"}})
		require.Equal(t, http.StatusConflict, other.Status)
		require.Contains(t, other.words("#wrong"), "not the file")
		require.Equal(t, "/new-domain", other.Find("#plan").AttrOr("action", ""), "it goes on as it began")

		applied := w.submit(t, "admin", planned, "#apply", nil)
		require.Equal(t, "/domains/library?said=applied", applied.Header.Get("Location"), applied.words("#wrong"))
		made, err := w.Admin.Domain(t.Context(), "library")
		require.NoError(t, err)
		require.Equal(t, 1, made.Version)
		require.Equal(t, http.StatusOK, w.get(t, "admin", "/domains/library").Status)

		late := w.submit(t, "admin", planned, "#apply", url.Values{"key": {"another"}})
		require.Equal(t, http.StatusConflict, late.Status, "somebody has made it meanwhile")
		again := w.submit(t, "admin", begun, "#plan", url.Values{"file": {file}})
		require.Contains(t, again.words("#there"), "library")
		require.Zero(t, again.Find("#apply").Length(), "the file says what it is already")
	})

	t.Run("IsTakenAsAFileInJSON", func(t *testing.T) {
		got := w.upload(t, "admin", "/new-domain", "upload", "archive.json", `{"id": "archive"}`)
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.Contains(t, got.words("#wrong"), "/calendar: line 1, column 1: is required")
		require.NotContains(t, got.words("#wrong"), "/id", "the id was found")
	})

	t.Run("IsMadeByAdministratorsAlone", func(t *testing.T) {
		refused := w.get(t, "rosa", "/new-domain?from=hr")
		require.Equal(t, http.StatusForbidden, refused.Status)
		require.Contains(t, refused.words("main"), "administrators")
		for _, path := range []string{"/new-domain", "/domains/mine/plan"} {
			got := w.post(t, "rosa", path, url.Values{"file": {"id: mine\n"}})
			require.Equal(t, http.StatusForbidden, got.Status)
			require.Equal(t, "id: mine\n", lf(got.Find("input[name=file]").AttrOr("value", "")), "what was typed is kept")
		}
		_, err := w.Admin.Domain(t.Context(), "mine")
		require.Equal(t, usm.CodeNotFound, client.CodeOf(err))
	})

	t.Run("IsAccessible", func(t *testing.T) {
		b := w.window(t, chromium(t), "admin").open("/new-domain?from=it").sees("h1", "A new domain").accessible().screenshot("domain-new")
		b.light().fill("#plan textarea", "id: it\nname: 7\n").click("#plan button").sees("#wrong li", "").accessible()
		b.phone().open("/new-domain").sees("h1", "A new domain").screenshot("domain-new-phone")
	})
}
