package server

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/scim"
	"github.com/usm-works/usm/usm"
)

// provisioning adds where systems keep the people of a domain. Repetitions need no key: what is so already changes nothing.
func (g *gateway) provisioning(engine *gin.Engine) {
	scim.Register(engine.Group(scim.Prefix+"/:domain", g.authenticate, g.limitRate, mayProvision), scim.Options{
		Directory: g.Directory, PublicURL: strings.TrimRight(g.PublicURL, "/"), Refuse: refuse,
		Caller: func(ctx context.Context) usm.Caller { return api.RequestOf(ctx).Caller },
	})
}

// mayProvision lets through who may provision the domain of the address: a token with the scope for it, and nobody else.
func mayProvision(c *gin.Context) {
	if err := access.Decide(api.RequestOf(c.Request.Context()).Caller, access.Provision, c.Param("domain")); err != nil {
		refuse(c, err)
	}
}

// provisions reports whether a request is for provisioning, where errors have a form of their own.
func provisions(path string) bool {
	return path == scim.Prefix || strings.HasPrefix(path, scim.Prefix+"/")
}
