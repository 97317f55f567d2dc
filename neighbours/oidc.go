package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// How long what the provider hands out is good. A request is one from the product's redirect until the person is back there.
const (
	requestGood = 10 * time.Minute
	codeGood    = time.Minute
	tokenGood   = 10 * time.Minute
	sessionGood = 12 * time.Hour
)

// oidcPart is an OpenID provider for the people of this machine: one clicks on who one is. There are no passwords, so it
// listens on this machine only and sends people back to this machine only.
type oidcPart struct{ address, folder, people string }

func (p *oidcPart) flags(set *flag.FlagSet) {
	set.StringVar(&p.address, "oidc-address", "127.0.0.1:8026", "`host:port` of the OpenID provider; of this machine")
	set.StringVar(&p.folder, "oidc", "oidc", "`folder` in which its key is kept; it is made when absent")
	set.StringVar(&p.people, "people", "people.json", "`file` of the people who can sign in, read anew each time")
}

func (p *oidcPart) start(ctx context.Context, failed chan<- error) (ready string, err error) {
	key, err := openKey(p.folder)
	if err != nil {
		return "", err
	}
	listener, err := listen(ctx, "--oidc-address", p.address)
	if err != nil {
		return "", err
	}
	if address, ok := listener.Addr().(*net.TCPAddr); !ok || !address.IP.IsLoopback() {
		_ = listener.Close() // nobody was served
		return "", fmt.Errorf("--oidc-address %s is not of this machine alone: whoever reaches the provider is whom he says", p.address)
	}
	issuer := "http://" + listener.Addr().String()
	handler, err := newProvider(issuer, key, people{p.people})
	if err != nil {
		return "", err
	}
	serveHTTP(ctx, listener, handler, failed)
	return "oidc_issuer=" + issuer, nil
}

// newProvider is the provider with its pages:
//
//	GET  /.well-known/openid-configuration   and what it names: /authorize, /oauth/token, /userinfo, /keys
//	GET  /login?request=                     who are you? or, with a session that is good for the request, back at once
//	POST /login                              request, person, group
//	GET  /end_session                        ends the session as well
//	GET  /signed-out                         where one comes to who is not sent back
func newProvider(issuer string, key signingKey, all people) (http.Handler, error) {
	s := newStorage(key, all)
	config := &op.Config{
		CodeMethodS256: true, DefaultLogoutRedirectURI: "/signed-out", SupportedClaims: claims, SupportedScopes: scopes,
	}
	_, _ = rand.Read(config.CryptoKey[:]) // never fails: crypto/rand ends the program instead
	provider, err := op.NewProvider(config, s, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithCORSOptions(nil))
	if err != nil {
		return nil, fmt.Errorf("OpenID provider: %w", err)
	}
	l := &login{storage: s, provider: provider}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", l.ask)
	mux.HandleFunc("POST /login", l.take)
	mux.HandleFunc("/end_session", l.end)
	mux.HandleFunc("GET /signed-out", func(w http.ResponseWriter, _ *http.Request) { showLogin(w, http.StatusOK, "signed-out", nil) })
	mux.Handle("/", provider)
	return http.NewCrossOriginProtection().Handler(mux), nil
}
