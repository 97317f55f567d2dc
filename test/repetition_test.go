package test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// repetitions are requests that come twice, or too late.
func repetitions(t *testing.T, w *world) {
	t.Helper()
	t.Run("TheSameKeyGetsTheFirstAnswer", func(t *testing.T) {
		t.Parallel()
		asks := requester(t, w.domain)
		request := product.Request{
			Path: "/calls", Token: w.Token(asks), Header: map[string]string{"Idempotency-Key": t.Name()},
			Body: object{"domain": "it", "type": "incident", "subject": "once", "description": "", "requester": asks},
		}
		first := w.Send(t, request)
		require.Equal(t, http.StatusCreated, first.Status, "%s", first.Body)
		again := w.Send(t, request)
		require.Equal(t, first.Status, again.Status)
		require.Equal(t, first.Body, again.Body)
		require.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"))
		require.NotEmpty(t, again.Header.Get("Idempotency-Replayed"))
		request.Body = object{"domain": "it", "type": "incident", "subject": "twice", "description": "", "requester": asks}
		requireRefused(t, w.Send(t, request), "/calls", refusal{http.StatusUnprocessableEntity, usm.CodeKeyReused, nil, ""})
	})
	t.Run("AStepFinishedAgainWithTheSameContentIsTheCallAsItIs", func(t *testing.T) {
		t.Parallel()
		finished, request := finishedStep(t, w)
		again := w.Send(t, request)
		require.Equal(t, http.StatusOK, again.Status, "%s", again.Body)
		require.Equal(t, finished.Revision, product.Decode[usm.CallView](t, again).Revision)
	})
	t.Run("AStepFinishedAgainWithAnotherContentIsRefused", func(t *testing.T) {
		t.Parallel()
		finished, request := finishedStep(t, w)
		trail := w.Trail(t, finished.Number)
		request.Body = fields(object{"urgency": "high"})
		requireRefused(t, w.Send(t, request), request.Path, refusal{http.StatusUnprocessableEntity, usm.CodeAlreadyFinished, nil, ""})
		request.Body, request.Token = fields(nil), w.Token("goran")
		requireRefused(t, w.Send(t, request), request.Path, refusal{http.StatusUnprocessableEntity, usm.CodeAlreadyFinished, nil, ""})
		require.Equal(t, trail, w.Trail(t, finished.Number))
	})
	t.Run("IfMatchRefusesWhatHasChanged", func(t *testing.T) {
		t.Parallel()
		view := w.at(t, rides[3], "")
		path := "/calls/" + view.Number
		tag := w.Send(t, product.Request{Path: path, Token: w.Token("olga")}).Header.Get("ETag")
		require.NotEmpty(t, tag)
		note := product.Request{
			Path: path + "/notes", Token: w.Token("olga"), Body: object{"text": "seen"}, Header: map[string]string{"If-Match": tag},
		}
		require.Equal(t, http.StatusOK, w.Send(t, note).Status)
		requireRefused(t, w.Send(t, note), note.Path, refusal{http.StatusPreconditionFailed, usm.CodePrecondition, nil, view.Number})
		tag = w.Send(t, product.Request{Path: path, Token: w.Token("olga")}).Header.Get("ETag")
		unchanged := w.Send(t, product.Request{Path: path, Token: w.Token("olga"), Header: map[string]string{"If-None-Match": tag}})
		require.Equal(t, http.StatusNotModified, unchanged.Status)
	})
}

// finishedStep opens a call, finishes its classification and returns the request that did so, without a key.
func finishedStep(t *testing.T, w *world) (usm.CallView, product.Request) {
	t.Helper()
	view := w.at(t, rides[3], usm.ClassifyIncident)
	request := product.Request{
		Path: "/calls/" + view.Number + "/steps/classify_incident", Token: w.actor(t, view), Body: fields(nil),
	}
	a := w.Send(t, request)
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	return product.Decode[usm.CallView](t, a), request
}

// badDomains are domain files that change nothing.
func badDomains(t *testing.T, w *world) {
	t.Helper()
	good := string(domains.Builtin()["it"])
	for name, c := range map[string]struct {
		file string
		says []string
	}{
		"AnUnknownKey": {good + "\ncolour: red\n", []string{"colour"}},
		"AProfileThatIsNone": {
			strings.Replace(good, "responsible: [service-manager]}", "responsible: [wizard]}", 1), []string{"wizard"},
		},
		"AnExpressionThatIsNone": {
			strings.Replace(good, "{step: close_request, responsible: [service-desk]}",
				"{step: close_request, performer: system, signal: {name: x, when: 'data.('}}", 1), []string{"procedures"},
		},
		"NoYAML": {"id: [", []string{"it.yaml:1:5"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, good, c.file)
			path := filepath.Join(t.TempDir(), "it.yaml")
			require.NoError(t, os.WriteFile(path, []byte(c.file), 0o600))
			out, err := w.Try([]string{"USM_URL=" + w.URL, "USM_TOKEN=" + w.AdminToken}, "domain", "apply", path)
			require.Error(t, err, out)
			for _, word := range c.says {
				require.Contains(t, out, word)
			}
			require.Contains(t, out, "it.yaml", "it names the file")
			a := w.Send(t, product.Request{Method: http.MethodPut, Path: "/domains/it", Token: w.AdminToken, Body: c.file})
			require.Equal(t, http.StatusUnprocessableEntity, a.Status, "%s", a.Body)
			require.NotEmpty(t, a.Problem.Errors)
			require.Equal(t, 1, builtin(t, w.Product, "it").Version)
		})
	}
	t.Run("ByWhoDoesNotManage", func(t *testing.T) {
		t.Parallel()
		for _, person := range []string{"anna", "olga"} {
			a := w.Send(t, product.Request{Method: http.MethodPut, Path: "/domains/it", Token: w.Token(person), Body: good})
			requireRefused(t, a, "/domains/it", refusal{http.StatusForbidden, usm.CodeForbidden, nil, "manager"})
		}
	})
}
