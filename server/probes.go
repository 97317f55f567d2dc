package server

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyWithin is how long a part has to say that it is there.
const readyWithin = 3 * time.Second

// readiness is the answer of /readyz.
type readiness struct {
	Status string            `json:"status"` // ready or away
	Parts  map[string]string `json:"parts"`  // "ready" or why not
}

// probes adds what a supervisor asks, without a token.
func (g *gateway) probes(engine *gin.Engine) {
	engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	engine.GET("/readyz", g.ready)
	engine.GET("/metrics", gin.WrapH(g.Metrics.handler()))
}

// ready asks every part. Without Temporal calls are still taken in, but 503 keeps traffic where everything works.
func (g *gateway) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	postgres, temporal := ask(ctx, g.Reader.Ready), ask(ctx, g.Desk.Ready)
	answer, code := readiness{Status: "ready", Parts: map[string]string{}}, http.StatusOK
	for part, said := range map[string]<-chan error{"postgres": postgres, "temporal": temporal} {
		answer.Parts[part] = "ready"
		if err := heard(ctx, said); err != nil {
			g.Logger.WarnContext(ctx, "a part is away", "part", part, "error", err)
			answer.Parts[part], answer.Status, code = "away", "away", http.StatusServiceUnavailable
		}
	}
	if code != http.StatusOK {
		c.Header("Retry-After", "2")
	}
	c.JSON(code, answer)
}

// ask asks a part in the background: a driver on a silent network may not heed its context.
func ask(ctx context.Context, part func(context.Context) error) <-chan error {
	said := make(chan error, 1)
	go func() { said <- part(ctx) }()
	return said
}

func heard(ctx context.Context, said <-chan error) error {
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
