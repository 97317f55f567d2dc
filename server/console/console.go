// Package console is where people work: pages that are rendered here and served by the gateway itself.
//
// It is a client of the API that runs in the same process: what a page shows or does is authenticated, limited, authorised and
// recorded like any other request, and there is nothing that a page can do and a program cannot
// (docs/decisions/0032-the-console-is-a-client.md). Every page and every action works without a script.
package console

import (
	"embed"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
)

//go:generate ../../tools/templ.sh

// Options are what the console is made of. API is needed; the zero value of the rest is usable.
type Options struct {
	// API answers the requests of pages, with the headers of whoever asked for the page.
	API http.RoundTripper
	// CrossOrigin tells what our own pages send from what other sites make a browser send.
	CrossOrigin *http.CrossOriginProtection
	// SignIn says that people can sign in; without it pages are for who shows a token.
	SignIn bool
	// Examples are the files of domains that come with the product, by id, to begin a new one with.
	Examples map[string][]byte
	// TemporalUI is the address of Temporal's own pages; "" links nothing.
	TemporalUI string
	Version    string
	// Logger gets what goes wrong while a page is written.
	Logger *slog.Logger
}

//go:embed static
var static embed.FS

// site serves the pages.
type site struct {
	Options
	texts map[string]*texts // by language
}

// Register adds the pages to the gateway's engine. It panics when a text or a file is missing: such a program must not serve.
func Register(engine gin.IRouter, o Options) {
	s := &site{Options: o, texts: readTexts()}
	pages := engine.Group("", s.guard)
	for _, r := range s.routes() {
		pages.Handle(r.method, r.path, s.handle(r))
	}
	s.files(engine)
}

// handler is one user action: it asks the API and says what to show.
type handler func(*visit) (page, error)

type route struct {
	method, path string
	show         handler
	anybody      bool // it is not asked who visits
}

func get(path string, show handler) route {
	return route{method: http.MethodGet, path: path, show: show}
}

func post(path string, show handler) route {
	return route{method: http.MethodPost, path: path, show: show}
}

// forAnybody is a page that works without knowing who visits, and so while Postgres is away.
func forAnybody(r route) route { r.anybody = true; return r }

// routes are all pages and actions, in the order of the menu.
func (s *site) routes() []route { //nolint:funlen // one table, to be read as one
	return []route{
		get("/", s.start),
		get("/find", s.find),

		get("/ask", s.ask),
		get("/ask/tell", s.tell),
		post("/ask/tell", s.openTold),
		get("/ask/:domain/:item", s.item),
		post("/ask/:domain/:item", s.openItem),
		get("/asked", s.asked),
		get("/asked/:number", s.askedCall),
		post("/asked/:number", s.replyAsked),

		get("/work", s.work),
		post("/work", s.takeWork),

		get("/approvals", s.approvals),
		post("/approvals", s.decideMarked),
		get("/approvals/:id", s.approval),
		post("/approvals/:id", s.decideApproval),
		get("/absence", s.absence),
		post("/absence", s.beAbsent),

		get("/calls/:number", s.call),
		post("/calls/:number/steps/:step", s.finishStep),
		post("/calls/:number/:action", s.actOnCall),

		get("/registers", s.registers),
		get("/registers/:register", s.register),
		get("/registers/:register/export.csv", s.exportRegister),
		post("/registers/:register/filters", s.saveFilter),
		post("/registers/:register/filters/:id", s.forgetFilter),
		get("/agreements", s.agreements),
		get("/agreements/:domain/:id", s.agreement),
		get("/agreements/:domain/:id/calls", s.attained),
		get("/services", s.services),
		get("/services/:domain/:id", s.service),
		get("/components", s.components),
		get("/components/:domain/:id", s.component),
		get("/components/:domain/:id/change", s.askChange),
		post("/components/:domain/:id/change", s.raiseChange),
		get("/risks", s.risks),
		post("/risks", s.raiseRisk),

		get("/insight", s.insight),
		get("/insight/calls", s.insightCalls),
		get("/insight/norms", s.insightNorms),

		get("/domains", s.domains),
		get("/domains/:id", s.domain),
		get("/domains/:id/file", s.domainFile),
		post("/domains/:id/plan", s.planDomain),
		post("/domains/:id/apply", s.applyDomain),
		get("/new-domain", s.newDomain),
		post("/new-domain", s.planNewDomain),

		get("/system", s.system),
		post("/system/dead-letters/:id/replay", s.replayLetter),
		get("/system/tokens", s.tokens),
		post("/system/tokens/:id/revoke", s.revokeToken),

		forAnybody(get("/style", s.style)),
		forAnybody(post("/preferences", s.prefer)),
	}
}

// files serves the style sheet and the script; their address changes with their content, so that browsers keep them.
func (s *site) files(engine gin.IRouter) {
	for name, kind := range map[string]string{"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8"} {
		content := fileContent(name)
		engine.GET("/static/"+name, func(c *gin.Context) {
			c.Header("Cache-Control", "public, max-age=31536000, immutable")
			c.Data(http.StatusOK, kind, content)
		})
	}
}

func fileContent(name string) []byte {
	content, err := static.ReadFile("static/" + name)
	if err != nil {
		panic(err) // it is part of the binary
	}
	return content
}
