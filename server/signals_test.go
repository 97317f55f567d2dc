package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestSignals(t *testing.T) {
	t.Parallel()
	const structured = `{"specversion":"1.0","id":"e1","source":"/ci","type":"deployed","time":"2026-11-24T09:30:00Z",` +
		`"team":"web","data":{"ok":true}}`

	for name, c := range map[string]struct {
		body    any
		headers []string
		want    usm.Signal
	}{
		"PlainJSON": {`{"ok":true}`, nil, usm.SignalOf("deployed", map[string]any{"ok": true})},
		"AStructuredCloudEvent": {
			structured,
			[]string{"Content-Type", "application/cloudevents+json; charset=utf-8"},
			usm.Signal{
				SpecVersion: "1.0", ID: "e1", Source: "/ci", Type: "deployed", Name: "deployed", Data: map[string]any{"ok": true},
				Extensions: map[string]any{"team": "web"},
			},
		},
		"AStructuredCloudEventAsJSON": {
			structured, nil,
			usm.Signal{
				SpecVersion: "1.0", ID: "e1", Source: "/ci", Type: "deployed", Name: "deployed", Data: map[string]any{"ok": true},
				Extensions: map[string]any{"team": "web"},
			},
		},
		"ABinaryCloudEvent": {
			`{"ok":true}`,
			[]string{"ce-specversion", "1.0", "ce-id", "e%201", "ce-source", "/ci", "ce-type", "deployed", "ce-team", "web"},
			usm.Signal{
				SpecVersion: "1.0", ID: "e 1", Source: "/ci", Type: "deployed", Name: "deployed", ContentType: "application/json",
				Data: map[string]any{"ok": true}, Extensions: map[string]any{"team": "web"},
			},
		},
		"ABinaryCloudEventWithoutData": {
			"",
			[]string{"Content-Type", "", "ce-specversion", "1.0", "ce-id", "e1", "ce-source", "/ci", "ce-type", "deployed"},
			usm.Signal{SpecVersion: "1.0", ID: "e1", Source: "/ci", Type: "deployed", Name: "deployed"},
		},
		"ABinaryCloudEventWithText": {
			"done",
			[]string{"Content-Type", "text/plain", "ce-specversion", "1.0", "ce-id", "e1", "ce-source", "/ci", "ce-type", "deployed"},
			usm.Signal{SpecVersion: "1.0", ID: "e1", Source: "/ci", Type: "deployed", Name: "deployed", ContentType: "text/plain", Data: "done"},
		},
		"ACloudEventWithDataInBase64": {
			`{"specversion":"1.0","id":"e1","source":"/ci","type":"t","data_base64":"eyJvayI6dHJ1ZX0="}`, nil,
			usm.Signal{SpecVersion: "1.0", ID: "e1", Source: "/ci", Type: "t", Name: "deployed", Data: map[string]any{"ok": true}},
		},
		"JSONThatIsNoObject": {`[1,2]`, nil, usm.SignalOf("deployed", []any{1.0, 2.0})},
		"JSONUnderAnotherMediaType": {
			`{"ok":true}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, usm.SignalOf("deployed", map[string]any{"ok": true}),
		},
		"AnObjectWithOnlyASpecversionIs": {`{"specversion":"2"}`, nil, usm.SignalOf("deployed", map[string]any{"specversion": "2"})},
	} {
		t.Run(name+"IsDelivered", func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.post("sensor", "/calls/"+w.incident()+"/signals/deployed", c.body, c.headers...).status(http.StatusAccepted)
			require.Contains(t, string(got.body), `"status":"delivered"`)
			sent := w.desk.signals[0]
			sent.Time = nil
			require.Equal(t, c.want, sent)
		})
	}
}

func TestSignalsRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body    string
		headers []string
		status  int
		code    usm.Code
		places  []string
	}{
		"WhatIsNotJSON": {"hello", nil, 400, "malformed", nil},
		"NothingAtAll":  {"", nil, 400, "malformed", nil},
		"ACloudEventWithoutItsParts": {
			`{"specversion":"0.3","id":"1","source":""}`, nil, 422, usm.CodeInvalid, []string{"/source", "/specversion", "/type"},
		},
		"ABinaryEventWithoutSource": {"{}", []string{"ce-id", "1", "ce-type", "t"}, 422, usm.CodeInvalid, []string{"/source", "/specversion"}},
		"ATimeThatIsNone": {
			`{"specversion":"1.0","id":"1","source":"s","type":"t","time":"noon"}`, nil, 422, usm.CodeInvalid, []string{"/time"},
		},
		"ANumberAsID": {`{"specversion":"1.0","id":1,"source":"s","type":"t"}`, nil, 422, usm.CodeInvalid, []string{"/id"}},
		"DataThatIsNotBase64": {
			`{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"%%"}`, nil, 422, usm.CodeInvalid, []string{"/data_base64"},
		},
		"ABatch": {`[]`, []string{"Content-Type", "application/cloudevents-batch+json"}, 415, "unsupported_media_type", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			p := w.post("sensor", "/calls/"+w.incident()+"/signals/deployed", c.body, c.headers...).problem(c.status, c.code)
			require.ElementsMatch(t, c.places, p.places())
			require.Empty(t, w.desk.signals)
		})
	}

	t.Run("PeopleWithoutAProfile", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		path := "/calls/" + w.incident() + "/signals/deployed"
		w.post("rita", path, "{}").problem(http.StatusForbidden, usm.CodeForbidden)
		w.post("omar", path, "{}").status(http.StatusAccepted)
	})

	t.Run("EverythingWhileTheEngineIsAway", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		path := "/calls/" + w.incident() + "/signals/deployed"
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
		got := w.post("sensor", path, "{}")
		got.problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
		require.NotEmpty(t, got.Header.Get("Retry-After"))
		require.Empty(t, w.store.letters)
	})
}

func TestDeadLetters(t *testing.T) {
	t.Parallel()

	t.Run("KeepASignalForNoOpenCallAndReplayIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		got := w.post("sensor", "/calls/INC-000001/signals/deployed", `{"ok":true}`).status(http.StatusAccepted)
		require.Contains(t, string(got.body), `"status":"dead_letter"`)
		var letters []usm.DeadLetter
		w.get("carla", "/signals/dead-letters").status(http.StatusOK).into(&letters)
		require.Len(t, letters, 1)
		require.Equal(t, "INC-000001", letters[0].Call)

		replay := "/signals/dead-letters/1/replay"
		w.post("carla", replay, nil).problem(http.StatusConflict, usm.CodeConflict)
		w.incident()
		w.post("carla", replay, nil).status(http.StatusAccepted)
		require.Equal(t, letters[0].Signal, w.desk.signals[0])
		w.post("carla", replay, nil).problem(http.StatusConflict, usm.CodeConflict)
		w.post("carla", "/signals/dead-letters/9/replay", nil).problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("AreNotForEverybody", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("omar", "/signals/dead-letters").problem(http.StatusForbidden, usm.CodeForbidden)
		w.post("omar", "/signals/dead-letters/1/replay", nil).problem(http.StatusForbidden, usm.CodeForbidden)
		w.get("admin", "/signals/dead-letters").status(http.StatusOK)
	})
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.incident()
	w.post("", "/callbacks/0123456789abcdef0124", "{}").problem(http.StatusNotFound, usm.CodeNotFound)
	w.post("", "/callbacks/short", "{}").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
	w.post("", "/callbacks/"+w.store.secret, `{"cause":"disk"}`).status(http.StatusAccepted)
	require.Len(t, w.desk.signals, 1)
	require.Equal(t, "analysed", w.desk.signals[0].Name)
	require.Equal(t, "callback", w.desk.signals[0].Source)
}
