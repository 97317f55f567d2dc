package main

import (
	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/signin"
)

// signIn is how people sign in; the zero value, which lets nobody, without a provider.
func (a *app) signIn(sessions server.Sessions) (server.SignIn, error) {
	issuer := a.settings.get("oidc-issuer")
	if issuer == "" {
		return server.SignIn{}, nil
	}
	options := signin.Options{
		Issuer: issuer, ClientID: a.settings.get("oidc-client-id"), Claim: a.settings.get("oidc-person-claim"),
		Redirect: a.publicURL() + "/sign-in/callback",
	}
	var err error
	if options.Secret, err = a.secret("oidc-client-secret-file"); err != nil {
		return server.SignIn{}, err
	}
	if options.Admins, err = signin.ParseHolding(a.settings.get("oidc-admins")); err != nil {
		return server.SignIn{}, err
	}
	provider, err := signin.New(options)
	if err != nil {
		return server.SignIn{}, err
	}
	idle, err := parseLasting(a.settings.get("session-idle"))
	if err != nil {
		return server.SignIn{}, err
	}
	most, err := parseLasting(a.settings.get("session-max"))
	in := server.SignIn{Provider: provider, Sessions: sessions, Idle: idle, Max: most}
	if a.beforeSignIn != nil {
		in.Provider = announced{provider, a.beforeSignIn}
	}
	return in, err
}
