package server_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestASession(t *testing.T) {
	t.Parallel()

	t.Run("LastsWhileItIsUsed", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.open("/api/v1/me").status(http.StatusOK)
		require.Zero(t, b.sessions.noted, "once a minute is enough")
		for range 3 {
			b.sessions.pass(50 * time.Minute)
			b.open("/api/v1/me").status(http.StatusOK)
			b.open("/api/v1/me").status(http.StatusOK)
		}
		require.Equal(t, 3, b.sessions.noted)
		b.sessions.pass(50 * time.Minute)
		b.open("/sign-out").page(http.StatusOK, "Omar")
		b.sessions.pass(50 * time.Minute)
		b.open("/api/v1/me").status(http.StatusOK)
		b.sessions.pass(61 * time.Minute)
		p := b.open("/api/v1/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		require.Contains(t, p.Detail, "the session is over")
	})

	t.Run("LastsAtMostSoLong", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t, func(o *server.Options) { o.SignIn.Max = 100 * time.Minute }).browser()
		b.signIn("")
		for range 2 {
			b.open("/api/v1/me").status(http.StatusOK)
			b.sessions.pass(51 * time.Minute)
		}
		b.open("/api/v1/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
	})

	t.Run("GoesOnThoughItCannotBeNoted", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.sessions.pass(10 * time.Minute)
		b.sessions.gone = usm.Errorf(usm.CodeUnavailable, "away")
		b.open("/api/v1/me").status(http.StatusOK)
	})

	t.Run("StepsBackForABearerToken", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		var me struct{ Person string }
		b.open("/api/v1/me", "Authorization", "Bearer token-of-rita").status(http.StatusOK).into(&me)
		require.Equal(t, "rita", me.Person)
		b.open("/api/v1/me", "Authorization", "Bearer token-of-nobody").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		b.open("/api/v1/me", "Authorization", "Basic eDp5").status(http.StatusOK).into(&me)
		require.Equal(t, "omar", me.Person, "a proxy's own header is none of ours")
	})

	t.Run("SharesKeysOfIdempotencyWithTheOneAfterIt", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		open := func() *answer {
			raw, err := json.Marshal(newIncident())
			require.NoError(t, err)
			return b.visitWith(http.MethodPost, "/api/v1/calls", string(raw), "Content-Type", "application/json", "Idempotency-Key", "k-1")
		}
		b.signIn("")
		first := open().status(http.StatusCreated).call().Number
		b.signIn("?max_age=60")
		require.Equal(t, first, open().status(http.StatusCreated).call().Number)
	})

	t.Run("HasALimitOfRequestsOfItsOwn", func(t *testing.T) {
		t.Parallel()
		w := setupSignIn(t, func(o *server.Options) { o.Limits = server.Limits{Rate: 0.001, Burst: 4} })
		b := w.browser()
		b.signIn("")
		for range 4 {
			b.open("/api/v1/me").status(http.StatusOK)
		}
		b.open("/api/v1/me").problem(http.StatusTooManyRequests, usm.CodeRateLimited)
		w.get("omar", "/me").status(http.StatusOK)
	})
}

// TestWhatAnotherSiteSendsInSomebodysName has a browser send the cookie along, as SameSite=Lax does not, but a page of a
// sub-domain might.
func TestWhatAnotherSiteSendsInSomebodysName(t *testing.T) {
	t.Parallel()
	w := setupSignIn(t)
	b := w.browser()
	b.signIn("")
	send := func(method string, headers ...string) *answer {
		return b.visit(method, "/api/v1/calls", nil, append([]string{"Content-Type", "application/json"}, headers...)...)
	}
	for name, headers := range map[string][]string{
		"CrossSite": {"Sec-Fetch-Site", "cross-site"}, "SameSite": {"Sec-Fetch-Site", "same-site"},
		"AnotherOrigin": {"Origin", "https://evil.example"}, "NoOrigin": {"Origin", "null"},
		"OriginAndSite": {"Sec-Fetch-Site", "cross-site", "Origin", w.url},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := *w.world
			own.t = t
			b := &browser{signedIn{&own, w.provider, w.sessions}, maps.Clone(b.cookies)}
			for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
				path := map[string]string{http.MethodPost: "/calls", http.MethodDelete: "/delegations/1", http.MethodPut: "/domains/it"}[method]
				got := b.visit(method, "/api/v1"+path, nil, append([]string{"Content-Type", "application/json"}, headers...)...)
				got.problem(http.StatusForbidden, usm.CodeForbidden)
			}
			b.visit(http.MethodPost, "/sign-out", nil, headers...).page(http.StatusForbidden, "A page of another site")
			b.open("/api/v1/me", headers...).status(http.StatusOK)
			// A bearer token is sent by nobody unasked.
			b.send("omar", http.MethodPost, "/api/v1/calls", newIncident(), headers...).status(http.StatusCreated)
		})
	}
	t.Run("IsToldFromOurOwnPages", func(t *testing.T) {
		t.Parallel()
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "same-origin"}, {"Origin", w.url}, {"Sec-Fetch-Site", "none"}, {"Origin", "http://usm.example"}, nil,
		} {
			require.NotEqual(t, http.StatusForbidden, send(http.MethodPost, headers...).StatusCode, headers)
		}
	})
}

func TestSigningOut(t *testing.T) {
	t.Parallel()

	t.Run("EndsTheSession", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		stolen := b.browser()
		stolen.cookies["usm"] = b.cookies["usm"]
		require.Contains(t, b.open("/sign-out").page(http.StatusOK, "Omar"), `<form method="post">`)
		b.open("/api/v1/me").status(http.StatusOK)
		body := b.visit(http.MethodPost, "/sign-out", nil).page(http.StatusOK, "You are signed out")
		require.NotContains(t, body, "http-equiv")
		require.NotContains(t, b.cookies, "usm")
		require.NotContains(t, b.cookies, "usm-id")
		for _, holder := range []*browser{b, stolen} {
			holder.open("/api/v1/me").problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
		}
		require.Contains(t, b.open("/sign-out").page(http.StatusOK, "You are signed out"), `href="/sign-in"`)
		b.visit(http.MethodPost, "/sign-out", nil).page(http.StatusOK, "You are signed out")
	})

	t.Run("GoesOnToTheProvider", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.provider.end = "https://id.example/end"
		b.signIn("")
		body := b.visit(http.MethodPost, "/sign-out", nil).page(http.StatusOK, "You are being sent to the sign-in provider")
		there := "https://id.example/end?id_token_hint=id-token&amp;post_logout_redirect_uri=" + url.QueryEscape("http://usm.example/sign-out")
		require.Contains(t, body, `<a href="`+there+`">`)
		require.Contains(t, body, `<meta http-equiv="refresh" content="0; url=`+there+`">`)
	})

	t.Run("IsNotClaimedWhenItDidNotHappen", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.sessions.gone = usm.Errorf(usm.CodeUnavailable, "away")
		b.visit(http.MethodPost, "/sign-out", nil).page(http.StatusServiceUnavailable, "Not now")
		require.NotEmpty(t, b.cookies["usm"])
	})
}

// TestWhatIsLoggedOfSigningIn looks for everything that lets somebody in.
func TestWhatIsLoggedOfSigningIn(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	metrics := server.NewMetrics(prometheus.NewRegistry())
	w := setupSignIn(t, func(o *server.Options) { o.Logger, o.Metrics = slog.New(slog.NewJSONHandler(&log, nil)), metrics })
	b := w.browser()
	request := []string{"X-Request-Id", "sign-in-7"}
	back := b.begin("?return=/decide/secret-of-a-link")
	b.open(back, request...).status(http.StatusSeeOther)
	secrets := []string{b.cookies["usm"], b.cookies["usm-sign-in"], b.cookies["usm-id"], "secret-of-a-link", "code=good"}
	for _, in := range w.provider.begun {
		secrets = append(secrets, in.State, in.Nonce, in.Verifier)
	}
	b.open(back, request...).status(http.StatusBadRequest)
	w.provider.who.Person = "stranger"
	b.open(b.begin(""), request...).status(http.StatusForbidden)
	b.visit(http.MethodPost, "/sign-out", nil).status(http.StatusOK)
	text := log.String()
	for _, secret := range secrets {
		require.NotEmpty(t, secret)
		require.NotContains(t, text, secret)
	}
	require.Regexp(t, `"method":"GET","route":"/sign-in/callback","status":303.*"request_id":"sign-in-7"`, text)
	require.Contains(t, text, `"person":"omar"`)
	require.Contains(t, text, `the account \"account-7\" is that of no active person`)
	require.Contains(t, text, "the provider does not take the code")
	measured := string(w.send("", http.MethodGet, "/metrics", nil).status(http.StatusOK).body)
	for _, result := range []string{"signed_in", "again", "refused", "signed_out"} {
		require.Contains(t, measured, `usm_sign_ins_total{result="`+result+`"} 1`)
	}
}
