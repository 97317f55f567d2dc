package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// page is what an action comes to: something to show, somewhere to go, or a file.
type page struct {
	Place  string // in the menu, e.g. "work"
	Title  string // for the window and the head of the page
	Body   templ.Component
	Status int // 0 is 200
	See    string
	File   *file
}

// file is something to save.
type file struct {
	Name, Kind string // Kind is its Content-Type
	Content    []byte
	Write      func(io.Writer) error // in place of Content, for what is long
}

// see sends the browser to another page of ours after an action. Any other address is the first page.
func see(address string) page {
	to, err := url.Parse(address)
	if err != nil || to.IsAbs() || to.Host != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(address, "//") ||
		strings.ContainsAny(address, "\\\r\n\t") {
		address = "/"
	}
	return page{See: address}
}

// pagePolicy lets a page load only what this server brings, run no script and no style that stands in it, and send its forms here.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard sets the headers of pages and refuses forms that another site made a browser send.
func (s *site) guard(c *gin.Context) {
	c.Header("Content-Security-Policy", pagePolicy)
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "same-origin")
	if s.CrossOrigin == nil {
		return
	}
	if err := s.CrossOrigin.Check(c.Request); err != nil {
		c.Abort()
		v := s.visitOf(c)
		s.write(v, v.trouble("elsewhere", http.StatusForbidden, nil))
	}
}

// handle finds out who visits, performs the action and writes what it comes to.
func (s *site) handle(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := s.visitOf(c)
		var p page
		var err error
		if !r.anybody {
			v.me, err = v.api.Me(v.ctx())
		}
		if err == nil {
			p, err = r.show(v)
		}
		if err != nil {
			p = v.refused(err)
		}
		s.write(v, p)
	}
}

// write writes a page whole or not at all.
func (s *site) write(v *visit, p page) {
	c := v.c
	switch {
	case p.See != "":
		c.Redirect(http.StatusSeeOther, p.See)
		return
	case p.File != nil:
		c.Header("Content-Disposition", `attachment; filename="`+p.File.Name+`"`)
		if p.File.Write == nil {
			c.Data(http.StatusOK, p.File.Kind, p.File.Content)
			return
		}
		c.Header("Content-Type", p.File.Kind)
		if err := p.File.Write(c.Writer); err != nil {
			s.Logger.ErrorContext(v.ctx(), "a file was not written to its end", "file", p.File.Name, "error", err)
		}
		return
	case p.Status == 0:
		p.Status = http.StatusOK
	}
	var out bytes.Buffer
	// What is said when the time of a request is over is said all the same.
	if err := frame(v, p).Render(context.WithoutCancel(v.ctx()), &out); err != nil {
		s.Logger.ErrorContext(v.ctx(), "a page was not written", "place", p.Place, "error", err)
		c.String(http.StatusInternalServerError, "This page cannot be shown.")
		return
	}
	c.Data(p.Status, "text/html; charset=utf-8", out.Bytes())
}

// refused is the page for an error that the action itself did not deal with.
func (v *visit) refused(err error) page {
	problem, ok := asProblem(err)
	switch {
	case !ok && away(err):
		problem = &client.Problem{Status: http.StatusServiceUnavailable, Code: usm.CodeUnavailable}
	case !ok:
		v.site.Logger.ErrorContext(v.ctx(), "a page failed", "error", err)
		return v.trouble("internal", http.StatusInternalServerError, nil)
	}
	switch {
	case problem.Status == http.StatusUnauthorized && !v.site.SignIn:
		return v.trouble("closed", http.StatusUnauthorized, nil)
	case problem.Status == http.StatusUnauthorized && v.c.Request.Method == http.MethodGet:
		if v.c.Request.URL.Path == "/" {
			return v.trouble("welcome", http.StatusOK, nil)
		}
		return see("/sign-in?return=" + url.QueryEscape(v.at()))
	case problem.Status == http.StatusUnauthorized:
		return v.trouble("session", http.StatusUnauthorized, problem)
	case problem.Status == http.StatusNotFound:
		return v.trouble("unknown", http.StatusNotFound, problem)
	case problem.Status == http.StatusForbidden:
		return v.trouble("forbidden", http.StatusForbidden, problem)
	case problem.Status >= http.StatusInternalServerError && problem.Status != http.StatusServiceUnavailable:
		return v.trouble("internal", problem.Status, problem)
	case problem.Status == http.StatusServiceUnavailable, problem.Status == http.StatusTooManyRequests:
		v.c.Header("Retry-After", "2")
		return v.trouble("away", http.StatusServiceUnavailable, problem)
	default:
		return v.trouble("refused", problem.Status, problem)
	}
}

// trouble is a page that says what is in the way. What a form had sent is kept and can be sent again.
func (v *visit) trouble(kind string, status int, problem *client.Problem) page {
	t := troublePage{Kind: kind, Problem: problem}
	if v.c.Request.Method == http.MethodPost {
		t.Action = v.at()
		t.Kept = kept(v.c.Request)
	}
	return page{Place: "", Title: v.T("trouble." + kind + ".title"), Body: trouble(v, t), Status: status}
}

// troublePage says what is in the way.
type troublePage struct {
	Kind    string // welcome, closed, session, unknown, forbidden, away, internal, refused or elsewhere
	Problem *client.Problem
	Action  string // where the form was sent; "" for none
	Kept    []keptField
}

// keptField is what somebody typed.
type keptField struct{ Name, Value string }

// kept lists what a form sent, in the order of the names.
func kept(r *http.Request) []keptField {
	if err := r.ParseForm(); err != nil {
		return nil
	}
	var fields []keptField
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			fields = append(fields, keptField{name, value})
		}
	}
	return fields
}

// away reports whether an error says that something is away for a moment, as opposed to what whoever asks can mend.
func away(err error) bool {
	code := client.CodeOf(err)
	return code == usm.CodeUnavailable || code == usm.CodeInternal || errors.Is(err, context.DeadlineExceeded)
}
