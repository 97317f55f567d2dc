package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/usm"
)

// console adds the pages where people work. They speak to the API as everybody does, without leaving the process.
func (g *gateway) console(engine *gin.Engine) {
	console.Register(engine.Group("", beginPage), console.Options{
		API: inside{engine}, CrossOrigin: g.crossOrigin, SignIn: g.SignIn.Provider != nil,
		Examples: api.ExampleDomains(), TemporalUI: g.TemporalUI, Version: g.Version, Logger: g.Logger,
	})
}

// onePage is what the requests of a page have in common: who asks for it, once that is known. It is kept in the context of the
// request for the page, where no header gets at it, and is gone with it: the next page finds out anew.
type onePage struct {
	mu     sync.Mutex
	secret string // "" before anybody is known
	by     usm.Caller
}

type pageKey struct{}

// beginPage begins a page, of nobody yet.
func beginPage(c *gin.Context) {
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), pageKey{}, &onePage{}))
}

// pageOf is the page that a request is part of, nil for none.
func pageOf(ctx context.Context) *onePage {
	page, _ := ctx.Value(pageKey{}).(*onePage)
	return page
}

// caller returns whose secret it is, and asks only when that is not known yet. A refusal is not remembered.
func (p *onePage) caller(secret string, ask func() (usm.Caller, error)) (usm.Caller, error) {
	if p == nil {
		return ask()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.secret != secret {
		caller, err := ask()
		if err != nil {
			return usm.Caller{}, err
		}
		p.secret, p.by = secret, caller
	}
	return p.by, nil
}

// inside answers requests by the gateway's own handlers, with all that stands before them. It is an http.RoundTripper.
type inside struct{ handler http.Handler }

type withinKey struct{}

// within reports whether a request is part of another one, which holds a place already.
func within(r *http.Request) bool { return r.Context().Value(withinKey{}) != nil }

// RoundTrip serves the request and returns the whole answer. Streams never end and are not for it.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := context.WithValue(r.Context(), withinKey{}, true)
	w := &answerWriter{header: http.Header{}}
	i.handler.ServeHTTP(w, r.Clone(ctx))
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: strconv.Itoa(w.code) + " " + http.StatusText(w.code), StatusCode: w.code,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answerWriter keeps an answer.
type answerWriter struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header returns the headers of the answer.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader sets the status, once.
func (w *answerWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

// Write adds to the body.
func (w *answerWriter) Write(content []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(content)
}
