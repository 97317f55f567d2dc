package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/signin"
	"github.com/usm-works/usm/test/identity"
	"github.com/usm-works/usm/usm"
)

// TestAnIDTokenThatIsNoGood makes each part of it wrong, one at a time.
func TestAnIDTokenThatIsNoGood(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(time.Hour).Unix()
	for name, c := range map[string]struct {
		claims map[string]any
		maxAge int
		says   string
		code   usm.Code
	}{
		"Expired":             {map[string]any{"exp": time.Now().Add(-time.Second).Unix()}, 0, "expired", usm.CodeUnauthenticated},
		"NotYetGood":          {map[string]any{"nbf": soon}, 0, "nbf", usm.CodeUnauthenticated},
		"OfAnotherIssuer":     {map[string]any{"iss": "https://evil.example"}, 0, "different provider", usm.CodeUnauthenticated},
		"ForAnotherClient":    {map[string]any{"aud": "another"}, 0, "audience", usm.CodeUnauthenticated},
		"ForSeveralClients":   {map[string]any{"aud": []string{"usm", "another"}}, 0, "another client", usm.CodeUnauthenticated},
		"AuthorizedForOthers": {map[string]any{"azp": "another"}, 0, "another client", usm.CodeUnauthenticated},
		"WithAnotherNonce":    {map[string]any{"nonce": "nonce-2"}, 0, "another sign-in", usm.CodeUnauthenticated},
		"WithoutANonce":       {map[string]any{"nonce": nil}, 0, "another sign-in", usm.CodeUnauthenticated},
		"AboutNobody":         {map[string]any{"sub": nil}, 0, "about nobody", usm.CodeUnauthenticated},
		"OfAnotherAccess":     {map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, 0, "access token hash", usm.CodeUnauthenticated},
		"OfNoTime":            {map[string]any{"auth_time": nil}, 900, "does not say when", usm.CodeUnauthenticated},
		"OfAnOldSignIn": {
			map[string]any{"auth_time": time.Now().Add(-17 * time.Minute).Unix()}, 900, "did not ask to sign in again", usm.CodeUnauthenticated,
		},
		"OfALaterSignIn":      {map[string]any{"auth_time": soon}, 0, "will sign in", usm.CodeUnauthenticated},
		"WithATimeOfNone":     {map[string]any{"auth_time": "now"}, 0, "cannot be read", usm.CodeUnauthenticated},
		"WithUnverifiedMail":  {map[string]any{"email_verified": false}, 0, "verified", usm.CodeForbidden},
		"WithMailOfNobodyYet": {map[string]any{"email_verified": "false"}, 0, "verified", usm.CodeForbidden},
		"WithMailUnknown":     {map[string]any{"email_verified": nil}, 0, "verified", usm.CodeForbidden},
		"WithoutMail":         {map[string]any{"email": nil}, 0, "verified", usm.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, there := setup(t)
			there.Change(func(s *identity.Settings) { s.Claims = c.claims })
			in := attempt
			in.MaxAge = c.maxAge
			_, err := signIn(t, provider, in)
			requireCode(t, c.code, err)
			require.ErrorContains(t, err, c.says)
		})
	}
	t.Run("ButASeveralClientsTokenThatIsOursIsTaken", func(t *testing.T) {
		t.Parallel()
		provider, there := setup(t)
		there.Change(func(s *identity.Settings) {
			s.Claims = map[string]any{"aud": []string{"usm", "another"}, "azp": "usm", "email_verified": "true"}
		})
		_, err := signIn(t, provider, attempt)
		require.NoError(t, err)
	})
}

// TestASignatureThatIsNoGood has the claims right and the signature wrong.
func TestASignatureThatIsNoGood(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	unsigned := func(claims string) string {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(claims)) + "."
	}
	for name, sign := range map[string]func(there *identity.Provider, claims string) string{
		"None":         func(_ *identity.Provider, claims string) string { return unsigned(claims) },
		"OfAnotherKey": func(_ *identity.Provider, claims string) string { return identity.Sign(stranger, oidc.RS256, claims) },
		"Missing":      func(*identity.Provider, string) string { return "" },
		"OfAnotherToken": func(there *identity.Provider, claims string) string {
			return identity.Sign(there.Key, oidc.RS256, claims) + "A"
		},
		"OfThePublicKey": func(there *identity.Provider, claims string) string {
			public, err := x509.MarshalPKIXPublicKey(there.Key.Public())
			if err != nil {
				return err.Error()
			}
			return identity.Sign(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), "HS256", claims)
		},
		"OfOurSecret": func(_ *identity.Provider, claims string) string {
			return identity.Sign([]byte(identity.Secret+"-and-more-to-fill-32-bytes"), "HS256", claims)
		},
	} {
		for _, algorithms := range [][]string{nil, {"RS256", "HS256", "none"}} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				provider, there := setup(t)
				there.Change(func(s *identity.Settings) {
					s.Sign = func(claims string) string { return sign(there, claims) }
					if algorithms != nil {
						s.Discovery = map[string]any{"id_token_signing_alg_values_supported": algorithms}
					}
				})
				_, err := signIn(t, provider, attempt)
				requireCode(t, usm.CodeUnauthenticated, err)
			})
		}
	}
}

func TestACodeIsGoodOnceForWhoAskedForIt(t *testing.T) {
	t.Parallel()
	provider, _ := setup(t)
	code := visit(t, provider, attempt).Get("code")
	_, err := provider.Finish(t.Context(), attempt, code)
	require.NoError(t, err)
	_, err = provider.Finish(t.Context(), attempt, code)
	requireCode(t, usm.CodeUnauthenticated, err)

	stolen := visit(t, provider, attempt).Get("code")
	other := attempt
	other.Verifier = "the-verifier-of-somebody-else-is-of-no-use-here"
	_, err = provider.Finish(t.Context(), other, stolen)
	requireCode(t, usm.CodeUnauthenticated, err)
}

func TestAProviderThatIsAnother(t *testing.T) {
	t.Parallel()
	provider, there := setup(t)
	there.Change(func(s *identity.Settings) { s.Discovery = map[string]any{"issuer": "https://evil.example"} })
	_, err := provider.Begin(t.Context(), attempt)
	requireCode(t, usm.CodeUnavailable, err)
	require.ErrorContains(t, err, "did not match")

	_, err = signin.New(signin.Options{Issuer: there.URL + "/", ClientID: "usm"})
	require.NoError(t, err, "a slash more is found out when it is asked")
}
