package server

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// authenticate finds out who calls. The OpenAPI document is for everybody, a callback carries its authority in its
// address; everything else needs a token.
func (g *gateway) authenticate(c *gin.Context) {
	if public(c.FullPath()) {
		return
	}
	token, ok := bearer(c.GetHeader("Authorization"))
	if !ok {
		refuse(c, usm.Errorf(usm.CodeUnauthenticated, "send a token: Authorization: Bearer …"))
		return
	}
	caller, err := g.Reader.Caller(c.Request.Context(), token)
	if err != nil {
		refuse(c, err)
		return
	}
	api.RequestOf(c.Request.Context()).Caller = caller
}

func public(route string) bool {
	return strings.HasPrefix(route, "/api/openapi") || strings.HasPrefix(route, api.Prefix+"/callbacks/")
}

// bearer reads the token of an Authorization header; the scheme's name knows no case (RFC 9110 §11.1).
func bearer(header string) (token string, ok bool) {
	scheme, token, found := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, found && token != "" && strings.EqualFold(scheme, "Bearer")
}
