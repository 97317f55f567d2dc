package console

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// patience is how long a page may take to show what a test waits for, on a machine with much else to do.
const patience = time.Minute

// glance is how long a test waits before it looks at a page again.
const glance = 20 * time.Millisecond

// world is the product as it runs, with domains that come with it.
type world struct {
	*product.Product

	tokens map[string]string // of those who are no people, by name
	kept   map[string]string // files that pages load, by address
}

func start(t *testing.T, domains ...string) world {
	t.Helper()
	return startWith(t, product.Options{Domains: domains})
}

func startWith(t *testing.T, o product.Options) world {
	t.Helper()
	return world{product.Start(t, o), map[string]string{}, map[string]string{}}
}

// withToken lets requests be made by somebody who is no person.
func (w world) withToken(name, token string) { w.tokens[name] = token }

// bearer is the token of a person, or of somebody who is none.
func (w world) bearer(name string) string {
	if token := w.tokens[name]; token != "" {
		return token
	}
	return w.Token(name)
}

// incident opens an incident of the domain it and returns it when it waits for its first step.
func (w world) incident(t *testing.T) usm.CallView {
	t.Helper()
	call, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Subject: "Mail does not arrive", Description: "Since nine o'clock.", Requester: "anna",
		Service: "mail", Impact: usm.Medium, Urgency: usm.High, Fields: map[string]any{"broken": true},
	})
	require.NoError(t, err)
	return call
}

// response is a page as the server sent it.
type response struct {
	*goquery.Document

	Status int
	Header http.Header
	Body   string
}

// get asks for a page as a browser without a script would; redirects are not followed.
func (w world) get(t *testing.T, person, path string) response {
	t.Helper()
	return w.send(t, person, http.MethodGet, path, nil)
}

// post sends a form.
func (w world) post(t *testing.T, person, path string, form url.Values) response {
	t.Helper()
	return w.send(t, person, http.MethodPost, path, form)
}

// submit sends a form of a page as a browser would, with what its fields hold, changed by the given ones.
func (w world) submit(t *testing.T, person string, page response, form string, fields url.Values) response {
	t.Helper()
	action, values := page.form(t, form)
	maps.Copy(values, fields)
	return w.post(t, person, action, values)
}

// form is where a form of a page is sent, and what its fields hold.
func (r response) form(t *testing.T, form string) (action string, values url.Values) {
	t.Helper()
	found := r.Find(form)
	require.Equal(t, 1, found.Length(), "%s in %s", form, r.Body)
	values = url.Values{}
	found.Find("input[name], textarea[name], select[name]").Each(func(_ int, field *goquery.Selection) {
		name := field.AttrOr("name", "")
		kind := field.AttrOr("type", "")
		_, checked := field.Attr("checked")
		switch {
		case goquery.NodeName(field) == "textarea":
			values.Add(name, field.Text())
		case goquery.NodeName(field) == "select":
			chosen := field.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = field.Find("option").First()
			}
			values.Add(name, chosen.AttrOr("value", chosen.Text()))
		case (kind == "checkbox" || kind == "radio") && !checked:
		default:
			values.Add(name, field.AttrOr("value", ""))
		}
	})
	return found.AttrOr("action", ""), values
}

// foreign sends a form as a page of another site would make a browser send it.
func (w world) foreign(t *testing.T, person, path string, form url.Values) response {
	t.Helper()
	return w.send(t, person, http.MethodPost, path, form, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
}

func (w world) send(tb testing.TB, person, method, path string, form url.Values, headers ...string) response {
	tb.Helper()
	return w.sendBody(tb, person, method, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), headers...)
}

// sendBody sends what a form comes to; headers are pairs of name and value.
func (w world) sendBody(tb testing.TB, person, method, path, kind string, body io.Reader, headers ...string) response {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, w.URL+path, body)
	require.NoError(tb, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if person != "" {
		request.Header.Set("Authorization", "Bearer "+w.bearer(person))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := once.Do(request)
	require.NoError(tb, err)
	defer answer.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(answer.Body)
	require.NoError(tb, err)
	document, err := goquery.NewDocumentFromReader(strings.NewReader(string(content)))
	require.NoError(tb, err)
	return response{document, answer.StatusCode, answer.Header, string(content)}
}

// once follows no redirect.
var once = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// words returns the text of what a selector finds, with single spaces.
func (r response) words(selector string) string {
	return strings.Join(strings.Fields(r.Find(selector).Text()), " ")
}
