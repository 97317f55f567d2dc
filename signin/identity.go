package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/usm-works/usm/usm"
)

// leeway is how far the provider's clock and ours may be apart.
const leeway = time.Minute

// Finish exchanges the code that the provider sent a person back with, and returns who he is. usm.CodeUnavailable when the
// provider is away; usm.CodeUnauthenticated when the code is used or the ID token not what was asked for, so that signing in
// again may help; usm.CodeForbidden when the account names nobody whom we could know.
func (p *Provider) Finish(ctx context.Context, in usm.SignIn, code string) (usm.Identity, error) {
	e, err := p.endpoints(ctx)
	if err != nil {
		return usm.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := e.Exchange(ctx, code, oauth2.VerifierOption(in.Verifier))
	if err != nil {
		return usm.Identity{}, notExchanged(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return usm.Identity{}, again("the provider sent no ID token")
	}
	verified, err := e.verifier.Verify(ctx, raw)
	if err != nil {
		return usm.Identity{}, again("the ID token is no good: %s", brief(err))
	}
	if verified.AccessTokenHash != "" {
		if err := verified.VerifyAccessToken(token.AccessToken); err != nil {
			return usm.Identity{}, again("the ID token is no good: %s", brief(err))
		}
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return usm.Identity{}, again("the ID token cannot be read: %s", brief(err))
	}
	signedIn, err := p.check(verified, c, in)
	if err != nil {
		return usm.Identity{}, err
	}
	var all map[string]json.RawMessage
	if err := verified.Claims(&all); err != nil {
		return usm.Identity{}, again("the ID token cannot be read: %s", brief(err))
	}
	identity, err := p.person(verified, c, all)
	identity.SignedIn, identity.IDToken, identity.Admin = signedIn, raw, p.options.Admins.in(all)
	return identity, err
}

// notExchanged tells a code that is no good any more from a provider that is away or does not know us.
func notExchanged(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		return again("the provider does not take the code: %s %s", refused.ErrorCode, refused.ErrorDescription)
	}
	if errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return usm.Errorf(usm.CodeUnavailable, "the provider does not take us: %s %s", refused.Response.Status, refused.ErrorCode)
	}
	return away(err)
}

func again(format string, args ...any) error {
	return usm.Errorf(usm.CodeUnauthenticated, format, args...)
}

// claims are those of an ID token that we read.
type claims struct {
	Authorized string    `json:"azp"`
	AuthTime   *float64  `json:"auth_time"`
	Email      string    `json:"email"`
	Verified   looseBool `json:"email_verified"`
}

// looseBool is a boolean that some providers write as a text.
type looseBool bool

// UnmarshalJSON takes true and "true" for true, and everything else for false.
func (b *looseBool) UnmarshalJSON(raw []byte) error {
	*b = string(raw) == "true" || string(raw) == `"true"`
	return nil
}

// check holds the token to what was asked for (OpenID Connect Core §3.1.3.7) and returns when the person signed in.
func (p *Provider) check(token *oidc.IDToken, c claims, in usm.SignIn) (time.Time, error) {
	now := time.Now()
	switch {
	case token.Nonce == "" || token.Nonce != in.Nonce:
		return time.Time{}, again("the ID token was made for another sign-in")
	case token.Subject == "":
		return time.Time{}, again("the ID token is about nobody")
	case c.Authorized != "" && c.Authorized != p.options.ClientID, c.Authorized == "" && len(token.Audience) > 1:
		return time.Time{}, again("the ID token was made for another client")
	case c.AuthTime == nil && in.MaxAge > 0:
		return time.Time{}, again("the provider does not say when the person signed in")
	case c.AuthTime == nil:
		return time.Unix(0, 0), nil
	}
	at := time.Unix(int64(*c.AuthTime), 0)
	if at.After(now.Add(leeway)) {
		return time.Time{}, again("the provider says that the person will sign in at %s", at.UTC().Format(time.RFC3339))
	}
	if at.After(now) {
		at = now // its clock is ahead: nothing stays fresh for longer by that
	}
	if in.MaxAge > 0 && now.Sub(at) > time.Duration(in.MaxAge)*time.Second+leeway {
		return time.Time{}, again("the provider did not ask to sign in again: the last was at %s", at.UTC().Format(time.RFC3339))
	}
	return at, nil
}

// person is whom the claims name.
func (p *Provider) person(token *oidc.IDToken, c claims, all map[string]json.RawMessage) (usm.Identity, error) {
	identity := usm.Identity{Subject: token.Subject}
	if p.options.Claim == ByEmail {
		if c.Email == "" || !c.Verified {
			return identity, usm.Errorf(usm.CodeForbidden, "the account %q has no mail address that the provider has verified", token.Subject)
		}
		identity.Email = c.Email
		return identity, nil
	}
	if err := json.Unmarshal(all[p.options.Claim], &identity.Person); err != nil || identity.Person == "" {
		return identity, usm.Errorf(usm.CodeForbidden, "the account %q has no claim %q that names a person", token.Subject, p.options.Claim)
	}
	return identity, nil
}
