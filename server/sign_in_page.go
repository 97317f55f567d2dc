package server

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"
)

var signInPages = template.Must(template.ParseFS(static, "static/sign_in.html"))

// signInPage is what a page about signing in shows.
type signInPage struct {
	// Kind is away, again, cancelled, stranger, address, elsewhere, sign-out, signed-out, terminal, terminal-in, terminal-out
	// or terminal-known.
	Kind      string
	Name      string // of who is signed in; "" nobody
	Elsewhere string // address at the provider to sign out; "" none
	Terminal  terminalRequest
}

// signInPage writes a page, with the same care as those of links.
func (g *gateway) signInPage(c *gin.Context, code int, page signInPage) {
	private(c, code)
	c.Status(code)
	if err := signInPages.Execute(c.Writer, page); err != nil {
		g.Logger.WarnContext(c.Request.Context(), "a page about signing in was not written", "error", err)
	}
}

// private has a page kept by nobody, found by no search engine, and tell no other page where the reader was.
func private(c *gin.Context, code int) {
	for name, value := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": linkPolicy, "Cache-Control": "no-store",
		"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive",
	} {
		c.Header(name, value)
	}
	if code == http.StatusServiceUnavailable {
		c.Header("Retry-After", "2")
	}
}
