package server

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// reasonLimit is how long a reason may be, as in usm.DecisionRequest.
const reasonLimit = 20_000

// links adds the pages of the links in mails. Only POST decides: whoever follows a link, a scanner of mails above all, only
// reads. A link is a secret of 256 bits, kept hashed, so that finding it takes the same time whatever is asked for.
func (g *gateway) links(engine *gin.Engine, answers *api.API) {
	pages := engine.Group(linkPath, g.visitor, g.limitRate)
	pages.GET(":link", g.showLink)
	pages.HEAD(":link", g.showLink)
	pages.POST(":link", func(c *gin.Context) { g.decideByLink(c, answers) })
	pages.OPTIONS(":link", func(c *gin.Context) {
		c.Header("Allow", "GET, HEAD, OPTIONS, POST")
		c.Status(http.StatusNoContent)
	})
}

// opened is a link with what it leads to.
type opened struct {
	usm.MailLink

	caller   usm.Caller
	approval usm.Approval
}

// open finds a link. Somebody who is signed in opens only his own; his sign-in counts where the policy asks for one.
func (g *gateway) open(ctx context.Context, secret string) (o opened, err error) {
	request := api.RequestOf(ctx)
	visitor := request.Caller.Token
	if o.MailLink, o.caller, err = g.Post.Link(ctx, secret); err != nil {
		return opened{}, err
	}
	if visitor.Person != "" {
		if visitor.Person != o.By {
			return opened{}, usm.Errorf(usm.CodeNotFound, "the link is for somebody else")
		}
		o.caller.Token.SignedIn = visitor.SignedIn
	}
	if o.approval, err = g.Reader.Approval(ctx, o.Approval); err != nil {
		return opened{}, err
	}
	request.Caller, request.Call = o.caller, o.approval.Call
	return o, nil
}

// gate says what a link is good for now: nil when its reader may decide, else the page that says why not.
func (o opened) gate() (code int, page *console.LinkPage) {
	switch {
	case !o.Good(time.Now()):
		return http.StatusNotFound, &console.LinkPage{Kind: "gone"}
	case o.approval.State == usm.ApprovalVoid:
		return http.StatusConflict, &console.LinkPage{Kind: "changed"}
	case !o.approval.Decides(o.By, o.Person):
		return http.StatusNotFound, &console.LinkPage{Kind: "gone"}
	case o.approval.Digest != o.Digest:
		return http.StatusConflict, &console.LinkPage{Kind: "changed", Renews: true}
	}
	if err := api.NeedsSignIn(o.approval, o.caller); err != nil {
		return http.StatusForbidden, &console.LinkPage{Kind: "sign_in", MaxAge: status.Refusal(err).MaxAge}
	}
	return http.StatusOK, nil
}

// showLink answers GET and HEAD. It changes nothing.
func (g *gateway) showLink(c *gin.Context) {
	o, err := g.open(c.Request.Context(), c.Param("link"))
	if err != nil {
		g.linkRefused(c, err)
		return
	}
	if code, page := o.gate(); page != nil {
		g.linkPage(c, code, *page)
		return
	}
	g.linkPage(c, http.StatusOK, g.asks(c.Request.Context(), o))
}

// decideByLink answers POST. The answer that was given before is shown again when it is sent again; another one is refused
// like a link that nobody knows.
func (g *gateway) decideByLink(c *gin.Context, answers *api.API) {
	ctx := c.Request.Context()
	o, err := g.open(ctx, c.Param("link"))
	if err != nil {
		g.linkRefused(c, err)
		return
	}
	request := usm.DecisionRequest{
		Decision: usm.Decision(c.PostForm("decision")), Reason: strings.TrimSpace(c.PostForm("reason")), Digest: o.Digest, For: o.Person,
	}
	if given, before := o.approval.Given(o.By, o.Person); before && given.Decision == request.Decision {
		g.linkPage(c, http.StatusOK, g.answered(ctx, o, given))
		return
	}
	code, page := o.gate()
	switch {
	case page != nil && page.Renews:
		g.renewLink(c)
	case page != nil:
		g.linkPage(c, code, *page)
	case c.PostForm("renew") != "": // it has changed back meanwhile
		g.linkPage(c, http.StatusOK, g.asks(ctx, o))
	default:
		g.decide(c, answers, o, request)
	}
}

// decide gives the answer to the approval, and uses the link up.
func (g *gateway) decide(c *gin.Context, answers *api.API, o opened, request usm.DecisionRequest) {
	ctx := c.Request.Context()
	var err error
	if len(request.Reason) > reasonLimit {
		err = usm.Invalid("/reason", "has more than %d characters", reasonLimit)
	} else {
		err = answers.DecideByLink(ctx, o.approval, request)
	}
	if err != nil {
		g.notDecided(c, o, request, err)
		return
	}
	if err := g.Post.UseLink(ctx, c.Param("link")); err != nil {
		// The decision stands, and the approval takes no second one.
		g.Logger.WarnContext(ctx, "a used link cannot be marked", "approval", o.Approval, "error", err)
	}
	given := usm.Ballot{Decision: request.Decision, Reason: request.Reason, At: time.Now()}
	if now, err := g.Reader.Approval(ctx, o.Approval); err == nil {
		if first, found := now.Given(o.By, o.Person); found {
			given = first
		}
	}
	g.linkPage(c, http.StatusOK, g.answered(ctx, o, given))
}

// renewLink answers a decision on content that has changed: its reader gets a new message.
func (g *gateway) renewLink(c *gin.Context) {
	if err := g.Post.RenewLink(c.Request.Context(), c.Param("link")); err != nil {
		g.linkRefused(c, err)
		return
	}
	g.linkPage(c, http.StatusConflict, console.LinkPage{Kind: "changed"})
}

// notDecided answers a decision that was refused.
func (g *gateway) notDecided(c *gin.Context, o opened, request usm.DecisionRequest, err error) {
	switch status.Refusal(err).Code {
	case usm.CodeInvalid:
		page := g.asks(c.Request.Context(), o)
		page.Wrong, page.Given = true, request
		api.RequestOf(c.Request.Context()).Err = err
		g.linkPage(c, http.StatusUnprocessableEntity, page)
	case usm.CodeStale:
		g.renewLink(c)
	default:
		g.linkRefused(c, err)
	}
}

// linkRefused answers what ended a request. Whatever is wrong with a link, the page is the same and reveals nothing.
func (g *gateway) linkRefused(c *gin.Context, err error) {
	api.RequestOf(c.Request.Context()).Err = err
	switch refusal := status.Refusal(err); refusal.Code {
	case usm.CodeStepUp:
		g.linkPage(c, http.StatusForbidden, console.LinkPage{Kind: "sign_in", MaxAge: refusal.MaxAge})
	case usm.CodeNotFound, usm.CodeForbidden, usm.CodeConflict, usm.CodeOutOfTurn, usm.CodeUnauthenticated:
		g.linkPage(c, http.StatusNotFound, console.LinkPage{Kind: "gone"})
	default:
		g.linkPage(c, max(status.Of(refusal.Code), http.StatusInternalServerError), console.LinkPage{Kind: "away"})
	}
}
