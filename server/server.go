// Package server is the gateway: it authenticates, limits and records requests, serves the API and its pages, and
// starts the calls that were taken in while the engine was away.
package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/scim"
	"github.com/usm-works/usm/usm"
)

// Options are what a gateway is made of. Desk, Reader and Intake are needed; the zero value of the rest is usable.
type Options struct {
	Desk   api.Desk
	Reader api.Reader
	Intake api.Intake
	// Hub tells of what was recorded; nil makes one, with a listener of its own.
	Hub *api.Hub
	// Post keeps the mails to people and the links in them; nil has none.
	Post Post
	// Directory keeps the people of the domains for systems that provision them; nil lets nobody do so.
	Directory scim.Directory
	// Mailer sends the mails; nil sends none, and they wait.
	Mailer Mailer
	// SignIn lets people sign in; its zero value does not.
	SignIn SignIn
	// Logger gets the access log and everything else; nil discards it.
	Logger *slog.Logger
	// Metrics are shared with StartPending and Deliver; nil makes new ones.
	Metrics *Metrics
	// Backlog counts what waits in the registers, for the metrics; nil measures none of it.
	Backlog func(context.Context) (usm.Backlog, error)
	// Tracer makes a span of each request; nil makes none.
	Tracer trace.Tracer
	// PublicURL is the address people use, as it stands in the OpenAPI document; "" names none.
	PublicURL string
	// TemporalUI is the address of Temporal's own pages, for links; "" links nothing.
	TemporalUI string
	// Namespace is Temporal's; "" means "usm".
	Namespace string
	// Version of the product, for the OpenAPI document; "" means "dev".
	Version string
	Limits  Limits
}

// Limits keep one client from taking the gateway from the others. A zero field takes its default.
type Limits struct {
	Body    int64         // bytes of a request body; 1 MiB
	Rate    float64       // requests a second of one token, on average; 200
	Burst   int           // requests of one token at once; 400
	Tokens  int           // tokens whose rate is remembered; 10000
	Reads   int64         // requests that only read and are there at once, streams and probes aside; 64 for each processor
	Changes int64         // other requests that are there at once; 128 for each processor
	Request time.Duration // until a request is given up; 30 s. Streams have no limit
	Beat    time.Duration // how often a stream says that it is alive, and asks whether its caller still may follow; 15 s
}

func (l Limits) orDefaults() Limits {
	if l.Body <= 0 {
		l.Body = 1 << 20
	}
	if l.Rate <= 0 {
		l.Rate = 200
	}
	if l.Burst <= 0 {
		l.Burst = 400
	}
	if l.Tokens <= 0 {
		l.Tokens = 10_000
	}
	if l.Reads <= 0 {
		l.Reads = 64 * int64(runtime.GOMAXPROCS(0))
	}
	if l.Changes <= 0 {
		l.Changes = 128 * int64(runtime.GOMAXPROCS(0))
	}
	if l.Request <= 0 {
		l.Request = 30 * time.Second
	}
	return l
}

func (o Options) orDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Hub == nil {
		o.Hub = api.NewHub(o.Reader.Listen, o.Logger)
	}
	o.Limits = o.Limits.orDefaults()
	o.SignIn.Idle = cmp.Or(o.SignIn.Idle, time.Hour)
	o.SignIn.Max = cmp.Or(o.SignIn.Max, 12*time.Hour)
	return o
}

// New returns the gateway.
func New(o Options) http.Handler {
	o = o.orDefaults()
	g := &gateway{
		Options: o, rates: newRates(o.Limits), crossOrigin: crossOrigin(o.PublicURL),
		reads:   newPlaces(reads, o.Limits.Reads, max(o.Limits.Reads/8, 1)),
		changes: newPlaces(changes, o.Limits.Changes, o.Limits.Changes), // they wait for a worker
	}
	g.Logger = slog.New(ofRequest{o.Logger.Handler()})
	o.Metrics.limit.WithLabelValues(reads).Set(float64(o.Limits.Reads))
	o.Metrics.limit.WithLabelValues(changes).Set(float64(o.Limits.Changes))
	if o.Backlog != nil {
		o.Metrics.registry.MustRegister(newBacklog(o.Backlog, o.Mailer != nil))
	}
	engine := newEngine()
	if o.Tracer != nil {
		engine.Use(g.trace)
	}
	engine.Use(g.identify, g.record, g.recover, secure, g.limitBody, g.limitLoad, g.limitTime)
	engine.NoRoute(notFound)
	engine.NoMethod(methodNotAllowed)
	g.pages(engine)
	probes(engine, Parts{"postgres": o.Reader.Ready, "temporal": o.Desk.Ready}, o.Metrics.registry, g.Logger)

	operations := engine.Group("", g.authenticate, g.limitRate, g.limitDomain, g.authorise, g.once)
	config := api.Config(o.Version)
	if o.PublicURL != "" {
		config.Servers = servers(o.PublicURL)
	}
	documented := humagin.NewWithGroup(engine, operations, config)
	answers := api.Register(documented, api.Options{
		Desk: o.Desk, Intake: o.Intake, Reader: o.Reader, Hub: o.Hub, Logger: g.Logger, TemporalUI: o.TemporalUI, Namespace: o.Namespace,
		Heartbeat: o.Limits.Beat,
	})
	g.operations = operationsOf(engine, documented.OpenAPI())
	g.console(engine)
	if o.Post != nil {
		g.links(engine, answers)
	}
	if o.Directory != nil {
		g.provisioning(engine)
	}
	if o.SignIn.Provider != nil {
		g.signIns(engine)
	}
	return engine
}

// gateway holds what the middleware needs.
type gateway struct {
	Options
	rates       *rates
	reads       *places
	changes     *places
	crossOrigin *http.CrossOriginProtection
	operations  map[string]string // IDs of the OpenAPI document, by route
}

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode) // the other mode prints every route
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	// Nobody's X-Forwarded-For is believed: addresses only serve to limit callers without a token.
	engine.SetTrustedProxies(nil) //nolint:errcheck // nil cannot be wrong
	return engine
}
