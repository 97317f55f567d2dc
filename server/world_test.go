package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// world is a gateway over HTTP with everything behind it in memory. Each test has its own.
type world struct {
	t       *testing.T
	url     string
	desk    *fakeDesk
	store   *fakeStore
	handler http.Handler
}

// setup starts a gateway; options change it first.
func setup(t *testing.T, change ...func(*server.Options)) *world {
	t.Helper()
	store := newFakeStore()
	desk := &fakeDesk{store: store}
	options := server.Options{
		Desk: desk, Reader: store, Intake: store,
		TemporalUI: "http://temporal.example", PublicURL: "http://usm.example",
	}
	for _, c := range change {
		c(&options)
	}
	handler := server.New(options)
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	return &world{t: t, url: listening.URL, desk: desk, store: store, handler: handler}
}

// answer is a response that was read.
type answer struct {
	*http.Response
	t    *testing.T
	body []byte
}

// send makes a request as a person ("" sends no token). Headers are pairs of name and value.
func (w *world) send(as, method, path string, body any, headers ...string) *answer {
	w.t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(body))
	case []byte:
		reader = bytes.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, reader)
	require.NoError(w.t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		request.Header.Set("Authorization", "Bearer token-of-"+as)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return w.do(http.DefaultClient.Do, request)
}

// roundTrip makes one request and follows nothing.
func (w *world) roundTrip(request *http.Request) *answer {
	w.t.Helper()
	return w.do(http.DefaultTransport.RoundTrip, request)
}

func (w *world) do(send func(*http.Request) (*http.Response, error), request *http.Request) *answer {
	w.t.Helper()
	response, err := send(request)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, response.Body.Close()) }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return &answer{Response: response, t: w.t, body: raw}
}

func (w *world) get(as, path string, headers ...string) *answer {
	w.t.Helper()
	return w.send(as, http.MethodGet, "/api/v1"+path, nil, headers...)
}

func (w *world) post(as, path string, body any, headers ...string) *answer {
	w.t.Helper()
	return w.send(as, http.MethodPost, "/api/v1"+path, body, headers...)
}

// status asserts the status and returns the answer.
func (a *answer) status(want int) *answer {
	a.t.Helper()
	require.Equal(a.t, want, a.StatusCode, "%s", a.body)
	return a
}

// into decodes the body.
func (a *answer) into(out any) *answer {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal(a.body, out), "%s", a.body)
	return a
}

func (a *answer) call() usm.CallView {
	a.t.Helper()
	var view usm.CallView
	a.into(&view)
	return view
}

// problem is a problem document as a stranger reads it.
type problem struct {
	Type, Title, Detail, Instance, Code string
	Status                              int
	Errors                              []usm.FieldError
	TraceID                             string   `json:"trace_id"`
	AllowedActions                      []string `json:"allowed_actions"`
}

// problem asserts that the answer is a whole problem document with this status and code.
func (a *answer) problem(status int, code usm.Code) problem {
	a.t.Helper()
	a.status(status)
	var p problem
	a.into(&p)
	require.Equal(a.t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(a.t, string(code), p.Code)
	require.Equal(a.t, "urn:usm:problem:"+string(code), p.Type)
	require.Equal(a.t, status, p.Status)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Detail)
	require.Equal(a.t, a.Request.URL.Path, p.Instance)
	require.Equal(a.t, a.Header.Get("X-Request-ID"), p.TraceID)
	return p
}

// places returns the pointers of what is wrong.
func (p problem) places() []string {
	pointers := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		pointers[i] = e.Pointer
	}
	return pointers
}

// incident opens an incident as Rita and returns its number.
func (w *world) incident() string {
	w.t.Helper()
	return w.post("rita", "/calls", newIncident()).status(http.StatusCreated).call().Number
}

func newIncident(changes ...map[string]any) map[string]any {
	body := map[string]any{
		"domain": "it", "type": "incident", "subject": "No mail", "description": "Since this morning.",
		"requester": "rita", "service": "mail",
	}
	for _, change := range changes {
		maps.Copy(body, change)
	}
	return body
}
