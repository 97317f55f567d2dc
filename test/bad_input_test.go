package test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// world is a product with one domain, for tests that change single calls.
type world struct {
	*product.Product
	domain usm.Domain
}

func newWorld(t *testing.T, id string) *world {
	t.Helper()
	p := product.Start(t, product.Options{Domains: []string{id}})
	return &world{p, builtin(t, p, id)}
}

// at opens a call and drives it to a step; "" leaves it where it opens.
func (w *world) at(t *testing.T, r ride, step usm.Step) usm.CallView {
	t.Helper()
	view := open(t, w.Product, w.domain, r.callType)
	if step == "" {
		return view
	}
	plan := r.plan()
	plan.Until = step
	view, err := w.Drive(t.Context(), view.Number, plan)
	require.NoError(t, err)
	require.Equal(t, step, view.Step)
	return view
}

// actor is the token of the first of those who may act on the call now.
func (w *world) actor(t *testing.T, view usm.CallView) string {
	t.Helper()
	require.NotEmpty(t, view.WaitingFor.People, "%s waits for %s at %s", view.Number, view.WaitingFor.Kind, view.Step)
	return w.Token(view.WaitingFor.People[0])
}

// refusal is what bad input gets.
type refusal struct {
	status   int
	code     usm.Code
	pointers []string // all of them, in order
	says     string   // part of the detail
}

// requireRefused asks for a whole problem document.
func requireRefused(t *testing.T, a product.Answer, path string, want refusal) {
	t.Helper()
	require.Equal(t, want.status, a.Status, "%s", a.Body)
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(t, want.code, a.Problem.Code, "%s", a.Body)
	require.Equal(t, "urn:usm:problem:"+string(want.code), a.Shape["type"])
	require.InDelta(t, want.status, a.Shape["status"], 0)
	require.Equal(t, "/api/v1"+path, a.Shape["instance"])
	require.NotEmpty(t, a.Problem.Title)
	require.Contains(t, a.Problem.Detail, want.says)
	require.NotEmpty(t, a.Problem.TraceID)
	require.Equal(t, a.Problem.TraceID, a.Header.Get("X-Request-ID"))
	var pointers []string
	for _, field := range a.Problem.Errors {
		pointers = append(pointers, field.Pointer)
		require.NotEmpty(t, field.Detail)
	}
	require.Equal(t, want.pointers, pointers, "%s", a.Body)
	switch want.code {
	case usm.CodeOutOfTurn:
		require.Contains(t, a.Shape, "allowed_actions")
	case usm.CodeUnauthenticated:
		require.Contains(t, a.Header.Get("WWW-Authenticate"), "Bearer")
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "it")
	t.Run("Calls", func(t *testing.T) { t.Parallel(); badCalls(t, w) })
	t.Run("Requests", func(t *testing.T) { t.Parallel(); badRequests(t, w) })
	t.Run("Steps", func(t *testing.T) { t.Parallel(); badSteps(t, w) })
	t.Run("Actions", func(t *testing.T) { t.Parallel(); badActions(t, w) })
	t.Run("Clocks", func(t *testing.T) { t.Parallel(); badClocks(t, w) })
	t.Run("Repetitions", func(t *testing.T) { t.Parallel(); repetitions(t, w) })
	t.Run("Domains", func(t *testing.T) { t.Parallel(); badDomains(t, w) })
}

// badCalls are requests that open nothing.
func badCalls(t *testing.T, w *world) {
	t.Helper()
	asks := requester(t, w.domain)
	for name, c := range map[string]struct {
		change map[string]any // of a good request; nil removes
		want   refusal
	}{
		"UnknownDomain":       {map[string]any{"domain": "navy"}, invalid("/domain")},
		"UnknownService":      {map[string]any{"service": "catering"}, invalid("/service")},
		"UnknownComponent":    {map[string]any{"components": []string{"lap-1042", "lap-0"}}, invalid("/components/1")},
		"UnknownPerson":       {map[string]any{"requester": "nobody"}, invalid("/requester")},
		"SomebodyWhoHasLeft":  {map[string]any{"requester": "umar"}, invalid("/requester")},
		"UnknownParent":       {map[string]any{"parent": "INC-999999"}, invalid("/parent")},
		"UnknownType":         {map[string]any{"type": "ticket"}, invalid("/type")},
		"UnknownImpact":       {map[string]any{"impact": "huge"}, invalid("/impact")},
		"NoSubject":           {map[string]any{"subject": nil}, invalid("/subject")},
		"EmptySubject":        {map[string]any{"subject": ""}, invalid("/subject")},
		"LongSubject":         {map[string]any{"subject": strings.Repeat("x", 201)}, invalid("/subject")},
		"SubjectOfAWrongType": {map[string]any{"subject": 5}, invalid("/subject")},
		"AnExtraField":        {map[string]any{"colour": "red"}, invalid("/colour")},
		"AFactThatIsNoFact":   {map[string]any{"fields": map[string]any{"broken": "yes"}}, invalid("/fields/broken")},
		"UnknownItem":         {map[string]any{"fields": map[string]any{"item": "moon"}}, invalid("/fields/item")},
		"ItemWithoutItsFields": {
			map[string]any{"type": nil, "service": nil, "fields": map[string]any{"item": "replace-lost-laptop", "asset": "a"}},
			invalid("/fields/lost_on"),
		},
		"SeveralMistakesAtOnce": {map[string]any{"service": "catering", "requester": "nobody"}, invalid("/requester", "/service")},
		"ForSomebodyElse": {
			map[string]any{"requester": "bilal"}, forbidden("profile"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mark := strings.ToLower("never" + name)
			body := map[string]any{
				"domain": "it", "type": "incident", "subject": "s", "description": mark, "requester": asks, "service": "mail",
			}
			for key, value := range c.change {
				if body[key] = value; value == nil {
					delete(body, key)
				}
			}
			a := w.Send(t, product.Request{Path: "/calls", Token: w.Token(asks), Body: body})
			requireRefused(t, a, "/calls", c.want)
			found, _, err := w.Admin.Calls(t.Context(), usm.CallFilter{Q: mark})
			require.NoError(t, err)
			require.Empty(t, found, "a refused request opens nothing")
		})
	}
}

func forbidden(says string) refusal {
	return refusal{http.StatusForbidden, usm.CodeForbidden, nil, says}
}

func invalid(pointers ...string) refusal {
	return refusal{http.StatusUnprocessableEntity, usm.CodeInvalid, pointers, ""}
}

// badRequests mean nothing, whatever they are about.
func badRequests(t *testing.T, w *world) {
	t.Helper()
	token := w.Token(requester(t, w.domain))
	large := `{"subject":"` + strings.Repeat("x", 1<<20) + `"}`
	for name, c := range map[string]struct {
		request product.Request
		want    refusal
	}{
		"NoToken":      {product.Request{Path: "/calls"}, refusal{http.StatusUnauthorized, usm.CodeUnauthenticated, nil, ""}},
		"UnknownToken": {product.Request{Path: "/calls", Token: "x"}, refusal{http.StatusUnauthorized, usm.CodeUnauthenticated, nil, ""}},
		"UnknownRoute": {product.Request{Path: "/tickets", Token: token}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "/tickets"}},
		"UnknownCall": {
			product.Request{Path: "/calls/INC-999999", Token: token}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "INC-999999"},
		},
		"NoTrackingNumber": {product.Request{Path: "/calls/x", Token: token}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "x"}},
		"AMethodThatIsNotTaken": {
			product.Request{Method: http.MethodDelete, Path: "/calls", Token: token},
			refusal{http.StatusMethodNotAllowed, "method_not_allowed", nil, ""},
		},
		"ABodyThatIsNoJSON": {
			product.Request{Path: "/calls", Token: token, Body: `{"subject":`}, refusal{http.StatusBadRequest, "malformed", []string{""}, ""},
		},
		"ABodyOverTheLimit": {
			product.Request{Path: "/calls", Token: token, Body: large}, refusal{http.StatusRequestEntityTooLarge, usm.CodeTooLarge, nil, ""},
		},
		"AKeyOverTheLimit": {
			product.Request{
				Path: "/calls", Token: token, Body: map[string]any{}, Header: map[string]string{"Idempotency-Key": strings.Repeat("k", 201)},
			},
			refusal{http.StatusUnprocessableEntity, usm.CodeInvalid, nil, "Idempotency-Key"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRefused(t, w.Send(t, c.request), c.request.Path, c.want)
		})
	}
}
