package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

// callback is where the product takes people back; nothing listens there.
const callback = "http://127.0.0.1:9/sign-in/callback"

// someone is a browser at the provider of a program, and the product that sends it there.
type someone struct {
	started
	folder   string
	product  rp.RelyingParty
	browser  *http.Client
	verifier string
}

// signingIn starts the program with these people.
func signingIn(t *testing.T, all ...person) *someone {
	t.Helper()
	folder := t.TempDir()
	writePeople(t, folder, all...)
	s := &someone{started: start(t, folder), folder: folder, verifier: oauth2.GenerateVerifier()}
	nonce := rp.WithVerifierOpts(rp.WithNonce(func(context.Context) string { return "nonce-1" }))
	product, err := rp.NewRelyingPartyOIDC(t.Context(), s.issuer, clientID, "", callback, scopes, nonce)
	require.NoError(t, err)
	s.product, s.browser = product, newBrowser(t)
	return s
}

func writePeople(t *testing.T, folder string, all ...person) {
	t.Helper()
	content, err := json.Marshal(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "people.json"), content, 0o600))
}

var (
	anna = person{ID: "anna", Name: "Anna Berg", Email: "anna@example.org", Holds: []string{"IT: Coordinator"}}
	bob  = person{ID: "bob", Name: "Bob <b>", Email: "bob@example.org"}
)

// newBrowser keeps cookies and follows the provider's own redirects, but not those that lead away.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(to *http.Request, from []*http.Request) error {
		if to.URL.Host != from[0].URL.Host {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// page is what the browser shows, and where it was sent to at last, if that is elsewhere.
type page struct {
	status int
	at     *url.URL
	text   string
	away   string
}

func (s *someone) visit(response *http.Response, err error) page {
	s.t.Helper()
	require.NoError(s.t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return page{response.StatusCode, response.Request.URL, string(content), response.Header.Get("Location")}
}

// begin sends the browser to the provider as the product does, with further parameters as name, value.
func (s *someone) begin(more ...string) page {
	s.t.Helper()
	options := []rp.AuthURLOpt{rp.WithCodeChallenge(oidc.NewSHACodeChallenge(s.verifier))}
	address, err := url.Parse(rp.AuthURL("state-1", s.product, options...))
	require.NoError(s.t, err)
	query := address.Query()
	query.Set("nonce", "nonce-1")
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	address.RawQuery = query.Encode()
	return s.visit(s.browser.Get(address.String()))
}

// click answers a page.
func (s *someone) click(p page, person string, groups ...string) page {
	s.t.Helper()
	request := p.at.Query().Get("request")
	return s.visit(s.browser.PostForm(s.issuer+"/login", url.Values{"request": {request}, "person": {person}, "group": groups}))
}

// code is what the provider sends back to the product.
func (s *someone) code(p page) string {
	s.t.Helper()
	require.True(s.t, strings.HasPrefix(p.away, callback+"?"), "%d %s %s", p.status, p.away, p.text)
	back, err := url.Parse(p.away)
	require.NoError(s.t, err)
	require.Equal(s.t, "state-1", back.Query().Get("state"))
	return back.Query().Get("code")
}

// exchange exchanges a code and checks the signature of what comes.
func (s *someone) exchange(code string) (*oidc.Tokens[*oidc.IDTokenClaims], error) {
	return rp.CodeExchange[*oidc.IDTokenClaims](s.t.Context(), code, s.product, rp.WithCodeVerifier(s.verifier))
}

// known is who the provider says came back.
func (s *someone) known(p page) *oidc.IDTokenClaims {
	s.t.Helper()
	tokens, err := s.exchange(s.code(p))
	require.NoError(s.t, err)
	return tokens.IDTokenClaims
}
