package main

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// SetUserinfoFromScopes tells of a person what was asked for, in the ID token.
func (s *storage) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, id, _ string, scopes []string) error {
	p, err := s.people.one(id)
	if err != nil {
		return err
	}
	info.Subject = p.ID
	for _, scope := range scopes {
		switch scope {
		case oidc.ScopeProfile:
			info.Name, info.PreferredUsername = p.Name, p.ID
		case oidc.ScopeEmail:
			info.Email, info.EmailVerified = p.Email, oidc.Bool(p.Email != "")
		}
	}
	return nil
}

// SetUserinfoFromRequest tells the group that the person said to be in, in the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, _ []string) error {
	if r, ok := request.(signIn); ok && r.group != "" {
		info.AppendClaims("groups", []string{r.group})
	}
	return nil
}

// SetUserinfoFromToken tells everything, to who has an access token.
func (s *storage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, _, id, _ string) error {
	return s.SetUserinfoFromScopes(ctx, info, id, clientID, scopes)
}

// CreateAccessToken names a token that is kept nowhere: it is signed.
func (s *storage) CreateAccessToken(context.Context, op.TokenRequest) (id string, ends time.Time, err error) {
	return rand.Text(), time.Now().Add(tokenGood), nil
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return map[string]any{}, nil
}

// TerminateSession has nothing to do: the page that ends a session knows the browser's, the library only the person's.
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }

// What follows is of grants that there are none of here.

var errNotHere = errors.New("there is no such thing here")

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (access, refresh string, _ time.Time, _ error) {
	return "", "", time.Time{}, errNotHere
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, op.ErrInvalidRefreshToken
}

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (person, token string, err error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrInvalidRequest().WithDescription("access tokens end by themselves")
}

func (s *storage) AuthorizeClientIDSecret(context.Context, string, string) error { return errNotHere }

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotHere
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotHere
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotHere
}
