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
	"github.com/usm-works/usm/workflows"
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

// TestWhatTheEngineLost is recorded by a worker that cannot tell Temporal any more; then everything but Postgres is killed. A step
// after which its call waits for somebody was answered, and the next one is taken as soon as the product is there again. Of another
// action it was said to try again, which nobody does: it comes to its call all the same. Each was done once.
func TestWhatTheEngineLost(t *testing.T) {
	t.Parallel()
	p := launch(t, "it")
	var numbers [2]string // of a call that is accepted, and of one that is claimed
	for i := range numbers {
		opened, err := p.As("anna").Open(t.Context(), usm.NewCall{
			Domain: "it", Type: usm.Incident, Subject: "Mail does not arrive", Requester: "anna", Service: "mail",
		})
		require.NoError(t, err)
		numbers[i] = opened.Number
	}
	step := func(name string, body any) product.Request {
		return product.Request{Path: "/calls/" + numbers[0] + "/steps/" + name, Token: p.Token("farah"), Body: body}
	}
	accept := step("accept_incident", object{"outcome": "accepted"})
	classify := step("classify_incident", object{"fields": object{"category": "mail", "impact": "low", "urgency": "low"}})
	claim := product.Request{Path: "/calls/" + numbers[1] + "/claim", Token: p.Token("farah"), Body: object{}}
	p.Part("worker").Stop()
	way := startOneWay(t, p.TemporalAddress)
	dying := p.Background([]string{"USM_TEMPORAL_ADDRESS=" + way.address}, "worker")
	for _, number := range numbers {
		product.Eventually(t, time.Minute, "the worker works", func() error {
			_, err := p.As("farah").Note(t.Context(), number, "Is somebody there?")
			return err
		})
	}

	way.cut.Store(true)
	claimed := make(chan product.Answer, 1)
	go func() {
		answer, err := p.TrySend(claim)
		assert.NoError(t, err)
		claimed <- answer
	}()
	require.Equal(t, http.StatusOK, p.Send(t, accept).Status, "the registers have it")
	product.Eventually(t, time.Minute, "the claim is recorded", func() error {
		if claims := eventsOf(t, p.Product, numbers[1], usm.EventClaimed); claims != 1 {
			return fmt.Errorf("%d claims", claims)
		}
		return nil
	})
	dying.Kill()
	require.Equal(t, http.StatusServiceUnavailable, (<-claimed).Status)

	p.temporal.Kill() // which knew what was under way
	p.Part("gateway").Kill()
	p.startTemporal()
	p.Worker()
	p.Gateway()
	p.AwaitReady()
	answer := p.Send(t, classify)
	require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
	product.Eventually(t, time.Minute, "both runs are where the registers are", func() error {
		steps, claimed := progressOf(t, p.Product, numbers[0]).Step, progressOf(t, p.Product, numbers[1]).Waiting.Claimed
		if steps != usm.AnalyseIncident || claimed != "farah" {
			return fmt.Errorf("%s, claimed by %q", steps, claimed)
		}
		return nil
	})
	require.Equal(t, 2, eventsOf(t, p.Product, numbers[0], usm.EventStepFinished))
	require.Equal(t, 1, eventsOf(t, p.Product, numbers[1], usm.EventClaimed))
	product.Eventually(t, time.Minute, "nothing is kept any more", func() (err error) {
		var kept int
		if err = p.SQL().QueryRowContext(t.Context(), `SELECT count(*) FROM unanswered`).Scan(&kept); err == nil && kept > 0 {
			err = fmt.Errorf("%d actions", kept)
		}
		return err
	})
}

// eventsOf is how many events of a kind the trail of a call has.
func eventsOf(t *testing.T, p *product.Product, number string, kind usm.EventKind) (count int) {
	t.Helper()
	for _, event := range p.Trail(t, number) {
		if event.Kind == kind {
			count++
		}
	}
	return count
}

// progressOf is where the run of a call is; zero when it does not answer.
func progressOf(t *testing.T, p *product.Product, number string) (progress usm.Progress) {
	t.Helper()
	if answer, err := p.Temporal().QueryWorkflow(t.Context(), number, "", workflows.QueryCall); err == nil {
		require.NoError(t, answer.Get(&progress))
	}
	return progress
}
