package server

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/usm"
)

// page asks for the decision, on exactly the content that the link's digest covers.
func (o opened) page() console.LinkPage {
	page := console.LinkPage{
		Kind: "ask", Domain: o.domain, Approval: api.Shown(o.approval),
	}
	if o.Person != o.By {
		page.For = o.Person
	}
	return page
}

// answered shows the answer that counts.
func (o opened) answered(given usm.Ballot) console.LinkPage {
	page := o.page()
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
