package server_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// muteReader does not say who calls, as when Postgres is silent.
type muteReader struct{ api.Reader }

func (muteReader) Caller(ctx context.Context, _ string) (usm.Caller, error) {
	<-ctx.Done()
	return usm.Caller{}, ctx.Err()
}

// silentIntake keeps no answer, as when Postgres went silent after the claim.
type silentIntake struct{ api.Intake }

func (silentIntake) Finish(ctx context.Context, _ usm.IntakeRequest, _ usm.IntakeAnswer) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestNobodyWaitsBeyondTheLimit(t *testing.T) {
	t.Parallel()
	short := server.Limits{Request: 300 * time.Millisecond}

	t.Run("ForBeingKnown", func(t *testing.T) {
		t.Parallel()
		w := setup(t, func(o *server.Options) { o.Reader, o.Limits = muteReader{o.Reader}, short })
		began := time.Now()
		got := w.get("rita", "/me")
		require.Less(t, time.Since(began), short.Request+time.Second)
		got.problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
		require.NotEmpty(t, got.Header.Get("Retry-After"))
	})

	t.Run("ForHisAnswerToBeKept", func(t *testing.T) {
		t.Parallel()
		w := setup(t, func(o *server.Options) { o.Intake, o.Limits = silentIntake{o.Intake}, short })
		began := time.Now()
		w.post("rita", "/calls", newIncident(nil), "Idempotency-Key", "one").status(http.StatusCreated)
		require.Less(t, time.Since(began), short.Request+time.Second)
	})
}

// quickest is how long something takes when nothing else holds up this machine.
func quickest(do func()) time.Duration {
	least := time.Hour
	for range 5 {
		began := time.Now()
		do()
		least = min(least, time.Since(began))
	}
	return least
}

func TestLoad(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *server.Options) { o.Limits = server.Limits{Changes: 1} })
	number := w.incident()
	messages, _ := w.follow()
	next(t, messages)
	entered, held := make(chan struct{}), make(chan struct{})
	leave := sync.OnceFunc(func() { close(held) })
	defer leave()
	enter := sync.OnceFunc(func() { close(entered) })
	w.desk.act = func(usm.Action) (usm.Ack, error) { enter(); <-held; return usm.Ack{}, nil }
	answered := make(chan int, 1)
	go func() {
		answered <- w.post("omar", "/calls/"+number+"/notes", map[string]any{"text": "x"}).StatusCode
	}()
	<-entered
	require.Less(t, quickest(func() {
		got := w.post("rita", "/calls/"+number+"/notes", map[string]any{"text": "y"})
		require.Contains(t, got.problem(http.StatusServiceUnavailable, usm.CodeUnavailable).Detail, "overloaded")
		require.NotEmpty(t, got.Header.Get("Retry-After"))
	}), 100*time.Millisecond)
	w.get("rita", "/me").status(http.StatusOK)
	for _, probe := range []string{"/healthz", "/metrics"} {
		w.send("", http.MethodGet, probe, nil).status(http.StatusOK)
	}
	leave()
	require.Equal(t, http.StatusOK, <-answered)
	w.post("omar", "/calls/"+number+"/notes", map[string]any{"text": "x"}).status(http.StatusOK)
}

// turnReader tells who of those that ask is at work.
type turnReader struct {
	api.Reader
	atWork func()
}

func (r turnReader) Call(ctx context.Context, number string) (usm.CallView, error) {
	r.atWork()
	return r.Reader.Call(ctx, number)
}

func TestTurns(t *testing.T) {
	t.Parallel()
	entered, held := make(chan struct{}, 10), make(chan struct{})
	leave := sync.OnceFunc(func() { close(held) })
	defer leave()
	var hold atomic.Bool
	w := setup(t, func(o *server.Options) {
		o.Limits = server.Limits{Reads: 8} // an eighth has a turn
		o.Reader = turnReader{o.Reader, func() {
			if hold.Load() {
				entered <- struct{}{}
				<-held
			}
		}}
	})
	number := w.incident()
	hold.Store(true)
	answered := make(chan int, 2)
	ask := func() { answered <- w.get("rita", "/calls/"+number).StatusCode }
	go ask()
	<-entered

	began := time.Now()
	w.get("omar", "/me").status(http.StatusOK)
	require.Greater(t, time.Since(began), 400*time.Millisecond, "it waits for its turn, to be known and to be at work")
	go ask()
	<-entered // but not for ever
	leave()
	require.Equal(t, []int{http.StatusOK, http.StatusOK}, []int{<-answered, <-answered})

	turns := make([]int, 6)
	var asked sync.WaitGroup
	for i := range turns {
		asked.Go(func() { turns[i] = w.get("omar", "/me").StatusCode })
	}
	asked.Wait()
	require.NotContains(t, turns, http.StatusServiceUnavailable, "those who wait for a turn are not too many")
}

// panickingReader fails to find out who calls.
type panickingReader struct{ api.Reader }

func (panickingReader) Caller(context.Context, string) (usm.Caller, error) { panic("no caller") }

func TestAPanicGivesItsTurnBack(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *server.Options) { o.Reader, o.Limits = panickingReader{o.Reader}, server.Limits{Reads: 8} })
	w.get("rita", "/me").status(http.StatusInternalServerError)
	require.Less(t, quickest(func() { w.get("rita", "/me").status(http.StatusInternalServerError) }), 200*time.Millisecond)
}

func TestShareOfADomain(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *server.Options) { o.Limits = server.Limits{Changes: 4} })
	number := w.incident()
	var inside, answered sync.WaitGroup
	held := make(chan struct{})
	leave := sync.OnceFunc(func() { close(held) })
	defer leave()
	w.desk.act = func(usm.Action) (usm.Ack, error) { inside.Done(); <-held; return usm.Ack{}, nil }
	note := func(who string) *answer { return w.post(who, "/calls/"+number+"/notes", map[string]any{"text": who}) }
	inside.Add(3)
	for range 3 {
		answered.Go(func() { note("omar") })
	}
	inside.Wait()
	require.Contains(t, note("rita").problem(http.StatusServiceUnavailable, usm.CodeUnavailable).Detail, `the people of "it"`)
	note("heidi").problem(http.StatusNotFound, usm.CodeNotFound) // who is of another domain is not kept waiting for what he may not see
	leave()
	answered.Wait()
	inside.Add(1)
	note("rita").status(http.StatusOK)
}
