package console

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStyle(t *testing.T) {
	t.Parallel()
	w := start(t, "it")

	t.Run("ShowsEveryPartToAnybody", func(t *testing.T) {
		got := w.get(t, "", "/style")
		require.Equal(t, http.StatusOK, got.Status)
		for selector, n := range map[string]int{
			".status": 9, ".process": 5, ".priority": 6, ".left": 6, ".left.late": 2, ".left.soon": 2, ".card": 3, ".said": 1, ".problem": 1,
			"[aria-invalid=true]": 1, "button[disabled]": 1, "#style-drawings svg": 1, "#style-drawings path.improve": 4,
		} {
			require.Equal(t, n, got.Find(selector).Length(), selector)
		}
	})
	t.Run("IsAccessible", func(t *testing.T) {
		b := w.window(t, chromium(t), "").open("/style").sees("h1", "Style").accessible().screenshot("style")
		b.phone().open("/style").sees("h1", "Style").screenshot("style-phone")
	})
}
