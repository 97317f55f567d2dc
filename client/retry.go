package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/usm-works/usm/usm"
)

// The pauses between tries when the gateway does not say how long to wait.
const (
	firstPause = 100 * time.Millisecond
	longPause  = 3 * time.Second
)

// send sends a request until it is answered, refused for good, or patience or ctx ends; then the last refusal is
// returned.
func (c *Client) send(ctx context.Context, r *request) (*answer, error) {
	deadline := time.Now().Add(c.options.Patience)
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		a, err := c.once(ctx, r)
		if err == nil || !c.passing(err) {
			return a, err
		}
		wait := waitFor(err, pause)
		if time.Now().Add(wait).After(deadline) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// passing reports whether the same request may succeed later. Every request may be sent again: it reads, replaces, or
// carries a key.
func (c *Client) passing(err error) bool {
	if p, ok := errors.AsType[*Problem](err); ok {
		busy := p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable
		return busy || p.Code == usm.CodeInProgress
	}
	var lost *UnreachableError
	return errors.As(err, &lost) && c.options.Reconnect
}

// waitFor is what the gateway asks for, else the pause with jitter, so that many clients do not come back at once.
func waitFor(err error, pause time.Duration) time.Duration {
	var p *Problem
	if errors.As(err, &p) && p.RetryAfter > 0 {
		return p.RetryAfter
	}
	return pause/2 + rand.N(pause) //nolint:gosec // jitter
}
