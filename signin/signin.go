// Package signin lets people prove who they are at a provider of OpenID Connect: authorization code with PKCE.
package signin

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/usm-works/usm/usm"
)

// ByEmail is the claim by which a person is found, not named: the verified address.
const ByEmail = "email"

// Options say at which provider people sign in. Issuer, ClientID and Redirect are needed.
type Options struct {
	Issuer   string // https, except on this machine
	ClientID string
	Secret   string // "" for a public client, which PKCE alone protects
	Redirect string // address of ours that the provider sends people back to
	// Claim of the ID token that names the person; "": ByEmail.
	Claim string
	// Admins are who is an administrator of the product besides: those whose claim, a text or a list of texts, has this value.
	Admins Holding
	// Timeout of each request to the provider; 0 is five seconds.
	Timeout time.Duration
}

// Provider is a provider of OpenID Connect. What it offers is asked for when it is needed first, so it may be away until
// then. It may be used by many goroutines at once.
type Provider struct {
	options Options
	client  *http.Client

	asking singleflight.Group
	known  atomic.Pointer[endpoints]
}

// endpoints is what a provider offers.
type endpoints struct {
	oauth2.Config

	verifier *oidc.IDTokenVerifier
	end      string // address at which people sign out there; "" none
}

// New checks the options; it asks the provider for nothing.
func New(o Options) (*Provider, error) {
	issuer, err := url.Parse(o.Issuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" {
		return nil, fmt.Errorf("issuer %q is not of the form https://host/path", o.Issuer)
	}
	if issuer.Scheme != "https" && (issuer.Scheme != "http" || !loopback(issuer.Hostname())) {
		return nil, fmt.Errorf("issuer %q: who signs in is only known over https, except on this machine", o.Issuer)
	}
	if o.ClientID == "" {
		return nil, fmt.Errorf("the provider %s needs to know us by a client id", o.Issuer)
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	o.Claim = cmp.Or(o.Claim, ByEmail)
	return &Provider{
		options: o, client: &http.Client{Timeout: o.Timeout, Transport: limited{http.DefaultTransport}},
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// endpoints returns what the provider offers, asked for once; usm.CodeUnavailable when it does not answer. Those who ask at
// the same time wait for the same answer.
func (p *Provider) endpoints(ctx context.Context) (*endpoints, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	asked := p.asking.DoChan("", func() (any, error) {
		found, err := p.discover()
		if err == nil {
			p.known.Store(found)
		}
		return found, err
	})
	select {
	case <-ctx.Done():
		return nil, away(ctx.Err())
	case answer := <-asked:
		found, _ := answer.Val.(*endpoints)
		return found, answer.Err
	}
}

// discover asks the provider what it offers. Its client limits how long that takes, whoever waits for it.
func (p *Provider) discover() (*endpoints, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.options.Issuer)
	if err != nil {
		return nil, away(err)
	}
	var more struct {
		End    string   `json:"end_session_endpoint"`
		Auth   []string `json:"token_endpoint_auth_methods_supported"`
		Scopes []string `json:"scopes_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, away(err)
	}
	e := &endpoints{
		Config: oauth2.Config{
			ClientID: p.options.ClientID, ClientSecret: p.options.Secret, RedirectURL: p.options.Redirect,
			Endpoint: found.Endpoint(), Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail},
		},
		verifier: found.Verifier(&oidc.Config{ClientID: p.options.ClientID}), end: more.End,
	}
	if claim := p.options.Admins.Claim; slices.Contains(more.Scopes, claim) && !slices.Contains(e.Scopes, claim) {
		e.Scopes = append(e.Scopes, claim) // some providers tell groups and roles to who asks alone
	}
	e.Endpoint.AuthStyle = oauth2.AuthStyleInHeader // what a provider that does not say takes (OpenID Connect Discovery §3)
	if p.options.Secret == "" || more.Auth != nil && !slices.Contains(more.Auth, "client_secret_basic") {
		e.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return e, nil
}

func away(err error) error {
	return usm.Errorf(usm.CodeUnavailable, "the sign-in provider does not answer: %s", brief(err))
}

// brief keeps what a provider says about an error short: it may be a whole page.
func brief(err error) string {
	const most = 300
	text := err.Error()
	return text[:min(len(text), most)]
}

// Begin returns the address at the provider where a person signs in; usm.CodeUnavailable while it is away. One that may not
// be old asks for a new sign-in.
func (p *Provider) Begin(ctx context.Context, in usm.SignIn) (string, error) {
	e, err := p.endpoints(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(in.Verifier), oidc.Nonce(in.Nonce)}
	if in.MaxAge > 0 {
		options = append(options,
			oauth2.SetAuthURLParam("max_age", strconv.Itoa(in.MaxAge)), oauth2.SetAuthURLParam("prompt", "login"))
	}
	return e.AuthCodeURL(in.State, options...), nil
}

// SignOut returns the address at the provider where a person signs out and is sent back from; "" when it has none, or is not
// known yet.
func (p *Provider) SignOut(idToken, back string) string {
	known := p.known.Load()
	if known == nil || known.end == "" {
		return ""
	}
	address, err := url.Parse(known.end)
	if err != nil {
		return ""
	}
	query := address.Query()
	query.Set("client_id", p.options.ClientID)
	query.Set("post_logout_redirect_uri", back)
	if idToken != "" {
		query.Set("id_token_hint", idToken)
	}
	address.RawQuery = query.Encode()
	return address.String()
}
