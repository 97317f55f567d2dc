package test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// oneWay carries connections to an address until it is cut: then what comes from there still arrives, and nothing goes there.
type oneWay struct {
	address string
	cut     atomic.Bool
}

// startOneWay listens at a port of its own until the test ends.
func startOneWay(t *testing.T, to string) *oneWay {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &oneWay{address: listener.Addr().String()}
	var open sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		open.Wait()
	})
	open.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { w.carry(t.Context(), from, to) })
		}
	})
	return w
}

// carry is one connection.
func (w *oneWay) carry(ctx context.Context, from net.Conn, to string) {
	defer from.Close() //nolint:errcheck // nothing is lost with it
	there, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer there.Close() //nolint:errcheck // nothing is lost with it
	go func() {
		_, _ = io.Copy(from, there)
		_ = from.Close()
	}()
	part := make([]byte, 32<<10)
	for {
		n, err := from.Read(part)
		if err != nil {
			return
		}
		if w.cut.Load() {
			continue
		}
		if _, err := there.Write(part[:n]); err != nil {
			return
		}
	}
}

// TestAStepThatTheEngineLost is recorded by a worker that cannot tell Temporal any more; both die. Whoever sent it is told to try again
// and does not; the call goes on all the same, once.
func TestAStepThatTheEngineLost(t *testing.T) {
	t.Parallel()
	p := launch(t, "it")
	opened, err := p.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.Incident, Subject: "Mail does not arrive", Requester: "anna", Service: "mail",
	})
	require.NoError(t, err)
	number := opened.Number
	p.Part("worker").Stop()
	way := startOneWay(t, p.TemporalAddress)
	dying := p.Background([]string{"USM_TEMPORAL_ADDRESS=" + way.address}, "worker")
	product.Eventually(t, time.Minute, "the worker works", func() error {
		_, err := p.As("farah").Note(t.Context(), number, "Is somebody there?")
		return err
	})

	token := p.Token("farah")
	way.cut.Store(true)
	answered := make(chan product.Answer, 1)
	go func() {
		answer, err := p.TrySend(product.Request{
			Path: "/calls/" + number + "/steps/accept_incident", Token: token, Body: object{"outcome": "accepted"},
		})
		assert.NoError(t, err)
		answered <- answer
	}()
	product.Eventually(t, time.Minute, "the step is recorded", func() error {
		view, err := p.Admin.Call(t.Context(), number)
		if err == nil && view.Step != usm.ClassifyIncident {
			err = fmt.Errorf("it is at %s", view.Step)
		}
		return err
	})
	dying.Kill()
	require.Equal(t, http.StatusServiceUnavailable, (<-answered).Status)

	p.temporal.Kill() // which knew what was under way
	p.startTemporal()
	p.Worker()
	product.Eventually(t, 2*time.Minute, "the run is where the registers are", func() error {
		run, err := p.Temporal().QueryWorkflow(t.Context(), number, "", "call")
		if err != nil {
			return err
		}
		var progress usm.Progress
		if err := run.Get(&progress); err != nil {
			return err
		}
		if progress.Step != usm.ClassifyIncident {
			return fmt.Errorf("it is at %s", progress.Step)
		}
		return nil
	})
	events, _, err := p.Admin.Events(t.Context(), number, usm.Page{})
	require.NoError(t, err)
	finished := 0
	for _, event := range events {
		if event.Kind == usm.EventStepFinished && event.Step == usm.AcceptIncident {
			finished++
		}
	}
	require.Equal(t, 1, finished)
}
