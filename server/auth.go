package server

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// authenticate finds out who calls: by a bearer token, else by the session that a browser holds. The OpenAPI document is for
// everybody, a callback carries its authority in its address.
func (g *gateway) authenticate(c *gin.Context) {
	if document(c.FullPath()) || strings.HasPrefix(c.FullPath(), api.Prefix+"/callbacks/") {
		return
	}
	caller, err := g.whoCalls(c)
	if err != nil {
		refuse(c, err)
		return
	}
	api.RequestOf(c.Request.Context()).Caller = caller
}

// whoCalls finds out who calls, in turn.
func (g *gateway) whoCalls(c *gin.Context) (usm.Caller, error) {
	defer g.placesFor(c).turn(c.Request.Context())()
	caller, ok, err := g.byToken(c)
	if !ok {
		caller, ok, err = g.bySession(c)
	}
	if !ok {
		return usm.Caller{}, usm.Errorf(usm.CodeUnauthenticated, "send a token: Authorization: Bearer …")
	}
	return caller, err
}

// byToken finds out who calls by a bearer token. ok says whether there is one at all.
func (g *gateway) byToken(c *gin.Context) (caller usm.Caller, ok bool, err error) {
	token, ok := bearer(c.GetHeader("Authorization"))
	if !ok {
		return usm.Caller{}, false, nil
	}
	caller, err = g.known(c, token)
	return caller, true, err
}

// known finds out whose secret it is, and remembers how to ask again. What a page asks for is of who asked for the page: he is found
// out once.
func (g *gateway) known(c *gin.Context, secret string) (usm.Caller, error) {
	ctx := c.Request.Context()
	ask := func(ctx context.Context) (usm.Caller, error) { return g.Reader.Caller(ctx, secret) }
	api.RequestOf(ctx).Again = ask
	return pageOf(ctx).caller(secret, func() (usm.Caller, error) {
		caller, err := ask(ctx)
		if err == nil {
			g.used(ctx, caller.Token)
		}
		return caller, err
	})
}

// document reports whether a route is one of those of the OpenAPI document.
func document(route string) bool { return strings.HasPrefix(route, "/api/openapi") }

// bearer reads the token of an Authorization header; the scheme's name knows no case (RFC 9110 §11.1).
func bearer(header string) (token string, ok bool) {
	scheme, token, found := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, found && token != "" && strings.EqualFold(scheme, "Bearer")
}
