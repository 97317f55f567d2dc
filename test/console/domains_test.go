package console

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

func TestDomains(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	content, err := w.As("rosa").DomainFile(t.Context(), "it")
	require.NoError(t, err)
	file := string(content)

	t.Run("ShowWhoDoesWhatAndWhen", func(t *testing.T) {
		list := w.get(t, "farah", "/domains")
		require.Equal(t, "/domains/it", list.Find("main td a").AttrOr("href", ""))
		got := w.get(t, "farah", "/domains/it")
		text := got.words("main")
		for _, part := range []string{
			"Information technology", "Service desk", "Farah Nouri", "Hours of the order floor", "Eve of Saint Nicholas", "Public holidays of NL",
			"Umar Siddiqui", "Has left",
		} {
			require.Contains(t, text, part)
		}
		require.Equal(t, 5, got.Find(".procedure").Length())
		require.Equal(t, 37, got.Find(".procedure tbody tr").Length(), "every step has its row")
		for _, cell := range []string{"td:nth-child(2)", "td:nth-child(3)", "td:nth-child(4)"} {
			require.NotContains(t, got.Find(".procedure tbody tr").Map(func(_ int, row *goquery.Selection) string {
				return strings.TrimSpace(row.Find(cell).Text())
			}), "", "somebody is responsible for each step")
		}
		require.Equal(t, "Critical", got.words(".compact tbody tr:first-child td:nth-child(2)"))
	})

	t.Run("AreDownloaded", func(t *testing.T) {
		got := w.get(t, "farah", "/domains/it/file")
		require.Equal(t, file, got.Body)
		require.Equal(t, "application/yaml", got.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="it.yaml"`, got.Header.Get("Content-Disposition"))
		require.Equal(t, http.StatusNotFound, w.get(t, "farah", "/domains/mars").Status)
		require.Equal(t, http.StatusNotFound, w.get(t, "farah", "/domains/mars/file").Status)
	})

	t.Run("ArePlannedAndAppliedAfterAMistake", func(t *testing.T) {
		shown := w.get(t, "rosa", "/domains/it")
		bad := strings.Replace(file, "class: manager", "class: emperor", 1)
		wrong := w.submit(t, "rosa", shown, "#plan", url.Values{"file": {bad}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Contains(t, wrong.words("#wrong"), "/profiles/0/class")
		require.Regexp(t, `line \d+|:\d+:\d+`, wrong.words("#wrong"), "it says where")
		require.Equal(t, "true", wrong.Find("textarea").AttrOr("aria-invalid", ""))
		require.Equal(t, bad, wrong.Find("textarea").Text(), "what was typed is kept")
		require.Zero(t, wrong.Find("#apply").Length())

		good := strings.Replace(file, "name: Information technology", `name: "<script>alert(1)</script>"`, 1)
		planned := w.submit(t, "rosa", wrong, "#plan", url.Values{"file": {good}})
		require.Equal(t, http.StatusOK, planned.Status)
		require.Equal(t, 1, planned.Find("#differences tbody tr").Length())
		require.Contains(t, planned.words("#differences th"), "Name")
		require.Zero(t, planned.Find("main script").Length())

		other := w.submit(t, "rosa", planned, "#apply", url.Values{"file": {file + "\n# not this one"}})
		require.Equal(t, http.StatusConflict, other.Status)
		require.Contains(t, other.words("#wrong"), "not the file")

		before, err := w.As("rosa").Domain(t.Context(), "it")
		require.NoError(t, err)
		applied := w.submit(t, "rosa", planned, "#apply", nil)
		require.Equal(t, http.StatusSeeOther, applied.Status, applied.Body)
		require.Equal(t, "/domains/it?said=applied", applied.Header.Get("Location"))
		after, err := w.As("rosa").Domain(t.Context(), "it")
		require.NoError(t, err)
		require.Equal(t, before.Version+1, after.Version)
		require.Equal(t, "<script>alert(1)</script>", after.Name)
		seen := w.get(t, "rosa", applied.Header.Get("Location"))
		require.Zero(t, seen.Find("main script").Length())
		require.Equal(t, "<script>alert(1)</script>", seen.Find("h1").Text())

		late := w.submit(t, "rosa", planned, "#apply", url.Values{"key": {"another"}})
		require.Equal(t, http.StatusConflict, late.Status, "the domain has changed since it was planned")
		require.Contains(t, late.words("#wrong"), "has changed")
	})

	t.Run("AreChangedByWhoMayAlone", func(t *testing.T) {
		shown := w.get(t, "farah", "/domains/it")
		got := w.submit(t, "farah", shown, "#plan", url.Values{"file": {file}})
		require.Equal(t, http.StatusForbidden, got.Status)
		require.Contains(t, got.words("main"), "class manager")
		require.Equal(t, lf(file), lf(got.Find("input[name=file]").AttrOr("value", "")), "what was typed is kept")
	})

	t.Run("SayWhatIsNotApplied", func(t *testing.T) {
		shown := w.get(t, "rosa", "/domains/it")
		now, err := w.As("rosa").DomainFile(t.Context(), "it")
		require.NoError(t, err)
		component := strings.Index(string(now), "\ncomponents:")
		require.Positive(t, component)
		changed := string(now)[:component] + strings.Replace(string(now)[component:], "name: ", "name: Another ", 1)
		got := w.submit(t, "rosa", shown, "#plan", url.Values{"file": {changed}})
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.words("#not-applied"), "Another ")
		require.Zero(t, got.Find("#apply").Length(), "nothing of it can be applied")
	})

	t.Run("AreTakenAsAFile", func(t *testing.T) {
		got := w.upload(t, "rosa", "/domains/it/plan", "upload", "it.yaml", strings.Replace(file, "name: Hardware", "name: Iron", 1))
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.words("#differences"), "Iron")
	})

	t.Run("AreAccessible", func(t *testing.T) {
		c := chromium(t)
		w.window(t, c, "farah").open("/domains").sees("h1", "Domains").accessible()
		b := w.window(t, c, "rosa").open("/domains/it").sees("h2", "Change this domain").accessible()
		b.light().open("/domains/it").sees("h2", "Change").screenshot("domain-light").dark().screenshot("domain-dark")
		b.light().fill("#plan textarea", "id: it\nname: 7\n").click("#plan button").sees("#wrong li", "").accessible()
		b.screenshot("domain-wrong")
		b.phone().open("/domains/it").sees("h2", "Change").screenshot("domain-phone")
	})
}

func lf(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// upload sends a form with a file.
func (w world) upload(t *testing.T, person, path, field, name, content string) response {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	require.NoError(t, err)
	_, err = part.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return w.sendBody(t, person, http.MethodPost, path, form.FormDataContentType(), &body)
}
