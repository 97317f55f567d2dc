// Package identity is a provider of OpenID Connect for tests: everybody who comes is let in as whom the test says, and what
// the provider answers can be made wrong in every way.
package identity

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// ClientID and Secret are how the provider knows who asks.
const (
	ClientID = "usm"
	Secret   = "not-so-secret"
)

// KeyID names the key that signs.
const KeyID = "key-1"

// Provider is a provider that listens on this machine. The zero value of each field but URL and Key is usable; a test that
// changes one does so before it signs somebody in, or with Change.
type Provider struct {
	URL string
	Key *rsa.PrivateKey

	mu       sync.Mutex
	settings Settings
	codes    map[string]url.Values // what each code was asked for with
	requests []url.Values          // every authorization request
	asked    map[string]int        // how often for each path
}

// Settings are what the provider does.
type Settings struct {
	Claims    map[string]any             // of the ID token, over the usual ones; a nil value leaves one out
	Sign      func(claims string) string // "" sends no ID token; nil signs with Key
	Error     string                     // what the provider sends people back with instead of a code
	Hangs     string                     // path that never answers
	Fails     string                     // path that answers with 503
	Discovery map[string]any             // over the usual answer
}

var key = sync.OnceValue(func() *rsa.PrivateKey {
	made, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return made
})

// Start starts a provider, which ends with the test.
func Start(tb testing.TB) *Provider {
	tb.Helper()
	p := &Provider{Key: key(), codes: map[string]url.Values{}, asked: map[string]int{}}
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: p.Key.Public(), KeyID: KeyID, Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) { p.discovery(w, r, keys) })
	mux.Handle("GET /keys", keys)
	mux.HandleFunc("GET /auth", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	ended := make(chan struct{})
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch settings := p.count(r.URL.Path); r.URL.Path {
		case settings.Hangs:
			select {
			case <-r.Context().Done():
			case <-ended:
			}
		case settings.Fails:
			http.Error(w, "down for maintenance", http.StatusServiceUnavailable)
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	tb.Cleanup(func() {
		close(ended)
		listening.Close()
	})
	p.URL = listening.URL
	keys.SetIssuer(p.URL)
	return p
}

// Change alters what the provider does from now on.
func (p *Provider) Change(alter func(*Settings)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	alter(&p.settings)
}

// Asked returns how often a path was asked for, and the last authorization request.
func (p *Provider) Asked(path string) (times int, last url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) > 0 {
		last = p.requests[len(p.requests)-1]
	}
	return p.asked[path], last
}

func (p *Provider) count(path string) Settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[path]++
	return p.settings
}

// Sign signs claims as a test wants them signed.
func Sign(key crypto.PrivateKey, algorithm, claims string) string {
	return oidctest.SignIDToken(key, KeyID, algorithm, claims)
}

func (p *Provider) discovery(w http.ResponseWriter, r *http.Request, from http.Handler) {
	recorded := httptest.NewRecorder()
	from.ServeHTTP(recorded, r)
	var answer map[string]any
	if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer["end_session_endpoint"] = p.URL + "/end"
	p.mu.Lock()
	maps.Copy(answer, p.settings.Discovery)
	p.mu.Unlock()
	respond(w, http.StatusOK, answer)
}

// authorize sends whoever comes back at once, signed in.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	request := r.URL.Query()
	p.requests = append(p.requests, request)
	back := url.Values{"state": {request.Get("state")}}
	if p.settings.Error != "" {
		back.Set("error", p.settings.Error)
	} else {
		code := rand.Text()
		p.codes[code] = request
		back.Set("code", code)
	}
	w.Header().Set("Location", request.Get("redirect_uri")+"?"+back.Encode())
	w.WriteHeader(http.StatusFound)
}

// token exchanges a code, once, for whoever proves to be the client that asked for it.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if id == "" {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	code := r.PostFormValue("code")
	request, known := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	switch {
	case id != ClientID || secret != Secret:
		respond(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	case !known, request.Get("code_challenge_method") != "S256", request.Get("code_challenge") != challenge,
		request.Get("redirect_uri") != r.PostFormValue("redirect_uri"):
		respond(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	answer := map[string]any{"access_token": "access-" + code, "token_type": "Bearer", "expires_in": 300}
	if token := p.idToken(request); token != "" {
		answer["id_token"] = token
	}
	respond(w, http.StatusOK, answer)
}

func (p *Provider) idToken(request url.Values) string {
	now := time.Now()
	claims := map[string]any{
		"iss": p.URL, "aud": ClientID, "sub": "account-7", "nonce": request.Get("nonce"),
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Unix(),
		"email": "olga@example.org", "email_verified": true,
	}
	for name, value := range p.settings.Claims {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	if p.settings.Sign != nil {
		return p.settings.Sign(string(raw))
	}
	return Sign(p.Key, oidc.RS256, string(raw))
}

func respond(w http.ResponseWriter, status int, answer map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) //nolint:errcheck,errchkjson // the client has gone away
}
