package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAPageOfTheConsole(t *testing.T) {
	t.Parallel()
	open := func(w *world, as, path string, headers ...string) *answer {
		w.t.Helper()
		return w.send(as, http.MethodGet, path, nil, headers...)
	}

	t.Run("FindsOutOnceWhoAsks", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		open(w, "omar", "/work").status(http.StatusOK)
		require.EqualValues(t, 1, w.store.foundOut.Load(), "who he is, his work and his approvals are three requests")
		open(w, "omar", "/work").status(http.StatusOK)
		require.EqualValues(t, 2, w.store.foundOut.Load(), "the next page finds out anew")
	})

	t.Run("IsRefusedOnceATokenIsRevoked", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.store.others = map[string]usm.Caller{"brief": {Token: usm.Token{ID: "b", Person: "omar"}, Domains: map[string][]string{"it": {"desk"}}}}
		open(w, "brief", "/work").status(http.StatusOK)
		w.store.others = nil
		open(w, "brief", "/work").status(http.StatusUnauthorized)
		open(w, "brief", "/work", "Cookie", "usm=token-of-omar").status(http.StatusUnauthorized)
	})

	t.Run("IsRefusedOnceASessionHasEnded", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.open("/work").status(http.StatusOK)
		stolen := b.browser()
		stolen.cookies["usm"] = b.cookies["usm"]
		stolen.open("/work").status(http.StatusOK)
		b.visit(http.MethodPost, "/sign-out", nil).status(http.StatusOK)
		gone := stolen.open("/work").status(http.StatusSeeOther)
		require.Equal(t, "/sign-in?return=%2Fwork", gone.Header.Get("Location"))
	})

	t.Run("IsAskedForEachRequestWhetherItIsAllowed", func(t *testing.T) {
		t.Parallel()
		open(setup(t), "rita", "/system").status(http.StatusForbidden)
	})

	t.Run("NotesOnceThatASessionIsUsed", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.sessions.pass(10 * time.Minute)
		b.open("/work").status(http.StatusOK)
		require.Equal(t, 1, b.sessions.noted)
	})

	t.Run("LetsNoHeaderSayThatARequestIsPartOfIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		open(w, "omar", "/work").status(http.StatusOK)
		before := w.store.foundOut.Load()
		// What a page sends along with its requests, and what could be taken for more of it.
		headers := []string{
			"Sec-Fetch-Site", "same-origin", "Origin", w.url, "X-Request-Id", "page", "Cookie", "usm=token-of-omar",
			"X-Forwarded-User", "omar", "X-Page", "omar",
		}
		open(w, "", "/api/v1/me", headers...).problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		open(w, "", "/work", headers...).status(http.StatusUnauthorized)
		var me struct{ Person string }
		for range 2 {
			open(w, "rita", "/api/v1/me", headers...).status(http.StatusOK).into(&me)
			require.Equal(t, "rita", me.Person)
		}
		require.Equal(t, before+2, w.store.foundOut.Load(), "outside of a page each request finds out")
	})
}
