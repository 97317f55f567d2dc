package signin_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/signin"
	"github.com/usm-works/usm/test/identity"
	"github.com/usm-works/usm/usm"
)

const callback = "http://usm.example/sign-in/callback"

var attempt = usm.SignIn{State: "state-1", Nonce: "nonce-1", Verifier: "a-verifier-of-at-least-forty-three-characters"}

// setup starts a provider and what signs in there.
func setup(t *testing.T, change ...func(*signin.Options)) (*signin.Provider, *identity.Provider) {
	t.Helper()
	there := identity.Start(t)
	options := signin.Options{Issuer: there.URL, ClientID: identity.ClientID, Secret: identity.Secret, Redirect: callback}
	for _, c := range change {
		c(&options)
	}
	provider, err := signin.New(options)
	require.NoError(t, err)
	return provider, there
}

// visit goes to the provider as a browser does, and returns what it comes back with.
func visit(t *testing.T, provider *signin.Provider, in usm.SignIn) url.Values {
	t.Helper()
	address, err := provider.Begin(t.Context(), in)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	back, err := response.Location()
	require.NoError(t, err)
	require.Equal(t, "usm.example", back.Host)
	require.Equal(t, in.State, back.Query().Get("state"))
	return back.Query()
}

func signIn(t *testing.T, provider *signin.Provider, in usm.SignIn) (usm.Identity, error) {
	t.Helper()
	return provider.Finish(t.Context(), in, visit(t, provider, in).Get("code"))
}

func requireCode(t *testing.T, want usm.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, usm.CodeOf(err), "%v", err)
}

func TestSigningIn(t *testing.T) {
	t.Parallel()

	t.Run("TellsWhoItIsAndSince", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		at := time.Now().Add(-time.Hour).Truncate(time.Second)
		there.Change(func(s *identity.Settings) { s.Claims = map[string]any{"auth_time": at.Unix()} })
		who, err := signIn(t, provider, attempt)
		require.NoError(t, err)
		require.Equal(t, "account-7", who.Subject)
		require.Equal(t, "olga@example.org", who.Email)
		require.Empty(t, who.Person)
		require.True(t, at.Equal(who.SignedIn))
		require.NotEmpty(t, who.IDToken)

		_, asked := there.Asked("/auth")
		require.Equal(t, "code", asked.Get("response_type"))
		require.Equal(t, "openid profile email", asked.Get("scope"))
		require.Equal(t, "S256", asked.Get("code_challenge_method"))
		require.Equal(t, "nonce-1", asked.Get("nonce"))
		require.Equal(t, callback, asked.Get("redirect_uri"))
		require.NotContains(t, asked, "prompt")
		require.NotContains(t, asked, "max_age")
	})

	t.Run("AsksToSignInAgainWhereItMayNotBeOld", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		again := attempt
		again.MaxAge = 900
		who, err := signIn(t, provider, again)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), who.SignedIn, 5*time.Second)
		_, asked := there.Asked("/auth")
		require.Equal(t, "900", asked.Get("max_age"))
		require.Equal(t, "login", asked.Get("prompt"))
	})

	t.Run("IsOfNoTimeWhereTheProviderDoesNotSay", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		there.Change(func(s *identity.Settings) { s.Claims = map[string]any{"auth_time": nil} })
		who, err := signIn(t, provider, attempt)
		require.NoError(t, err)
		require.Zero(t, who.SignedIn.Unix(), "older than any policy allows")
	})

	t.Run("StaysFreshForNoLongerByAClockThatIsAhead", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		there.Change(func(s *identity.Settings) {
			s.Claims = map[string]any{"auth_time": time.Now().Add(30 * time.Second).Unix()}
		})
		who, err := signIn(t, provider, attempt)
		require.NoError(t, err)
		require.False(t, who.SignedIn.After(time.Now()))
	})

	t.Run("NamesAPersonByAnotherClaim", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t, func(o *signin.Options) { o.Claim = "preferred_username" })
		there.Change(func(s *identity.Settings) {
			s.Claims = map[string]any{"preferred_username": "olga", "email_verified": false}
		})
		who, err := signIn(t, provider, attempt)
		require.NoError(t, err)
		require.Equal(t, "olga", who.Person)
		require.Empty(t, who.Email)
		for _, value := range []any{nil, "", 7, []string{"olga"}} {
			there.Change(func(s *identity.Settings) { s.Claims = map[string]any{"preferred_username": value} })
			_, err = signIn(t, provider, attempt)
			requireCode(t, usm.CodeForbidden, err)
		}
	})

	t.Run("WorksWithoutASecretAndWithOneInTheForm", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		there.Change(func(s *identity.Settings) {
			s.Discovery = map[string]any{"token_endpoint_auth_methods_supported": []string{"client_secret_post"}}
		})
		_, err := signIn(t, provider, attempt)
		require.NoError(t, err)

		public, _ := setup(t, func(o *signin.Options) { o.Secret = "" })
		_, err = signIn(t, public, attempt)
		requireCode(t, usm.CodeUnavailable, err) // this provider wants one, and says so in a way that nobody mistakes for a used code
		require.ErrorContains(t, err, "invalid_client")
	})
}

func TestSigningOut(t *testing.T) {
	t.Parallel()
	provider, there := setup(t)
	require.Empty(t, provider.SignOut("", "http://usm.example/"), "before it is known")
	who, err := signIn(t, provider, attempt)
	require.NoError(t, err)
	for hint, held := range map[string]bool{"": false, who.IDToken: true} {
		address, err := url.Parse(provider.SignOut(hint, "http://usm.example/sign-out"))
		require.NoError(t, err)
		require.Equal(t, there.URL+"/end", address.Scheme+"://"+address.Host+address.Path)
		require.Equal(t, identity.ClientID, address.Query().Get("client_id"))
		require.Equal(t, "http://usm.example/sign-out", address.Query().Get("post_logout_redirect_uri"))
		require.Equal(t, held, address.Query().Has("id_token_hint"))
	}
	without, there := setup(t)
	there.Change(func(s *identity.Settings) { s.Discovery = map[string]any{"end_session_endpoint": ""} })
	_, err = signIn(t, without, attempt)
	require.NoError(t, err)
	require.Empty(t, without.SignOut(who.IDToken, "http://usm.example/"))
}

func TestAProviderThatIsAway(t *testing.T) {
	t.Parallel()

	t.Run("StopsNothingAndRecovers", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		there.Change(func(s *identity.Settings) { s.Fails = "/.well-known/openid-configuration" })
		_, err := provider.Begin(t.Context(), attempt)
		requireCode(t, usm.CodeUnavailable, err)
		there.Change(func(s *identity.Settings) { s.Fails = "" })
		_, err = signIn(t, provider, attempt)
		require.NoError(t, err)
		_, err = signIn(t, provider, attempt)
		require.NoError(t, err)
		times, _ := there.Asked("/.well-known/openid-configuration")
		require.Equal(t, 2, times, "what it offers is asked for once")
	})

	t.Run("IsNotWaitedForForLong", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/.well-known/openid-configuration", "/token", "/keys"} {
			provider, there := setup(t, func(o *signin.Options) { o.Timeout = 100 * time.Millisecond })
			there.Change(func(s *identity.Settings) { s.Hangs = path })
			begun := time.Now()
			_, err := provider.Begin(t.Context(), attempt)
			if err == nil {
				_, err = signIn(t, provider, attempt)
			}
			require.Error(t, err, path)
			require.Less(t, time.Since(begun), 5*time.Second, path)
			there.Change(func(s *identity.Settings) { s.Hangs = "" })
			_, err = signIn(t, provider, attempt)
			require.NoError(t, err, path)
		}
	})

	t.Run("IsNotWaitedForByWhoHasGone", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t, func(o *signin.Options) { o.Timeout = 30 * time.Second })
		there.Change(func(s *identity.Settings) { s.Hangs = "/.well-known/openid-configuration" })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := provider.Begin(ctx, attempt)
		requireCode(t, usm.CodeUnavailable, err)
	})
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for issuer, fine := range map[string]bool{
		"https://id.example.org": true, "https://id.example.org/realms/x": true, "http://127.0.0.1:9000": true, "http://localhost:9000": true,
		"http://id.example.org": false, "ftp://id.example.org": false, "id.example.org": false, "": false,
		"https://id.example.org/?x=y": false, "https://id.example.org/#x": false, "://": false,
	} {
		_, err := signin.New(signin.Options{Issuer: issuer, ClientID: "usm"})
		require.Equal(t, fine, err == nil, "%q: %v", issuer, err)
	}
	_, err := signin.New(signin.Options{Issuer: "https://id.example.org"})
	require.ErrorContains(t, err, "client id")
}
