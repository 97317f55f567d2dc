package deploy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

const (
	underway = 8 // calls at the same time
	between  = 4 // calls that end between two restarts
)

// services are the services of Temporal, each a process of its own.
var services = []string{"history", "matching", "frontend", "worker"}

// TestRollingRestart has calls opened and ended through two gateways and two workers on a Temporal whose four services are
// processes of their own, and stops and starts each of them meanwhile, one after the other: no call is lost, and nothing of any
// happens twice.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	h := startHost(t, false)
	h.run("temporal-schema")
	parts := map[string]func(){}
	for _, service := range services {
		parts[service] = h.start("temporal", service)
	}
	h.administer("psql", "-qc", "CREATE DATABASE rolling")
	p := product.Start(t, product.Options{
		Database: h.postgres.URL("rolling"), Temporal: h.address("temporal", "7233"), Namespace: "usm",
		Domains: []string{"facilities"},
	})
	second := []string{"USM_ADDRESS=" + h.address("second", "8080")}
	gateway, worker := p.Background(second, "gateway"), p.Background(nil, "worker")
	address := balance(t, p.URL, "http://"+h.address("second", "8080"))
	p.Admin = client.NewWith(address, p.AdminToken, client.Options{Patience: startWithin, Reconnect: true})

	l := &rolling{p: p}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	driven, ctx := errgroup.WithContext(ctx)
	var enough atomic.Bool
	for range underway {
		driven.Go(func() error { return l.calls(ctx, &enough) })
	}
	for _, service := range services {
		l.restart(t, ctx, service, parts[service], func() { h.start("temporal", service) })
	}
	l.restart(t, ctx, "first gateway", p.Part("gateway").Stop, func() { p.Gateway() })
	l.restart(t, ctx, "second gateway", gateway.Stop, func() { p.Background(second, "gateway") })
	l.restart(t, ctx, "first worker", p.Part("worker").Stop, func() { p.Worker() })
	l.restart(t, ctx, "second worker", worker.Stop, func() { p.Background(nil, "worker") })
	l.restart(t, ctx, "nothing", func() {}, func() {})
	enough.Store(true)
	require.NoError(t, driven.Wait())
	product.RequireNothingTwice(t, p, int(l.ended.Load()))
}

// rolling is the load, and how far it has come.
type rolling struct {
	p             *product.Product
	opened, ended atomic.Int64
}

// calls opens one call after the other and takes each to its end.
func (l *rolling) calls(ctx context.Context, enough *atomic.Bool) error {
	domain, err := domains.Parse("facilities.yaml", domains.Builtin()["facilities"])
	if err != nil {
		return err
	}
	for !enough.Load() {
		key := fmt.Sprintf("rolling/%d", l.opened.Add(1))
		view, err := l.p.As(domain.People[0].ID).Open(ctx, usm.NewCall{
			Domain: domain.ID, Type: usm.ServiceRequest, Subject: key, Requester: domain.People[0].ID, Service: domain.Services[0].ID,
		}, client.WithKey(key))
		if err == nil {
			view, err = l.p.Drive(ctx, view.Number, product.Plan{Key: key})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if view.Status != usm.StatusClosed {
			return fmt.Errorf("%s is %s", view.Number, view.Status)
		}
		l.ended.Add(1)
	}
	return nil
}

// restart stops a part and starts it again, once enough calls have ended since the last one.
func (l *rolling) restart(t *testing.T, ctx context.Context, part string, stop, start func()) { //nolint:revive // t first, as ever
	t.Helper()
	next := l.ended.Load() + between
	product.AsLongAsItMoves(t, startWithin, "calls end", func() error {
		if now := l.ended.Load(); now < next && ctx.Err() == nil { // when a call has failed, Wait says why
			return fmt.Errorf("%d of %d", now, next)
		}
		return nil
	})
	before, begun := l.ended.Load(), time.Now()
	stop()
	start()
	t.Logf("%s: stopped and started in %s; %d calls had ended before, %d after",
		part, time.Since(begun).Round(100*time.Millisecond), before, l.ended.Load())
}

// balance stands before several gateways, as a load balancer does: each request goes to the next one that takes connections.
func balance(t *testing.T, gateways ...string) (address string) {
	t.Helper()
	var turn atomic.Int64
	first, err := url.Parse(gateways[0])
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(first)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusServiceUnavailable) }
	proxy.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var errs []error
		for range gateways {
			to, _ := url.Parse(gateways[turn.Add(1)%int64(len(gateways))])
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", to.Host)
			if err == nil {
				return conn, nil
			}
			errs = append(errs, err)
		}
		return nil, errors.Join(errs...)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}
