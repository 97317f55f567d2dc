package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestSigningIn(t *testing.T) {
	t.Parallel()

	t.Run("LeadsToTheProviderAndBack", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		back := b.begin("?return=" + url.QueryEscape("/calls/INC-1?tab=path"))
		require.NotContains(t, back, "INC-1", "the provider does not learn what it is for")
		in := b.provider.begun[0]
		require.Zero(t, in.MaxAge)
		require.GreaterOrEqual(t, len(in.Verifier), 43)
		require.NotContains(t, []string{in.Nonce, in.State, b.cookies["usm-sign-in"]}, in.Verifier)
		b.get("", "/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)

		got := b.open(back).status(http.StatusSeeOther)
		require.Equal(t, "/calls/INC-1?tab=path", got.Header.Get("Location"))
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", got.Header.Get("Referrer-Policy"))
		var me struct {
			Person  string
			Scopes  []string
			Session map[string]time.Time
		}
		b.open("/api/v1/me").status(http.StatusOK).into(&me)
		require.Equal(t, "omar", me.Person)
		require.Nil(t, me.Scopes)
		require.WithinDuration(t, time.Now(), me.Session["signed_in"], time.Minute)
		require.WithinDuration(t, time.Now().Add(time.Hour), me.Session["idle_until"], time.Minute)
		require.WithinDuration(t, time.Now().Add(12*time.Hour), me.Session["expires_at"], time.Minute)
	})

	t.Run("AsksForAFreshOne", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		require.Equal(t, "/", b.signIn("?max_age=900").Header.Get("Location"))
		require.Equal(t, 900, b.provider.begun[0].MaxAge)
		b.signIn("?max_age=0")
		require.Equal(t, 1, b.provider.begun[1].MaxAge, "0 is now, not any age")
	})

	t.Run("SetsCookiesThatNoScriptAndNoOtherSiteUses", func(t *testing.T) {
		t.Parallel()
		for address, prefix := range map[string]string{"https://usm.example": "__Host-", "http://usm.example": ""} {
			b := setupSignIn(t, func(o *server.Options) { o.PublicURL = address }).browser()
			cookies := append(b.open("/sign-in").Cookies(), b.signIn("").Cookies()...)
			require.Len(t, cookies, 3)
			for i, name := range []string{"usm-sign-in", "usm", "usm-id"} {
				cookie := cookies[i]
				if name == "usm-id" {
					prefix = strings.Replace(prefix, "Host", "Secure", 1)
				}
				require.Equal(t, prefix+name, cookie.Name)
				require.Equal(t, name == "usm-id", cookie.Path != "/")
				require.True(t, cookie.HttpOnly)
				require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
				require.Equal(t, prefix != "", cookie.Secure)
				require.Empty(t, cookie.Domain)
			}
			require.Equal(t, 600, cookies[0].MaxAge)
			require.Zero(t, cookies[1].MaxAge, "a session ends with the browser")
		}
	})

	t.Run("TakesNoSessionThatSomebodyElsePlanted", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.cookies["usm"] = "planted"
		b.signIn("")
		first := b.cookies["usm"]
		require.NotEqual(t, "planted", first)
		b.signIn("?max_age=60")
		require.NotEqual(t, first, b.cookies["usm"])
		old := b.browser()
		old.cookies["usm"] = first
		old.open("/api/v1/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		b.open("/api/v1/me").status(http.StatusOK)
	})

	t.Run("WorksInTwoTabsAtOnce", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		first, second := b.begin("?return=/calls/INC-1"), b.begin("?return=/calls/INC-2&max_age=60")
		require.NotEqual(t, first, second)
		require.Equal(t, "/calls/INC-2", b.open(second).status(http.StatusSeeOther).Header.Get("Location"))
		require.Equal(t, "/calls/INC-1", b.open(first).status(http.StatusSeeOther).Header.Get("Location"))
		require.Len(t, b.sessions.tokens, 1, "one replaced the other")
		require.NotEqual(t, b.provider.begun[0].Nonce, b.provider.begun[1].Nonce)
		require.NotEqual(t, b.provider.begun[0].Verifier, b.provider.begun[1].Verifier)
	})

	t.Run("IsNotThereWithoutAProvider", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.Contains(t, string(setupSignIn(t).send("", http.MethodGet, "/", nil).body), `href="/sign-in?return=%2F"`)
		require.NotContains(t, string(w.send("", http.MethodGet, "/", nil).body), "/sign-in")
		for _, path := range []string{"/sign-in", "/sign-in/callback", "/sign-in/terminal", "/sign-out"} {
			w.send("", http.MethodGet, path, nil).problem(http.StatusNotFound, usm.CodeNotFound)
		}
		w.get("", "/me", "Cookie", "usm=token-of-omar").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
	})
}

// page asserts a page of the house's look that says what it should.
func (a *answer) page(status int, says string) string {
	a.t.Helper()
	a.status(status)
	body := string(a.body)
	require.Contains(a.t, body, says)
	require.Contains(a.t, body, `href="/static/console.css`)
	require.NotContains(a.t, body, "<script")
	require.Equal(a.t, "text/html; charset=utf-8", a.Header.Get("Content-Type"))
	require.Equal(a.t, "no-store", a.Header.Get("Cache-Control"))
	require.Equal(a.t, "no-referrer", a.Header.Get("Referrer-Policy"))
	require.Contains(a.t, a.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; form-action 'self'")
	return body
}

func TestASignInThatFails(t *testing.T) {
	t.Parallel()
	const again, lost = "Signing in did not work", http.StatusBadRequest
	for name, c := range map[string]struct {
		prepare func(b *browser, back string) string // where the browser comes back to
		status  int
		says    string
	}{
		"CancelledByThePerson": {
			func(_ *browser, back string) string { return back + "&error=access_denied&error_description=%3Cb%3E" },
			http.StatusForbidden, "You are not signed in",
		},
		"NeedsALogin":      {func(_ *browser, back string) string { return back + "&error=login_required" }, lost, again},
		"WithAnOddError":   {func(_ *browser, back string) string { return back + "&error=" + strings.Repeat("<x>", 500) }, lost, again},
		"ProviderOverload": {func(_ *browser, back string) string { return back + "&error=temporarily_unavailable" }, 503, "Not now"},
		"WithoutAState":    {func(*browser, string) string { return "/sign-in/callback?code=good" }, lost, again},
		"WithoutAnything":  {func(*browser, string) string { return "/sign-in/callback" }, lost, again},
		"WithoutACode":     {func(_ *browser, back string) string { return strings.Replace(back, "code=good&", "", 1) }, lost, again},
		"WithAChangedState": {
			func(_ *browser, back string) string { return back[:len(back)-8] + "AAAAAAAA" }, lost, again,
		},
		"WithoutTheCookie": {func(b *browser, back string) string { delete(b.cookies, "usm-sign-in"); return back }, lost, again},
		"WithAnotherCookie": {
			func(b *browser, back string) string { b.cookies["usm-sign-in"] = strings.Repeat("A", 43); return back }, lost, again,
		},
		"WithAnOddCookie": {func(b *browser, back string) string { b.cookies["usm-sign-in"] = "x"; return back }, lost, again},
		"OfAnotherBrowser": {
			func(b *browser, _ string) string { return b.browser().begin("") }, lost, again,
		},
		"OfNobodyHere": {
			func(b *browser, back string) string { b.provider.who.Person = "stranger"; return back },
			http.StatusForbidden, "You are not known here",
		},
		"WhileTheProviderIsAway": {
			func(b *browser, back string) string {
				b.provider.wrong = usm.Errorf(usm.CodeUnavailable, "dial")
				return back
			},
			http.StatusServiceUnavailable, "Not now",
		},
		"WhileTheRegistersAreAway": {
			func(b *browser, back string) string {
				b.sessions.gone = usm.Errorf(usm.CodeUnavailable, "dial")
				return back
			},
			http.StatusServiceUnavailable, "Not now",
		},
		"ByAFaultOfOurs": {
			func(b *browser, back string) string { b.sessions.gone = http.ErrAbortHandler; return back },
			http.StatusInternalServerError, "Not now",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupSignIn(t).browser()
			body := b.open(c.prepare(b, b.begin("?return=/calls/INC-77"))).page(c.status, c.says)
			require.NotContains(t, body, "INC-77")
			require.NotContains(t, body, "account-7", "it reveals nothing")
			require.NotContains(t, body, "<b>")
			require.Empty(t, b.cookies["usm"])
			b.open("/api/v1/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		})
	}

	t.Run("BecauseItIsDoneTwice", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		back := b.begin("")
		b.open(back).status(http.StatusSeeOther)
		b.open(back).page(lost, again)
		b.open("/api/v1/me").status(http.StatusOK)
	})

	t.Run("BeforeItBegins", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.provider.away = usm.Errorf(usm.CodeUnavailable, "no route")
		require.Equal(t, "2", b.open("/sign-in").Header.Get("Retry-After"))
		require.NotContains(t, b.open("/sign-in").page(http.StatusServiceUnavailable, "Not now"), "no route")
		b.provider.away = nil
		b.signIn("")
		for _, age := range []string{"-1", "x", "1.5", "99999999999"} {
			b.open("/sign-in?max_age="+age).page(http.StatusUnprocessableEntity, "cannot be right")
		}
	})
}

// TestTheNameOfThisMachine has a browser say localhost where the provider sends people back to 127.0.0.1, without its cookies.
func TestTheNameOfThisMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ public, asked, leads string }{
		{"http://127.0.0.1:8080", "localhost:8080", "http://127.0.0.1:8080/sign-in?return=%2Fx&max_age=9"},
		{"http://localhost:8080", "127.0.0.1:8080", "http://localhost:8080/sign-in?return=%2Fx&max_age=9"},
		{"http://127.0.0.1:8080", "[::1]:8080", "http://127.0.0.1:8080/sign-in?return=%2Fx&max_age=9"},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", "https://id.example/"},
		{"https://usm.example", "localhost:8080", "https://id.example/"}, // a proxy's name for us
		{"http://127.0.0.1:8080", "evil.example", "https://id.example/"},
		{"http://127.0.0.1:8080", "", "https://id.example/"},
	} {
		w := setupSignIn(t, func(o *server.Options) { o.PublicURL = c.public })
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sign-in?return=%2Fx&max_age=9", http.NoBody)
		request.Host = c.asked
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, request)
		require.Equal(t, http.StatusSeeOther, got.Code)
		require.True(t, strings.HasPrefix(got.Header().Get("Location"), c.leads), "%v: %s", c, got.Header().Get("Location"))
	}
}
