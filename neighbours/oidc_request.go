package main

import (
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// clientID is the product's. It has no secret, for a secret in a file that everybody can read is none: PKCE stands for it.
const clientID = "usm"

// What is told of a person, and what may be asked for.
var (
	claims = []string{
		"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name", "email", "email_verified", "groups",
	}
	scopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}
)

// signIn is one request to know who somebody is, from /authorize until its code is exchanged.
type signIn struct {
	id      string
	asked   oidc.AuthRequest
	begun   time.Time
	session           // zero until it is known
	coded   time.Time // when the code was handed out
}

var _ op.AuthRequest = signIn{}

func (r signIn) GetID() string                      { return r.id }
func (r signIn) GetACR() string                     { return "" }
func (r signIn) GetAMR() []string                   { return nil }
func (r signIn) GetAudience() []string              { return []string{r.asked.ClientID} }
func (r signIn) GetAuthTime() time.Time             { return r.proved }
func (r signIn) GetClientID() string                { return r.asked.ClientID }
func (r signIn) GetNonce() string                   { return r.asked.Nonce }
func (r signIn) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r signIn) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r signIn) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r signIn) GetScopes() []string                { return r.asked.Scopes }
func (r signIn) GetState() string                   { return r.asked.State }
func (r signIn) GetSubject() string                 { return r.person }
func (r signIn) Done() bool                         { return r.person != "" }

func (r signIn) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

// silent reports whether the person must not be asked.
func (r signIn) silent() bool { return slices.Contains(r.asked.Prompt, oidc.PromptNone) }

// satisfied reports whether somebody who proved himself at that time need not be asked again. prompt=login comes here as a
// max_age of 0 seconds.
func (r signIn) satisfied(proved time.Time) bool {
	if slices.Contains(r.asked.Prompt, oidc.PromptSelectAccount) {
		return false
	}
	return r.asked.MaxAge == nil || time.Since(proved) < time.Duration(*r.asked.MaxAge)*time.Second
}

// client is the product, as the library wants to see it. Native is what allows every port of this machine (RFC 8252).
type client struct {
	afterwards string // where it asked to send somebody who has signed out; of this machine
}

func (c client) GetID() string                       { return clientID }
func (c client) RedirectURIs() []string              { return []string{"http://127.0.0.1/sign-in/callback"} }
func (c client) PostLogoutRedirectURIs() []string    { return []string{c.afterwards} }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }
func (c client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodNone }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

func (c client) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) LoginURL(request string) string       { return "/login?request=" + request }
func (c client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (c client) IDTokenLifetime() time.Duration       { return tokenGood }
func (c client) DevMode() bool                        { return false }
func (c client) IsScopeAllowed(string) bool           { return false }
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c client) ClockSkew() time.Duration             { return 0 }

func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string { //nolint:revive // the library's name
	return slices.Clone[[]string]
}

func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return slices.Clone[[]string]
}
