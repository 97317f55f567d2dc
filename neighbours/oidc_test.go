package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

func TestSomebodySignsInAndOut(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna, bob)
	p := s.begin()
	require.Equal(t, http.StatusOK, p.status)
	for _, said := range []string{"for this machine only", "127.0.0.1:9", "Anna Berg", "IT: Coordinator", "Bob &lt;b&gt;"} {
		require.Contains(t, p.text, said)
	}
	require.NotContains(t, p.text, "Search", "two people need none")
	before := time.Now()
	tokens, err := s.exchange(s.code(s.click(p, "anna")))
	require.NoError(t, err)
	c := tokens.IDTokenClaims
	require.Equal(t, []string{"anna", "anna", "Anna Berg", "anna@example.org"}, []string{c.Subject, c.PreferredUsername, c.Name, c.Email})
	require.True(t, bool(c.EmailVerified))
	require.WithinRange(t, c.AuthTime.AsTime(), before.Add(-time.Second), time.Now())

	info, err := rp.Userinfo[*oidc.UserInfo](t.Context(), tokens.AccessToken, "Bearer", "anna", s.product)
	require.NoError(t, err)
	require.Equal(t, "anna@example.org", info.Email)
	response, err := http.Get(s.issuer + "/userinfo")
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, response.StatusCode)

	// Known now: nobody asks again, until the session is ended.
	again := s.known(s.begin())
	require.Equal(t, c.AuthTime, again.AuthTime)
	out := "/end_session?client_id=usm&state=x&post_logout_redirect_uri="
	p = s.visit(s.browser.Get(s.issuer + out + url.QueryEscape("http://localhost:9/anywhere")))
	require.Equal(t, "http://localhost:9/anywhere?state=x", p.away)
	require.Contains(t, s.begin().text, "Who are you?")
	p = s.visit(s.browser.Get(s.issuer + out + url.QueryEscape("http://localhost.example.org/")))
	require.Equal(t, http.StatusBadRequest, p.status, "it sends nobody away from this machine")
	require.Empty(t, p.away)
	require.Contains(t, s.visit(s.browser.Get(s.issuer+"/end_session")).text, "Signed out")
}

func TestWhoIsKnownIsAskedAgainWhenTheProductWantsIt(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna, bob)
	first := s.known(s.click(s.begin(), "anna"))
	for _, more := range [][]string{{"max_age", "0"}, {"prompt", "login"}, {"prompt", "select_account"}} {
		p := s.begin(more...)
		require.Contains(t, p.text, "You are known here as Anna Berg", more)
	}
	require.Equal(t, first.AuthTime, s.known(s.begin("max_age", "3600")).AuthTime)
	require.Equal(t, first.AuthTime, s.known(s.begin("prompt", "none")).AuthTime)
	require.Equal(t, "bob", s.known(s.click(s.begin("max_age", "0"), "bob")).Subject)
	require.Equal(t, "bob", s.known(s.begin()).Subject, "the last is who is known")

	writePeople(t, s.folder, anna)
	require.NotContains(t, s.begin().text, "Bob", "who is gone is not known any more")
	require.Contains(t, s.begin("prompt", "none").away, "error=login_required")
	s.browser = newBrowser(t)
	require.Contains(t, s.begin("prompt", "none").away, "error=login_required")
}

func TestAnAdministratorIsInAGroup(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna, bob)
	p := s.begin()
	require.Contains(t, p.text, `name="group" value="usm-administrators"`)
	require.Equal(t, []any{"usm-administrators"}, s.known(s.click(p, "anna", "usm-administrators")).Claims["groups"])
	require.Equal(t, []any{"usm-administrators"}, s.known(s.begin()).Claims["groups"], "known now, with the group")
	require.Contains(t, s.begin("prompt", "login").text, `type="hidden" name="group" value="usm-administrators"`)
	require.Nil(t, s.known(s.click(s.begin("prompt", "login"), "bob")).Claims["groups"])
}

func TestASessionIsOlderThanItsProductAllows(t *testing.T) {
	t.Parallel()
	for age, satisfied := range map[time.Duration]bool{59 * time.Second: true, 61 * time.Second: false} {
		r := signIn{asked: oidc.AuthRequest{MaxAge: oidc.NewMaxAge(60)}}
		require.Equal(t, satisfied, r.satisfied(time.Now().Add(-age)), age)
	}
}

func TestACodeIsGoodOnceAndForWhoAskedForIt(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna)
	code := s.code(s.click(s.begin(), "anna"))
	_, err := s.exchange(code)
	require.NoError(t, err)
	_, err = s.exchange(code)
	require.ErrorContains(t, err, "invalid_grant")

	code, right := s.code(s.begin()), s.verifier
	s.verifier = "somebody-else-who-has-seen-the-code-but-not-the-verifier"
	_, err = s.exchange(code)
	require.ErrorContains(t, err, "invalid code_verifier")
	s.verifier = right
	_, err = s.exchange(code)
	require.ErrorContains(t, err, "invalid_grant", "a code that was tried is used up")

	code, s.verifier = s.code(s.begin()), ""
	_, err = s.exchange(code)
	require.ErrorContains(t, err, "code_verifier required")
}

func TestWhoMayNotAskIsRefused(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna)
	for _, redirect := range []string{
		"http://127.0.0.1.example.org/sign-in/callback", "http://127.0.0.1@example.org/sign-in/callback",
		"https://usm.example.org/sign-in/callback", "http://127.0.0.1:9/elsewhere", "javascript:alert(1)", "",
	} {
		p := s.begin("redirect_uri", redirect)
		require.Equal(t, http.StatusBadRequest, p.status, redirect)
		require.Empty(t, p.away, redirect)
	}
	for _, redirect := range []string{"http://localhost:1/sign-in/callback", "http://[::1]:2/sign-in/callback"} {
		require.Contains(t, s.begin("redirect_uri", redirect).text, "Who are you?", redirect)
	}
	require.Equal(t, http.StatusBadRequest, s.begin("client_id", "other").status)
	for _, more := range [][]string{
		{"code_challenge", ""}, {"code_challenge_method", "plain"}, {"code_challenge_method", ""}, {"response_type", "id_token"},
	} {
		p := s.begin(more...)
		require.True(t, strings.HasPrefix(p.away, callback), more)
		require.Contains(t, p.away, "error=", more)
		require.NotContains(t, p.away, "code=", more)
	}
	for _, at := range []string{"/login?request=unknown", "/login"} {
		require.Equal(t, http.StatusNotFound, s.visit(s.browser.Get(s.issuer+at)).status)
	}
	require.Equal(t, http.StatusBadRequest, s.click(s.begin(), "nobody").status)
	p := s.begin()
	s.click(p, "anna")
	require.Equal(t, http.StatusNotFound, s.click(p, "anna").status, "a sign-in is finished once")
}

func TestAPageFromElsewhereSignsNobodyIn(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna)
	form := url.Values{"request": {s.begin().at.Query().Get("request")}, "person": {"anna"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.issuer+"/login?"+form.Encode(), nil)
	require.NoError(t, err)
	request.Header.Set("Sec-Fetch-Site", "same-site") // another port of this machine
	require.Equal(t, http.StatusForbidden, s.visit(s.browser.Do(request)).status)
	response, err := http.DefaultClient.Do(&http.Request{
		Method: http.MethodGet, Host: "attacker.example", URL: &url.URL{Scheme: "http", Host: s.issuer[len("http://"):], Path: "/login"},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, response.StatusCode)
}

func TestManyPeopleAreSearched(t *testing.T) {
	t.Parallel()
	s := signingIn(t)
	require.Contains(t, s.begin().text, "There is nobody yet")
	all := []person{anna}
	for i := range manyPeople {
		all = append(all, person{ID: fmt.Sprintf("p%02d", i), Name: fmt.Sprintf("Person %02d", i)})
	}
	writePeople(t, s.folder, all...)
	p := s.begin()
	require.Contains(t, p.text, "Person 07", "whoever came since is there")
	require.Contains(t, p.text, `type="search"`)
	p = s.visit(s.browser.Get(p.at.String() + "&q=berg+COORD"))
	require.Contains(t, p.text, "Anna Berg")
	require.NotContains(t, p.text, "Person 07")
	require.Contains(t, s.visit(s.browser.Get(p.at.String()+"x")).text, "Nobody is found")
	require.Equal(t, "anna", s.known(s.click(p, "anna")).Subject)
}

func TestTheKeyOutlivesTheProgramAndIsOfItsOwner(t *testing.T) {
	t.Parallel()
	s := signingIn(t, anna)
	tokens, err := s.exchange(s.code(s.click(s.begin(), "anna")))
	require.NoError(t, err)
	path := filepath.Join(s.folder, "oidc", "signing-key.pem")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	other := start(t, s.folder)
	keys := rp.NewRemoteKeySet(http.DefaultClient, other.issuer+"/keys")
	_, err = keys.VerifySignature(t.Context(), signature(t, tokens.IDToken))
	require.NoError(t, err)

	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o600))
	require.ErrorContains(t, run(t.Context(), freePorts(s.folder), io.Discard, io.Discard), "is no key: remove it")
}

func signature(t *testing.T, token string) *jose.JSONWebSignature {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	require.NoError(t, err)
	return signed
}

func TestTheProviderListensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	args := append(freePorts(t.TempDir()), "--oidc-address", "0.0.0.0:0")
	require.ErrorContains(t, run(ctx, args, io.Discard, io.Discard), "is not of this machine alone")
}
