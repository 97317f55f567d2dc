package console

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

// allTexts are the texts of all languages, by language.
var allTexts = sync.OnceValue(readTexts)

// plainPage is a page for who may be known to nobody: it has no menu, runs no script, and asks the API for nothing.
type plainPage struct {
	Title   string
	Refresh string // address that the browser goes on to by itself; "" none
	Body    templ.Component
}

// visitOfNobody begins a visit of whom nothing is known but his language.
func visitOfNobody(c *gin.Context) *visit {
	l := lookOf(c.Request)
	return &visit{c: c, site: &site{}, look: l, texts: allTexts()[l.Language], now: time.Now()}
}

// writePlain writes a page whole or not at all.
func writePlain(v *visit, code int, p plainPage) error {
	var out bytes.Buffer
	if err := outside(v, p).Render(context.WithoutCancel(v.ctx()), &out); err != nil {
		v.c.String(http.StatusInternalServerError, "This page cannot be shown.")
		return err
	}
	v.c.Data(code, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// SignInPage is a page about signing in and out, and about letting a terminal in.
type SignInPage struct {
	// Kind is sign_out, signed_out, cancelled, again, stranger, address, elsewhere, away, terminal, terminal_in, terminal_out or
	// terminal_known.
	Kind      string
	Name      string // of who is signed in; "" nobody
	Elsewhere string // address at the provider to sign out; "" none
	Terminal  Terminal
}

// Terminal is one that asks to be let in.
type Terminal struct {
	Token string // what it showed of the token that it made
	Name  string // of the terminal; "" none
	Code  string // which the terminal shows as well
}

// Write writes the page. The headers that it needs are set already.
func (p SignInPage) Write(c *gin.Context, code int) error {
	if p.Kind == "sign_out" && p.Name == "" {
		p.Kind = "signed_out"
	}
	v := visitOfNobody(c)
	return writePlain(v, code, plainPage{Title: v.T("signing." + p.Kind + ".title"), Refresh: p.Elsewhere, Body: signing(v, p)})
}

// says is what the page says first.
func (p SignInPage) says(v *visit) string {
	switch p.Kind {
	case "sign_out", "terminal", "terminal_in":
		return v.T("signing."+p.Kind+".text", p.Name)
	case "signed_out":
		if p.Elsewhere != "" {
			return v.T("signing.elsewhere_too")
		}
		return ""
	default:
		return v.T("signing." + p.Kind + ".text")
	}
}

// LinkPage is the page of a link in a mail, by which somebody decides without signing in.
type LinkPage struct {
	Kind     string           // ask, answered, changed, sign_in, gone or away
	Approval usm.ApprovalView // with its canonical content
	Domain   usm.Domain       // of the approval: what the page calls by its name
	For      string           // whom the reader stands in for; "" for himself
	Given    usm.DecisionRequest
	Wrong    bool // what was sent is no answer
	Answer   usm.Ballot
	Renews   bool   // a new message can be asked for
	MaxAge   int    // seconds that the sign-in may be old, with sign_in
	SignIn   string // address to sign in at and come back from; "" when nobody signs in here
}

// Write writes the page. The headers that it needs are set already.
func (p LinkPage) Write(c *gin.Context, code int) error {
	v := visitOfNobody(c)
	d := directory{Domain: p.Domain}
	d.learn()
	title := v.T("by_link." + p.Kind + ".title")
	if p.Kind == "ask" {
		title = p.Approval.Call + ": " + title
	}
	return writePlain(v, code, plainPage{Title: title, Body: link(v, d, p)})
}

// typed is the form as it was sent.
func (p LinkPage) typed(v *visit) entry {
	e := entry{Values: map[string][]string{"decision": {string(p.Given.Decision)}, "reason": {p.Given.Reason}}}
	if p.Wrong {
		e.wrong(v, "/decision", v.T("by_link.wrong"))
	}
	return e
}
