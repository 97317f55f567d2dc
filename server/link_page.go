package server

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

// linkPage is what a page of a link shows.
type linkPage struct {
	Kind     string // ask, answered, changed, sign-in, gone, away
	Approval usm.Approval
	Sections []usm.ContentSection
	For      string // name of the approver whom the reader stands in for; "" for himself
	Proposed string // name of who proposed
	Given    usm.DecisionRequest
	Problem  string // with what was sent
	Answer   usm.Ballot
	Renews   bool   // a new message can be asked for
	MaxAge   int    // seconds that the sign-in may be old, with sign-in
	SignIn   string // address to sign in at and come back from; "" when nobody signs in here
}

// page asks for the decision, on exactly the content that the link's digest covers.
func (o opened) page() linkPage {
	page := linkPage{
		Kind: "ask", Approval: o.approval, Sections: o.approval.Sections(), Proposed: o.name(o.approval.By.Person),
	}
	if o.Person != o.By {
		page.For = o.name(o.Person)
	}
	return page
}

// answered shows the answer that counts.
func (o opened) answered(given usm.Ballot) linkPage {
	page := o.page()
	page.Kind, page.Answer = "answered", given
	page.Approval.Digest = o.Digest
	return page
}

func (o opened) name(id string) string {
	if name := o.names[id]; name != "" {
		return name
	}
	return id
}

// linkPage writes a page. It is kept by nobody, found by no search engine, and tells no other page where the reader was.
func (g *gateway) linkPage(c *gin.Context, code int, page linkPage) {
	if page.Kind == "sign-in" && g.SignIn.Provider != nil {
		page.SignIn = signInAt(c.Request.URL.EscapedPath(), strconv.Itoa(page.MaxAge))
	}
	private(c, code)
	c.Status(code)
	if err := linkPages.ExecuteTemplate(c.Writer, "decide.html", page); err != nil {
		g.Logger.WarnContext(c.Request.Context(), "the page of a link was not written", "error", err)
	}
}
