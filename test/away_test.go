package test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// soon is how long anybody may have to wait for an answer while a part is away.
const soon = 15 * time.Second

// quickly sends a request that must be answered soon.
func (f *fleet) quickly(t *testing.T, r product.Request) product.Answer {
	t.Helper()
	began := time.Now()
	a := f.Send(t, r)
	t.Logf("%s %s: %d after %s", r.Method, r.Path, a.Status, time.Since(began).Round(time.Millisecond))
	require.Less(t, time.Since(began), soon)
	return a
}

func newIncident(asks string, i int) product.Request {
	return product.Request{
		Path: "/calls", Header: map[string]string{"Idempotency-Key": fmt.Sprintf("away/%d", i)},
		Body: object{"domain": "it", "type": "incident", "subject": fmt.Sprintf("Away %d", i), "description": "", "requester": asks},
	}
}

func TestPartsAway(t *testing.T) { //nolint:tparallel // one part is away at a time
	t.Parallel()
	f := launch(t, "it").ours()
	w := &world{f.Product, builtin(t, f.Product, "it")}
	db := w.SQL()
	//nolint:paralleltest // the second needs what the first leaves
	t.Run("TakesCallsWithoutTemporalAndStartsThemOnceLater", func(t *testing.T) { temporalAway(t, f, w) })
	//nolint:paralleltest // see above
	t.Run("TellsTheSecondRequestWithAKeyThatTheFirstStillRuns", func(t *testing.T) { workerAway(t, f, w) })
	//nolint:paralleltest // see above
	t.Run("SaysThatPostgresIsAwayAndDoesNothingByHalves", func(t *testing.T) {
		before := count(t, db, `SELECT count(*) FROM calls`)
		f.postgres.Kill()
		status, parts := f.Readiness(t)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, "away", parts["postgres"])
		require.Equal(t, "ready", parts["temporal"])
		request := newIncident("anna", 100)
		request.Token = w.Token("anna")
		a := f.quickly(t, request)
		requireRefused(t, a, "/calls", refusal{http.StatusServiceUnavailable, usm.CodeUnavailable, nil, ""})
		require.NotEmpty(t, a.Header.Get("Retry-After"))
		f.startPostgres()
		product.Eventually(t, eventual, "the gateway is ready again", func() error {
			if status, parts := f.Readiness(t); status != http.StatusOK {
				return fmt.Errorf("%d: %v", status, parts)
			}
			return nil
		})
		require.Equal(t, before, count(t, db, `SELECT count(*) FROM calls`))
		a = f.quickly(t, request)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		require.Equal(t, before+1, count(t, db, `SELECT count(*) FROM calls`))
	})
}

func temporalAway(t *testing.T, f *fleet, w *world) {
	t.Helper()
	open := w.at(t, rides[3], usm.ClassifyIncident)
	finish := product.Request{
		Path: "/calls/" + open.Number + "/steps/classify_incident", Token: w.actor(t, open), Body: fields(nil),
		Header: map[string]string{"Idempotency-Key": "away/classify"},
	}
	f.temporal.Kill()
	status, parts := f.Readiness(t)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "away", parts["temporal"])
	require.Equal(t, "ready", parts["postgres"])

	var taken []string
	for i := range 3 {
		request := newIncident("anna", i)
		request.Token = w.Token("anna")
		a := f.quickly(t, request)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		view := product.Decode[usm.CallView](t, a)
		require.Equal(t, usm.StatusRegistered, view.Status)
		require.Equal(t, "/api/v1/calls/"+view.Number, a.Header.Get("Location"))
		require.Equal(t, a.Body, f.quickly(t, request).Body, "the same key, the same call")
		taken = append(taken, view.Number)
	}
	unavailable := refusal{http.StatusServiceUnavailable, usm.CodeUnavailable, nil, ""}
	for _, request := range []product.Request{
		finish,
		{Path: "/calls/" + taken[0] + "/steps/accept_incident", Token: finish.Token, Body: object{}},
	} {
		a := f.quickly(t, request)
		requireRefused(t, a, request.Path, unavailable)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
	}
	f.startTemporal()
	product.Eventually(t, 2*eventual, "what was taken is started", func() error { return statuses(t, w, usm.StatusOpen, taken...) })
	for _, number := range taken {
		require.Equal(t, []usm.EventKind{usm.EventRegistered, usm.EventOpened}, kinds(w.Trail(t, number)))
	}
	product.Eventually(t, eventual, "the step can be finished with the same key", func() error {
		if a := f.Send(t, finish); a.Status != http.StatusOK {
			return fmt.Errorf("%d: %s", a.Status, a.Body)
		}
		return nil
	})
	for _, number := range append(taken, open.Number) {
		view, err := w.Drive(t.Context(), number, rides[3].plan())
		require.NoError(t, err)
		requireClosed(t, rides[3], view)
		requireExecutedPath(t, w.Product, rides[3], view)
	}
}

// workerAway lets a request wait for a worker, so that another one with its key meets it.
func workerAway(t *testing.T, f *fleet, w *world) {
	t.Helper()
	open := w.at(t, rides[3], usm.ClassifyIncident)
	finish := product.Request{
		Path: "/calls/" + open.Number + "/steps/classify_incident", Token: w.actor(t, open), Body: fields(nil),
		Header: map[string]string{"Idempotency-Key": "away/worker"},
	}
	f.Part("worker").Kill()
	first := make(chan product.Answer, 1)
	go func() {
		a, _ := f.TrySend(finish)
		first <- a
	}()
	product.Eventually(t, eventual, "the first request runs", func() error {
		if count(t, w.SQL(), `SELECT count(*) FROM intake WHERE key = 'away/worker'`) == 0 {
			return &notThereError{open}
		}
		return nil
	})
	second := f.quickly(t, finish)
	requireRefused(t, second, finish.Path, refusal{http.StatusConflict, usm.CodeInProgress, nil, ""})
	require.NotEmpty(t, second.Header.Get("Retry-After"))
	f.Worker()
	answered := <-first
	require.Equal(t, http.StatusOK, answered.Status, "%s", answered.Body)
	again := f.quickly(t, finish)
	require.Equal(t, answered.Body, again.Body)
	require.Equal(t, usm.AnalyseIncident, product.Decode[usm.CallView](t, again).Step)
}
