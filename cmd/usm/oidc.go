package main

import (
	"os"
	"strings"
	"time"

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
	if file := a.settings.get("oidc-client-secret-file"); file != "" {
		secret, err := os.ReadFile(file)
		if err != nil {
			return server.SignIn{}, usagef("USM_OIDC_CLIENT_SECRET_FILE: %v", err)
		}
		options.Secret = strings.TrimRight(string(secret), "\r\n")
	}
	provider, err := signin.New(options)
	if err != nil {
		return server.SignIn{}, usagef("USM_OIDC_ISSUER, USM_OIDC_CLIENT_ID: %v", err)
	}
	idle, err := a.lasting("session-idle")
	if err != nil {
		return server.SignIn{}, err
	}
	most, err := a.lasting("session-max")
	in := server.SignIn{Provider: provider, Sessions: sessions, Idle: idle, Max: most}
	if a.beforeSignIn != nil {
		in.Provider = announced{provider, a.beforeSignIn}
	}
	return in, err
}

// lasting is how long a session lasts.
func (a *app) lasting(name string) (time.Duration, error) {
	d, err := time.ParseDuration(a.settings.get(name))
	if err != nil || d < time.Second {
		return 0, usagef("%s: %q is no time of a second or more, as 1h30m", setting{name: name}.variable(), a.settings.get(name))
	}
	return d, nil
}
