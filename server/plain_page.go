package server

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// plainPolicy lets the pages of links and of signing in load our stylesheet and post their form to us, and nothing else.
const plainPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// plainPage is a page for who may be known to nobody.
type plainPage interface {
	Write(c *gin.Context, code int) error
}

// plainPage writes a page that is kept by nobody, found by no search engine, and tells no other page where the reader was.
func (g *gateway) plainPage(c *gin.Context, code int, page plainPage) {
	for name, value := range map[string]string{
		"Content-Security-Policy": plainPolicy, "Cache-Control": "no-store",
		"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive",
	} {
		c.Header(name, value)
	}
	if code == http.StatusServiceUnavailable {
		c.Header("Retry-After", "2")
	}
	if err := page.Write(c, code); err != nil {
		g.Logger.ErrorContext(c.Request.Context(), "a page was not written", "error", err)
	}
}
