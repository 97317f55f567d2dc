package server

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/scim"
	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

var (
	saneID = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,128}$`)
	// traceparent is the W3C header; its second part is the trace id, which is never all zeros.
	traceparent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$`)
	noTrace     = "00000000000000000000000000000000"
)

// identify gives the request an id: the client's own when it is sane, else that of the trace it belongs to, else a new one.
func (g *gateway) identify(c *gin.Context) {
	id := c.GetHeader("X-Request-Id")
	if !saneID.MatchString(id) {
		id = ""
	}
	if span := trace.SpanContextFromContext(c.Request.Context()); id == "" && span.IsValid() {
		id = span.TraceID().String()
	}
	if match := traceparent.FindStringSubmatch(c.GetHeader("Traceparent")); id == "" && match != nil && match[1] != noTrace {
		id = match[1]
	}
	if id == "" {
		id = rand.Text()
	}
	request := &api.Request{ID: id, Path: c.Request.URL.Path}
	c.Request = c.Request.WithContext(api.WithRequest(c.Request.Context(), request))
	c.Header("X-Request-Id", id)
}

// record writes the access log and counts.
func (g *gateway) record(c *gin.Context) {
	start := time.Now()
	route := c.FullPath()
	if route == "" {
		route = "none" // a label must not grow with what strangers ask for
	}
	inFlight := g.Metrics.inFlight.WithLabelValues(route)
	inFlight.Inc()
	defer func() {
		inFlight.Dec()
		took := time.Since(start)
		g.Metrics.observe(route, methodOf(c.Request), c.Writer.Status(), took)
		g.log(c, route, took)
	}()
	c.Next()
}

// methodOf is the method of a request; "other" for one that HTTP does not have, for a label must not grow either.
func methodOf(request *http.Request) string {
	switch request.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return request.Method
	}
	return "other"
}

func (g *gateway) log(c *gin.Context, route string, took time.Duration) {
	request := api.RequestOf(c.Request.Context())
	code := c.Writer.Status()
	attributes := []slog.Attr{
		slog.String("method", c.Request.Method), slog.String("route", route),
		slog.Int("status", code), slog.Duration("took", took), slog.Int("bytes", max(0, c.Writer.Size())),
	}
	for name, value := range map[string]string{
		"person": request.Caller.Token.Person, "token": request.Caller.Token.ID,
	} {
		if value != "" {
			attributes = append(attributes, slog.String(name, value))
		}
	}
	level := slog.LevelInfo
	if request.Err != nil {
		attributes = append(attributes, slog.String("error", request.Err.Error()))
	}
	if code >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	g.Logger.LogAttrs(c.Request.Context(), level, "request", attributes...)
}

// recover answers a panic with an internal problem and keeps serving.
func (g *gateway) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		g.Logger.ErrorContext(c.Request.Context(), "panic", "cause", cause, "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			refuse(c, usm.Errorf(usm.CodeInternal, "panic"))
		}
		c.Abort()
	}()
	c.Next()
}

// refuse answers with the problem document of an error and runs no further handler.
func refuse(c *gin.Context, err error) { refuseFor(c, err, 0) }

// refuseFor is refuse that says in how many seconds to come back; 0 is what the error itself says.
func refuseFor(c *gin.Context, err error, retryAfter int) {
	request := api.RequestOf(c.Request.Context())
	request.Err = err
	refusal := status.Refusal(err)
	problem := status.ProblemOf(refusal, request.Path, request.ID)
	if retryAfter > 0 {
		problem.RetryAfter = retryAfter
	}
	if provisions(request.Path) {
		scim.Write(c.Writer, refusal, problem)
	} else {
		problem.Write(c.Writer)
	}
	c.Abort()
}

func notFound(c *gin.Context) {
	refuse(c, usm.Errorf(usm.CodeNotFound, "nothing lives at %s", c.Request.URL.Path))
}

func methodNotAllowed(c *gin.Context) {
	refuse(c, usm.Errorf(status.CodeMethodNotAllowed, "%s does not take %s", c.Request.URL.Path, c.Request.Method))
}

// secure sets the headers that keep a browser from doing more with an answer than it is meant for. Pages set their own
// Content-Security-Policy over this one.
func secure(c *gin.Context) {
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("X-Frame-Options", "DENY")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}
