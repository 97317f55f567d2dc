package server

import (
	"embed"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed static
var static embed.FS

// pagePolicy lets a page load only what this server brings itself.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pages adds the documentation of the API.
func (g *gateway) pages(engine *gin.Engine) {
	engine.GET("/api/docs", file("docs.html", "text/html; charset=utf-8"))
	engine.GET("/api/docs.js", file("docs.js", "text/javascript; charset=utf-8"))
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
