package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	w.withToken("admin", w.AdminToken)
	secret := strings.TrimSpace(w.Run("token", "issue", "farah", "--name", "<script>alert(1)</script>", "--scope", "read"))
	w.withToken("laptop", secret)
	issued, _, err := w.Admin.Tokens(t.Context(), usm.TokenFilter{Person: "farah"})
	require.NoError(t, err)
	require.Len(t, issued, 1)
	row := "#token-" + issued[0].ID

	t.Run("AreOnThePageOfTheSystem", func(t *testing.T) {
		got := w.get(t, "admin", "/system")
		require.Contains(t, got.words(row), "<script>alert(1)</script>")
		require.Contains(t, got.words(row), "read")
		require.Zero(t, got.Find("main script").Length())
		require.Contains(t, got.words("main"), "You use it now")
		require.Equal(t, 1, got.Find(`main a[href="/system/tokens"]`).Length())
		require.Contains(t, got.words("main"), "usm token issue")
		for _, person := range []string{"farah", "olga", "rosa"} {
			refused := w.get(t, person, "/system")
			require.Contains(t, refused.words("main"), "tokens are for administrators")
			require.Zero(t, refused.Find(row).Length(), person)
			require.Equal(t, http.StatusForbidden, w.get(t, person, "/system/tokens").Status)
			require.Equal(t, http.StatusForbidden, w.post(t, person, "/system/tokens/"+issued[0].ID+"/revoke", nil).Status)
		}
	})

	t.Run("AreNarrowedInTheAddress", func(t *testing.T) {
		people := w.get(t, "admin", "/system/tokens?kind=person&person=farah&state=good")
		require.Equal(t, 1, people.Find(row).Length())
		require.Equal(t, []string{"farah"}, slices.Compact(people.Find("tbody tr td:nth-child(2)").Map(
			func(_ int, cell *goquery.Selection) string { return cell.Text() })))
		require.Equal(t, "person", people.Find("select[name=kind] option[selected]").AttrOr("value", ""))
		machines := w.get(t, "admin", "/system/tokens?kind=machine")
		require.Equal(t, []string{"Token of a machine"}, machines.Find("tbody tr td:nth-child(3)").Map(
			func(_ int, cell *goquery.Selection) string { return cell.Text() }), "the administrator's own is the one")
		require.Contains(t, machines.words("tbody"), "administrator")
		require.NotEmpty(t, w.get(t, "admin", "/system/tokens?kind=session").words(".empty"))
	})

	t.Run("AreRevokedByWhoIsSure", func(t *testing.T) {
		require.Equal(t, http.StatusOK, w.get(t, "laptop", "/work").Status)
		shown := w.get(t, "admin", "/system/tokens?person=farah")
		require.NotContains(t, shown.Body, secret)
		require.Equal(t, "no-store", shown.Header.Get("Cache-Control"))
		require.Equal(t, 1, shown.Find(row+" details:not([open]) > form button").Length(), "it is asked for first, without a script")
		require.Equal(t, http.StatusForbidden, w.foreign(t, "admin", "/system/tokens/"+issued[0].ID+"/revoke", nil).Status)
		done := w.submit(t, "admin", shown, row+" form", nil)
		require.Equal(t, "/system/tokens?said=revoked", done.Header.Get("Location"), done.Body)
		require.Equal(t, http.StatusUnauthorized, w.get(t, "laptop", "/work").Status, "at the next page")

		after := w.get(t, "admin", done.Header.Get("Location"))
		require.NotEmpty(t, after.words(".said"))
		require.Contains(t, after.words(row), "revoked")
		require.Zero(t, after.Find(row+" form").Length())
		require.Equal(t, http.StatusSeeOther, w.submit(t, "admin", shown, row+" form", nil).Status, "again, it changes nothing")
		require.Equal(t, after.words(row), w.get(t, "admin", "/system/tokens").words(row))
		require.Equal(t, http.StatusNotFound, w.post(t, "admin", "/system/tokens/none/revoke", nil).Status)
	})

	t.Run("AreAccessible", func(t *testing.T) {
		b := w.window(t, chromium(t), "admin").open("/system").sees("h2", "Tokens").accessible()
		b.light().open("/system/tokens").sees("h1", "Tokens").accessible()
		b.click("main details summary").sees("details[open]", "refused from then on").accessible().light().screenshot("tokens-light")
		b.dark().screenshot("tokens-dark").phone().open("/system/tokens").sees("h1", "Tokens").screenshot("tokens-phone")
	})
}
