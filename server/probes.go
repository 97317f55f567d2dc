package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/usm-works/usm/usm"
)

// The addresses of the probes.
const (
	healthPath  = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// isProbe reports whether a route is that of a probe.
func isProbe(route string) bool {
	return route == healthPath || route == readyPath || route == metricsPath
}

// readyWithin is how long a part has to say that it is there.
const readyWithin = 3 * time.Second

// readiness is the answer of /readyz.
type readiness struct {
	Status string            `json:"status"` // ready or away
	Parts  map[string]string `json:"parts"`  // "ready" or why not
}

// Parts are what a process cannot do without, by name; each answers nil when it is there.
type Parts map[string]func(context.Context) error

// Probes serves what a supervisor asks of a process without an API, without a token: /healthz, /readyz and /metrics.
func Probes(parts Parts, registry *prometheus.Registry, logger *slog.Logger) http.Handler {
	engine := newEngine()
	engine.NoRoute(notFound)
	probes(engine, parts, registry, logger)
	return engine
}

func probes(engine *gin.Engine, parts Parts, metrics *prometheus.Registry, logger *slog.Logger) {
	metrics.MustRegister(newAsked(parts))
	engine.GET(healthPath, func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	engine.GET(readyPath, func(c *gin.Context) { parts.ready(c, logger) })
	engine.GET(metricsPath, gin.WrapH(promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})))
}

// ready asks every part, all at once. Without Temporal calls are still taken in, but 503 keeps traffic where everything works.
func (p Parts) ready(c *gin.Context, logger *slog.Logger) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	answer, code := readiness{Status: "ready", Parts: map[string]string{}}, http.StatusOK
	for part, err := range p.ask(ctx) {
		answer.Parts[part] = "ready"
		if err != nil {
			logger.WarnContext(ctx, "a part is away", "part", part, "error", err)
			answer.Parts[part], answer.Status, code = whyNot(err), "away", http.StatusServiceUnavailable
		}
	}
	if code != http.StatusOK {
		c.Header("Retry-After", "2")
	}
	c.JSON(code, answer)
}

// ask asks every part, all at once, and returns what each said by the end of ctx.
func (p Parts) ask(ctx context.Context) map[string]error {
	heard, answers := map[string]<-chan error{}, map[string]error{}
	for part, there := range p {
		heard[part] = ask(ctx, there)
	}
	for part, said := range heard {
		answers[part] = hear(ctx, said)
	}
	return answers
}

// whyNot is what everybody may know of it: a part that answers and is not what is needed says how to mend it.
func whyNot(err error) string {
	if refusal, ok := errors.AsType[*usm.Error](err); ok && refusal.Code == usm.CodeConflict {
		return refusal.Message
	}
	return "away"
}

// ask asks a part in the background: a driver on a silent network may not heed its context.
func ask(ctx context.Context, part func(context.Context) error) <-chan error {
	said := make(chan error, 1)
	go func() { said <- part(ctx) }()
	return said
}

func hear(ctx context.Context, said <-chan error) error {
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
