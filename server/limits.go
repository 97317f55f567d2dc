package server

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// limitBody reads the body, so that everything after it works on bytes that are there and not on a slow connection. The
// server's own timeouts limit how long that may take.
func (g *gateway) limitBody(c *gin.Context) {
	if c.Request.Body == nil || c.Request.Body == http.NoBody {
		return
	}
	if c.Request.ContentLength > g.Limits.Body {
		refuse(c, &http.MaxBytesError{Limit: g.Limits.Body})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, g.Limits.Body))
	if err != nil {
		refuse(c, readError(err))
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
}

// readError tells a body that is too large from one that did not arrive.
func readError(err error) error {
	if refusal := status.Refusal(err); refusal.Code == usm.CodeTooLarge {
		return err
	}
	return usm.Errorf(status.CodeRequestTimeout, "the body did not arrive: %v", err)
}

// turnWithin is how long a request waits for its turn. Then those before it wait for something else than a processor, and it begins.
const turnWithin = 250 * time.Millisecond

// The kinds of requests that have places of their own.
const (
	reads   = "reads"
	changes = "changes"
)

// isStream reports whether a route is one whose answers last as long as their clients want.
func isStream(route string) bool { return route == api.Prefix+"/events" }

// limitLoad refuses a request at once when so many run already that one more would only make all of them slower. What changes
// something may wait long for a worker, so it keeps nobody from reading. Probes are always answered.
func (g *gateway) limitLoad(c *gin.Context) {
	if isStream(c.FullPath()) || isProbe(c.FullPath()) || within(c.Request) {
		return
	}
	running := g.placesFor(c)
	if !running.all.TryAcquire(1) {
		g.Metrics.shed.WithLabelValues(running.kind).Inc()
		refuse(c, usm.Errorf(usm.CodeUnavailable, "overloaded: %d such requests run already; try again", running.most))
		return
	}
	defer running.all.Release(1)
	taken := g.Metrics.running.WithLabelValues(running.kind)
	taken.Inc()
	defer taken.Dec()
	c.Next()
}

// limitDomain refuses a request when the people of a domain of his have three quarters of the places already: however much one
// domain asks, there are places for the others. Then it waits for its turn.
func (g *gateway) limitDomain(c *gin.Context) {
	if isStream(c.FullPath()) {
		return
	}
	running, domains := g.placesFor(c), api.RequestOf(c.Request.Context()).Caller.Domains
	if full := running.enter(domains); full != "" {
		g.Metrics.shed.WithLabelValues(running.kind).Inc()
		refuse(c, usm.Errorf(usm.CodeUnavailable, "overloaded: the people of %q have so many requests running already; try again", full))
		return
	}
	defer running.leave(domains)
	defer running.turn(c.Request.Context())()
	c.Next()
}

func (g *gateway) placesFor(c *gin.Context) *places {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		return g.reads
	}
	return g.changes
}

// places are those for requests that run at once.
type places struct {
	kind string // reads or changes
	all  *semaphore.Weighted
	most int64
	// turns are for those of them that are at work at a time: where all want the same processor, each is done soonest when few are at it.
	turns *semaphore.Weighted
	mu    sync.Mutex
	of    map[string]int64 // that people of a domain have
}

func newPlaces(kind string, most, turns int64) *places {
	return &places{kind: kind, all: semaphore.NewWeighted(most), most: most, turns: semaphore.NewWeighted(turns), of: map[string]int64{}}
}

// enter counts a request of somebody in these domains, and returns "", or else the domain that has its share.
func (p *places) enter(domains map[string][]string) (full string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for domain := range domains {
		if p.of[domain] >= p.most-p.most/4 {
			return domain
		}
	}
	for domain := range domains {
		p.of[domain]++
	}
	return ""
}

func (p *places) leave(domains map[string][]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for domain := range domains {
		if p.of[domain]--; p.of[domain] == 0 {
			delete(p.of, domain)
		}
	}
}

// turn waits until a request may be at work; done is when it no longer is.
func (p *places) turn(ctx context.Context) (done func()) {
	if !p.turns.TryAcquire(1) { // a clock is asked only where there is something to wait for
		ctx, cancel := context.WithTimeout(ctx, turnWithin)
		defer cancel()
		if p.turns.Acquire(ctx, 1) != nil {
			return func() {}
		}
	}
	return func() { p.turns.Release(1) }
}

// limitTime gives up a request after a time, from finding out who calls on. Streams are limited by their clients.
func (g *gateway) limitTime(c *gin.Context) {
	if isStream(c.FullPath()) {
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), g.Limits.Request)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// rates remembers how much each caller has asked for lately.
type rates struct {
	limit rate.Limit
	burst int
	of    *lru.Cache[string, *rate.Limiter]
}

func newRates(l Limits) *rates {
	of, err := lru.New[string, *rate.Limiter](l.Tokens)
	if err != nil {
		panic(err) // only a size below one, and orDefaults gives none
	}
	return &rates{limit: rate.Limit(l.Rate), burst: l.Burst, of: of}
}

// wait returns how long the caller has to wait before this request, 0 when it may go on.
func (r *rates) wait(caller string) time.Duration {
	limiter, known := r.of.Get(caller)
	if !known {
		limiter = rate.NewLimiter(r.limit, r.burst)
		if before, raced, _ := r.of.PeekOrAdd(caller, limiter); raced {
			limiter = before
		}
	}
	reservation := limiter.Reserve()
	wait := reservation.Delay()
	if wait > 0 {
		reservation.Cancel()
	}
	return wait
}

// limitRate refuses a token that asks too much; callers without one are told apart by their address.
func (g *gateway) limitRate(c *gin.Context) {
	request := api.RequestOf(c.Request.Context())
	caller := "token " + request.Caller.Token.ID
	if request.Caller.Token.ID == "" {
		caller = "address " + c.ClientIP()
	}
	wait := g.rates.wait(caller)
	if wait == 0 {
		return
	}
	err := usm.Errorf(usm.CodeRateLimited, "more than %g requests a second", g.Limits.Rate)
	refuseFor(c, err, max(1, int(math.Ceil(wait.Seconds()))))
}
