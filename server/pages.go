package server

import (
	"embed"
	"html/template"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed static
var static embed.FS

var homePage = template.Must(template.ParseFS(static, "static/home.html"))

// pagePolicy lets a page load only what this server brings itself.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pages adds the pages for people: a first one, and the documentation of the API.
func (g *gateway) pages(engine *gin.Engine) {
	engine.GET("/", func(c *gin.Context) {
		page(c)
		c.Header("Content-Type", "text/html; charset=utf-8")
		home := map[string]any{"TemporalUI": g.TemporalUI, "Version": g.Version, "SignIn": g.SignIn.Provider != nil}
		if err := homePage.Execute(c.Writer, home); err != nil {
			g.Logger.WarnContext(c.Request.Context(), "the first page was not written", "error", err)
		}
	})
	engine.GET("/api/docs", file("docs.html", "text/html; charset=utf-8"))
	engine.GET("/api/docs.js", file("docs.js", "text/javascript; charset=utf-8"))
	// The page that Temporal's pages of a run link to. It holds nothing itself: its script asks the API.
	engine.GET("/calls/:number", file("call.html", "text/html; charset=utf-8"))
	engine.GET("/call.js", file("call.js", "text/javascript; charset=utf-8"))
	engine.GET("/style.css", file("style.css", "text/css; charset=utf-8"))
}

func page(c *gin.Context) {
	c.Header("Content-Security-Policy", pagePolicy)
	c.Header("Cache-Control", "no-cache")
}

// file serves one of the embedded files.
func file(name, contentType string) gin.HandlerFunc {
	content, err := static.ReadFile("static/" + name)
	if err != nil {
		panic(err) // the file is part of the binary
	}
	return func(c *gin.Context) {
		page(c)
		c.Data(http.StatusOK, contentType, content)
	}
}

func servers(publicURL string) []*huma.Server {
	return []*huma.Server{{URL: publicURL}}
}
