package server_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// fakeProvider lets everybody in as who, with a code that is good once.
type fakeProvider struct {
	mu    sync.Mutex
	who   usm.Identity
	begun []usm.SignIn
	used  []string // states that were finished
	end   string   // address to sign out
	away  error    // what Begin returns, when set
	wrong error    // what Finish returns, when set
}

func (p *fakeProvider) Begin(_ context.Context, in usm.SignIn) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = append(p.begun, in)
	return "https://id.example/auth?state=" + in.State, p.away
}

func (p *fakeProvider) Finish(_ context.Context, in usm.SignIn, code string) (usm.Identity, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.wrong != nil:
		return usm.Identity{}, p.wrong
	case code != "good" || !slices.Contains(p.begun, in) || slices.Contains(p.used, in.State):
		return usm.Identity{}, usm.Errorf(usm.CodeUnauthenticated, "the provider does not take the code")
	}
	p.used = append(p.used, in.State)
	who := p.who
	if who.SignedIn.IsZero() {
		who.SignedIn = time.Now()
	}
	return who, nil
}

func (p *fakeProvider) SignOut(idToken, back string) string {
	if p.end == "" {
		return ""
	}
	return p.end + "?id_token_hint=" + idToken + "&post_logout_redirect_uri=" + url.QueryEscape(back)
}

// fakeSessions are sessions in memory; their people are those of the fake store.
type fakeSessions struct {
	*fakeStore

	mu     sync.Mutex
	tokens map[string]usm.Token // by secret
	made   int
	admits []usm.Terminal
	noted  int // how often a session was noted as used
	gone   error
}

var _ server.Sessions = (*fakeSessions)(nil)

func (s *fakeSessions) StartSession(_ context.Context, in usm.Session) (secret, person string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Who.Person == "stranger" {
		return "", "", usm.Errorf(usm.CodeForbidden, "the account %q is that of no active person", in.Who.Subject)
	}
	delete(s.tokens, in.Replaces)
	s.made++
	secret = "session-" + strconv.Itoa(s.made) + "-of-" + in.Who.Person
	now := time.Now()
	idle, ends := now.Add(in.Idle), now.Add(in.Max)
	s.tokens[secret] = usm.Token{
		ID: "id-" + strconv.Itoa(s.made), Person: in.Who.Person, Session: true, SignedIn: &in.Who.SignedIn, IdleUntil: &idle, ExpiresAt: &ends,
	}
	return secret, in.Who.Person, s.gone
}

func (s *fakeSessions) UseSession(_ context.Context, id string, idle time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted++
	for secret, token := range s.tokens {
		if token.ID == id {
			until := time.Now().Add(idle)
			token.IdleUntil = &until
			s.tokens[secret] = token
		}
	}
	return s.gone
}

func (s *fakeSessions) EndSession(_ context.Context, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, secret)
	return s.gone
}

func (s *fakeSessions) AddTerminal(_ context.Context, terminal usm.Terminal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.admits = append(s.admits, terminal)
	return s.gone
}

// Caller knows sessions, and the tokens of the fake store.
func (s *fakeSessions) Caller(ctx context.Context, secret string) (usm.Caller, error) {
	s.mu.Lock()
	token, known := s.tokens[secret]
	s.mu.Unlock()
	if !known {
		return s.fakeStore.Caller(ctx, secret)
	}
	if time.Now().After(*token.IdleUntil) || time.Now().After(*token.ExpiresAt) {
		return usm.Caller{}, usm.Errorf(usm.CodeUnauthenticated, "the token is not known, or no longer good")
	}
	caller, err := s.fakeStore.Caller(ctx, "token-of-"+token.Person)
	caller.Token = token
	return caller, err
}

// pass lets time pass for every session.
func (s *fakeSessions) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, token := range s.tokens {
		for _, at := range []**time.Time{&token.SignedIn, &token.IdleUntil, &token.ExpiresAt} {
			then := (*at).Add(-d)
			*at = &then
		}
		s.tokens[secret] = token
	}
}

// signedIn is a gateway at which people sign in.
type signedIn struct {
	*world

	provider *fakeProvider
	sessions *fakeSessions
}

// setupSignIn starts one at which everybody is Omar.
func setupSignIn(t *testing.T, change ...func(*server.Options)) signedIn {
	t.Helper()
	provider := &fakeProvider{who: usm.Identity{Subject: "account-7", Person: "omar", IDToken: "id-token"}}
	sessions := &fakeSessions{tokens: map[string]usm.Token{}}
	w := setup(t, append([]func(*server.Options){func(o *server.Options) {
		store, _ := o.Reader.(*fakeStore)
		sessions.fakeStore = store
		o.Reader, o.SignIn = sessions, server.SignIn{Provider: provider, Sessions: sessions}
	}}, change...)...)
	return signedIn{w, provider, sessions}
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	signedIn

	cookies map[string]string
}

func (w signedIn) browser() *browser { return &browser{w, map[string]string{}} }

// visit asks for a path, or posts a form there. Headers are pairs of name and value.
func (b *browser) visit(method, path string, form url.Values, headers ...string) *answer {
	b.t.Helper()
	return b.visitWith(method, path, form.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

// visitWith is visit with any body.
func (b *browser) visitWith(method, path, body string, headers ...string) *answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	for name, value := range b.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	got := b.roundTrip(request)
	for _, cookie := range got.Cookies() {
		b.cookies[cookie.Name] = cookie.Value
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
	return got
}

func (b *browser) open(path string, headers ...string) *answer {
	b.t.Helper()
	return b.visit(http.MethodGet, path, nil, headers...)
}

// begin goes to the provider and returns the path that it sends back to.
func (b *browser) begin(query string) string {
	b.t.Helper()
	got := b.open("/sign-in" + query).status(http.StatusSeeOther)
	there, err := got.Location()
	require.NoError(b.t, err)
	require.Equal(b.t, "id.example", there.Host)
	return "/sign-in/callback?code=good&state=" + there.Query().Get("state")
}

// signIn signs in and returns the answer that leads on.
func (b *browser) signIn(query string) *answer {
	b.t.Helper()
	return b.open(b.begin(query)).status(http.StatusSeeOther)
}
