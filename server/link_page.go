package server

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/usm"
)

// asks is the page that asks for the decision, on exactly the content that the link's digest covers. What the domain calls it is read
// for this page alone: a link that is used, over or changed needs none. Without it ids stand there, and nobody is kept from deciding.
func (g *gateway) asks(ctx context.Context, o opened) console.LinkPage {
	page := console.LinkPage{Kind: "ask", Approval: api.Shown(o.approval)}
	var err error
	if page.Domain, err = g.Reader.Configuration(ctx, o.approval.Domain, 0); err != nil {
		g.Logger.WarnContext(ctx, "the page of a link has no names", "domain", o.approval.Domain, "error", err)
	}
	if o.Person != o.By {
		page.For = o.Person
	}
	return page
}

// answered shows the answer that counts.
func (g *gateway) answered(ctx context.Context, o opened, given usm.Ballot) console.LinkPage {
	page := g.asks(ctx, o)
	page.Kind, page.Answer = "answered", given
	page.Approval.Digest = o.Digest
	return page
}

// linkPage writes the page of a link, with where to sign in if that is needed.
func (g *gateway) linkPage(c *gin.Context, code int, page console.LinkPage) {
	if page.Kind == "sign_in" && g.SignIn.Provider != nil {
		page.SignIn = signInAt(c.Request.URL.EscapedPath(), strconv.Itoa(page.MaxAge))
	}
	g.plainPage(c, code, page)
}
