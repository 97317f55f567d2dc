package product

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// Request is one request to the API as it goes over the wire.
type Request struct {
	Method string // "" is POST with a body, else GET
	Path   string // below /api/v1
	Token  string // "" sends none
	Body   any    // marshalled, unless it is a string or []byte; nil sends none
	Header map[string]string
}

// Answer is what came back.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	Problem client.Problem // of an answer with a problem document
	Shape   map[string]any // the same as it was sent
}

// Send sends a request once.
func (p *Product) Send(tb testing.TB, r Request) Answer {
	tb.Helper()
	a, err := p.TrySend(r)
	require.NoError(tb, err)
	return a
}

// Request makes a request that is ready to be sent.
func (p *Product) Request(r Request) (*http.Request, error) {
	method, content := r.Method, []byte(nil)
	switch body := r.Body.(type) {
	case nil:
	case string:
		content = []byte(body)
	case []byte:
		content = body
	default:
		content, _ = json.Marshal(body)
	}
	if method == "" {
		method = http.MethodGet
		if r.Body != nil {
			method = http.MethodPost
		}
	}
	request, err := http.NewRequestWithContext(context.Background(), method, p.URL+"/api/v1"+r.Path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if r.Token != "" {
		request.Header.Set("Authorization", "Bearer "+r.Token)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	return request, nil
}

// TrySend is Send to a gateway that may be away.
func (p *Product) TrySend(r Request) (Answer, error) {
	request, err := p.Request(r)
	if err != nil {
		return Answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	a := Answer{Status: response.StatusCode, Header: response.Header}
	if a.Body, err = io.ReadAll(response.Body); err != nil {
		return a, err
	}
	if response.Header.Get("Content-Type") == "application/problem+json" {
		if err = json.Unmarshal(a.Body, &a.Problem); err == nil {
			err = json.Unmarshal(a.Body, &a.Shape)
		}
	}
	return a, err
}

// Readiness asks the gateway which of its parts are there; status 0 is no answer.
func (p *Product) Readiness(tb testing.TB) (status int, parts map[string]string) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, p.URL+"/readyz", http.NoBody)
	require.NoError(tb, err)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written
	var body struct {
		Parts map[string]string `json:"parts"`
	}
	require.NoError(tb, json.NewDecoder(response.Body).Decode(&body))
	return response.StatusCode, body.Parts
}

// Decode reads the body of an answer.
func Decode[T any](tb testing.TB, a Answer) T {
	tb.Helper()
	var value T
	require.NoError(tb, json.Unmarshal(a.Body, &value), "%s", a.Body)
	return value
}

// Trail returns every event of a call, oldest first.
func (p *Product) Trail(tb testing.TB, number string) []usm.Event {
	tb.Helper()
	var all []usm.Event
	for page := (usm.Page{Limit: 200}); ; {
		events, next, err := p.Admin.Events(tb.Context(), number, page)
		require.NoError(tb, err)
		if all = append(all, events...); next == "" {
			return all
		}
		page.Cursor = next
	}
}
