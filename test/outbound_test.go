package test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// asked is a request for work as another system gets it.
type asked struct {
	header http.Header
	event  struct {
		Type string `json:"type"`
		Data struct {
			Callback string   `json:"callback"`
			Step     usm.Step `json:"step"`
			Call     usm.Call `json:"call"`
		} `json:"data"`
	}
}

// lifts is the facilities domain under another name, with a building management system that is asked for its analysis.
func lifts(t *testing.T, url string) []byte {
	t.Helper()
	domain, err := domains.Parse("facilities.yaml", domains.Builtin()["facilities"])
	require.NoError(t, err)
	domain.ID = "lifts"
	for i := range domain.Agreements {
		for _, party := range []*string{&domain.Agreements[i].Customer, &domain.Agreements[i].Provider} {
			if *party == "facilities" {
				*party = domain.ID
			}
		}
	}
	for _, procedure := range domain.Procedures {
		for i := range procedure.Steps {
			if procedure.Steps[i].Step == usm.DetermineCause {
				procedure.Steps[i].Request = &usm.OutboundRequest{
					URL: url, Headers: map[string]string{"X-Api-Key": `{{secret "SENSORS"}}`},
				}
			}
		}
	}
	file, err := json.Marshal(domain)
	require.NoError(t, err)
	return file
}

func TestOutboundRequest(t *testing.T) {
	t.Parallel()
	requests := make(chan asked, 10)
	first := true
	system := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := asked{header: r.Header}
		if json.NewDecoder(r.Body).Decode(&a.event) == nil {
			requests <- a
		}
		if first { // Temporal tries again
			first = false
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(system.Close)
	p := product.Start(t, product.Options{Domains: []string{"facilities"}, Env: map[string]string{"USM_SECRET_SENSORS": "open sesame"}})
	_, err := p.Admin.ApplyDomain(t.Context(), "lifts", lifts(t, system.URL+"/analyses"))
	require.NoError(t, err)
	w := &world{p, builtin(t, p, "lifts")}

	view := waiting(t, w)
	refused, taken := <-requests, <-requests
	require.Equal(t, "usm.work.requested", taken.event.Type)
	require.Equal(t, usm.DetermineCause, taken.event.Data.Step)
	require.Equal(t, view.Number, taken.event.Data.Call.Number)
	require.Equal(t, "open sesame", taken.header.Get("X-Api-Key"))
	require.NotEmpty(t, taken.header.Get("Idempotency-Key"))
	require.Equal(t, refused.header.Get("Idempotency-Key"), taken.header.Get("Idempotency-Key"))
	product.Eventually(t, eventual, "the request is recorded", func() error { return recorded(t, w, view.Number, usm.EventRequested) })
	require.NotContains(t, string(mustJSON(t, w.Trail(t, view.Number))), "open sesame")

	callback, ours := strings.CutPrefix(taken.event.Data.Callback, w.URL+"/api/v1")
	require.True(t, ours, taken.event.Data.Callback)
	guess := callback[:len(callback)-4] + "AAAA"
	requireRefused(t, w.Send(t, product.Request{Path: guess, Body: analysis}), guess, refusal{http.StatusNotFound, usm.CodeNotFound, nil, ""})
	a := w.Send(t, product.Request{Path: callback, Body: analysis})
	require.Equal(t, http.StatusAccepted, a.Status, "%s", a.Body)
	signalled(t, w, view.Number, "callback")

	trail := w.Trail(t, view.Number)
	again := w.Send(t, product.Request{Path: callback, Body: map[string]any{"status": "finished", "cause": "Something else"}})
	requireRefused(t, again, callback, refusal{http.StatusNotFound, usm.CodeNotFound, nil, ""})
	require.Equal(t, trail, w.Trail(t, view.Number))

	byHand := waiting(t, w)
	next := <-requests
	_, err = w.As(byHand.WaitingFor.People[0]).FinishWith(t.Context(), byHand.Number, usm.DetermineCause,
		object{"fields": object{"cause": "Dust", "known_error": false}})
	require.NoError(t, err)
	late, _ := strings.CutPrefix(next.event.Data.Callback, w.URL+"/api/v1")
	requireRefused(t, w.Send(t, product.Request{Path: late, Body: analysis}), late, refusal{http.StatusNotFound, usm.CodeNotFound, nil, ""})
	require.NotContains(t, kinds(w.Trail(t, byHand.Number)), usm.EventDeadLetter)
	require.False(t, slices.ContainsFunc(w.Trail(t, byHand.Number), func(e usm.Event) bool { return e.By == "callback" }))
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return raw
}
