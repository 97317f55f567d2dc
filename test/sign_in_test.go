package test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/identity"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// person is somebody at a browser: it follows where it is led, and keeps cookies.
type person struct {
	*http.Client

	t   *testing.T
	url string
}

func atBrowser(t *testing.T, p *product.Product) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return person{&http.Client{Jar: jar}, t, p.URL}
}

// send asks for a path of the product, and returns the last answer with what it holds.
func (p person) send(method, path, contentType, body string) (*http.Response, string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := p.Do(request)
	require.NoError(p.t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(response.Body)
	require.NoError(p.t, err)
	return response, string(content)
}

// me is who the browser is signed in as; "" nobody.
func (p person) me() string {
	p.t.Helper()
	_, body := p.send(http.MethodGet, "/api/v1/me", "", "")
	var me client.Me
	require.NoError(p.t, json.Unmarshal([]byte(body), &me))
	return me.Person
}

// signingIn is a product at which people sign in at a provider.
func signingIn(t *testing.T) (*product.Product, *identity.Provider) {
	t.Helper()
	there := identity.Start(t)
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(identity.Secret+"\n"), 0o600))
	p := product.Start(t, product.Options{Domains: []string{"it"}, Env: map[string]string{
		"USM_OIDC_ISSUER": there.URL, "USM_OIDC_CLIENT_ID": identity.ClientID, "USM_OIDC_CLIENT_SECRET_FILE": secret,
	}})
	return p, there
}

// is has the provider say who comes, and how long ago he signed in there.
func is(there *identity.Provider, who string, ago time.Duration) {
	there.Change(func(s *identity.Settings) {
		s.Claims = map[string]any{"email": who + "@example.org", "auth_time": time.Now().Add(-ago).Unix()}
	})
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	p, there := signingIn(t)
	is(there, "sven", time.Hour)
	sven := atBrowser(t, p)
	require.Empty(t, sven.me())
	response, page := sven.send(http.MethodGet, "/sign-in?return=/api/v1/me", "", "")
	require.Equal(t, http.StatusOK, response.StatusCode, page)
	require.Equal(t, "/api/v1/me", response.Request.URL.Path)
	require.Equal(t, "sven", sven.me())
	require.Contains(t, p.Run("token", "list"), "browser")

	// A decision that asks for a fresh sign-in, by a plain token, by an old session and by a new one.
	_, call := planned(t, p, usm.ApprovalPolicy{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange}, StepUp: "15m", Meaning: "I stand for this plan",
		Require: usm.Quorum{Approvers: []usm.Approver{{Person: "sven"}}},
	})
	id := call.WaitingFor.Approval
	view, err := p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	_, err = p.As("sven").Decide(t.Context(), id, usm.DecisionRequest{Decision: usm.Approve, Digest: view.Digest})
	require.Equal(t, usm.CodeStepUp, client.CodeOf(err))
	decide := func() (*http.Response, string) {
		return sven.send(http.MethodPost, "/api/v1/approvals/"+id+"/decisions", "application/json",
			`{"decision": "approve", "digest": "`+view.Digest+`"}`)
	}
	refused, body := decide()
	require.Equal(t, http.StatusUnauthorized, refused.StatusCode, body)
	require.Contains(t, refused.Header.Get("WWW-Authenticate"), `error="insufficient_user_authentication"`)
	require.Contains(t, refused.Header.Get("WWW-Authenticate"), `max_age="900"`)
	response, page = sven.send(http.MethodGet, "/sign-in?max_age=900", "", "")
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "the provider says that it is still the old one: %s", page)
	is(there, "sven", 0)
	sven.send(http.MethodGet, "/sign-in?max_age=900", "", "")
	decided, body := decide()
	require.Equal(t, http.StatusOK, decided.StatusCode, body)
	view, err = p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalApproved, view.State)
	require.Len(t, view.Ballots, 1)
	require.Equal(t, "sven", view.Ballots[0].Person)
	require.Equal(t, "I stand for this plan", view.Ballots[0].Meaning)
	require.WithinDuration(t, time.Now(), *view.Ballots[0].SignedIn, time.Minute)

	// Signing out ends it here, and leads to the provider.
	response, page = sven.send(http.MethodPost, "/sign-out", "application/x-www-form-urlencoded", "")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Contains(t, page, there.URL+"/end?client_id=usm&amp;id_token_hint=")
	require.Empty(t, sven.me())
}

func TestASessionEndsWithWhoHasIt(t *testing.T) {
	t.Parallel()
	p, there := signingIn(t)
	is(there, "tamara", 0)
	tamara := atBrowser(t, p)
	tamara.send(http.MethodGet, "/sign-in", "", "")
	require.Equal(t, "tamara", tamara.me())

	// A terminal makes its token itself, and is let in by the browser.
	token := "usm_" + strings.Repeat("t", 43)
	sum := sha256.Sum256([]byte(token))
	hash := base64.RawURLEncoding.EncodeToString(sum[:])
	terminal := client.New(p.URL, token)
	_, err := terminal.Me(t.Context())
	require.Equal(t, usm.CodeUnauthenticated, client.CodeOf(err))
	_, page := tamara.send(http.MethodGet, "/sign-in/terminal?token="+hash, "", "")
	require.Contains(t, page, "It would act as Tamara Weiss")
	form := url.Values{"token": {hash}, "answer": {"allow"}}
	_, page = tamara.send(http.MethodPost, "/sign-in/terminal", "application/x-www-form-urlencoded", form.Encode())
	require.Contains(t, page, "Your terminal is signed in")
	me, err := terminal.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "tamara", me.Person)

	domain, err := domains.Parse("it.yaml", domains.Builtin()["it"])
	require.NoError(t, err)
	for i := range domain.People {
		domain.People[i].Inactive = domain.People[i].Inactive || domain.People[i].ID == "tamara"
	}
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = p.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	require.Empty(t, tamara.me())
	_, err = terminal.Me(t.Context())
	require.Equal(t, usm.CodeUnauthenticated, client.CodeOf(err))
	response, page := tamara.send(http.MethodGet, "/sign-in", "", "")
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	require.Contains(t, page, "You are not known here")
}

func TestAProviderThatIsAwayStopsNobody(t *testing.T) {
	t.Parallel()
	there := identity.Start(t)
	there.Change(func(s *identity.Settings) { s.Fails = "/.well-known/openid-configuration" })
	p := product.Start(t, product.Options{Domains: []string{"it"}, Env: map[string]string{"USM_OIDC_ISSUER": there.URL}})
	_, err := p.As("sven").Me(t.Context())
	require.NoError(t, err, "tokens go on")
	response, page := atBrowser(t, p).send(http.MethodGet, "/sign-in", "", "")
	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Contains(t, page, "Please try again in a moment")
}
