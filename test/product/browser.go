package product

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Browser is one of somebody: it keeps cookies, follows redirects and fills in forms.
type Browser struct {
	t       testing.TB
	gateway string
	http    *http.Client
}

// Page is what it shows.
type Page struct {
	Status int
	Header http.Header
	At     *url.URL
	Text   string
}

// Browser opens one that knows nobody yet.
func (p *Product) Browser(tb testing.TB) *Browser {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(tb, err)
	return &Browser{tb, p.URL, &http.Client{Jar: jar}}
}

// Copy is a browser with the same cookies; what becomes of the one is nothing to the other.
func (b *Browser) Copy() *Browser {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(b.t, err)
	at, err := url.Parse(b.gateway)
	require.NoError(b.t, err)
	jar.SetCookies(at, b.http.Jar.Cookies(at))
	return &Browser{b.t, b.gateway, &http.Client{Jar: jar}}
}

// Visit opens a page: an address, or a path of the gateway.
func (b *Browser) Visit(address string) Page {
	b.t.Helper()
	return b.send(http.MethodGet, address, nil, "", "")
}

// hidden is a field of a form that nobody fills in.
var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// Submit sends the form of a page to an address, with the field of the button that is pressed.
func (b *Browser) Submit(p Page, address, name, value string) Page {
	b.t.Helper()
	form := url.Values{name: {value}}
	for _, field := range hidden.FindAllStringSubmatch(p.Text, -1) {
		form.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
	}
	to, err := p.At.Parse(address)
	require.NoError(b.t, err)
	return b.send(http.MethodPost, to.String(), strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", "")
}

// Asked reports whether a page is that of the provider, which asks who one is.
func (p Page) Asked() bool { return p.At.Path == "/login" && strings.Contains(p.Text, "Who are you?") }

// Click says who one is on the provider's page.
func (b *Browser) Click(p Page, person string) Page {
	b.t.Helper()
	require.True(b.t, p.Asked(), "%s: %d %s", p.At, p.Status, p.Text)
	return b.Submit(p, "/login", "person", person)
}

// Post sends JSON to the API, as a script of the gateway's own pages does.
func (b *Browser) Post(path, key string, body any) Page {
	b.t.Helper()
	content, err := json.Marshal(body)
	require.NoError(b.t, err)
	return b.send(http.MethodPost, "/api/v1"+path, strings.NewReader(string(content)), "application/json", key)
}

func (b *Browser) send(method, address string, body io.Reader, kind, key string) Page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.gateway + address
	}
	request, err := http.NewRequestWithContext(context.Background(), method, address, body)
	require.NoError(b.t, err)
	if method != http.MethodGet {
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		request.Header.Set("Content-Type", kind)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := b.http.Do(request)
	require.NoError(b.t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	return Page{response.StatusCode, response.Header, response.Request.URL, string(content)}
}
