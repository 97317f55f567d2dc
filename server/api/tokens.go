package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerTokens adds who may call, for administrators. None is issued here: an administrator acts for nobody, and an answer is kept
// to be repeated, which a secret must not be.
func (a *API) registerTokens(to huma.API) {
	huma.Register(to, operation(http.MethodGet, "/tokens", "list-tokens", "List tokens and sessions, the latest first, without secrets"),
		a.tokens)
	huma.Register(to, operation(http.MethodDelete, "/tokens/{id}", "revoke-token", "Revoke a token: it is no longer good from now on"),
		a.revokeToken)
}

type tokensInput struct {
	Paging
	Person string `query:"person" doc:"id of the person whose they are"`
	Kind   string `query:"kind" enum:"session,person,machine" doc:"from a sign-in, issued to a person, issued to a machine"`
	State  string `query:"state" enum:"good,over" doc:"over: revoked, expired, or a session that was not used for too long"`
}

func (a *API) tokens(ctx context.Context, in *tokensInput) (*list[usm.Token], error) {
	found, cursor, err := a.reader.Tokens(ctx, usm.TokenFilter{Page: in.page(), Person: in.Person, Kind: in.Kind, State: in.State})
	if err != nil {
		return nil, err
	}
	return listOf(found, in.next(cursor)), nil
}

type tokenInput struct {
	ID string `path:"id" maxLength:"200" doc:"id of the token, which is no secret"`
}

type tokenOutput struct{ Body usm.Token }

// revokeToken ends a token. It may be asked for again: the first moment stays.
func (a *API) revokeToken(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	revoked, err := a.intake.RevokeToken(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	by := caller(ctx).Token
	a.logger.InfoContext(ctx, "a token is revoked", "revoked", revoked.ID, "of", cmp.Or(revoked.Person, revoked.Name), "by", by.ID)
	return &tokenOutput{Body: revoked}, nil
}
