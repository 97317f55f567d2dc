package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// visit is one request for a page by somebody who may use the console.
type visit struct {
	api   *client.Client // speaks for who asked
	c     *gin.Context
	site  *site
	me    client.Me
	look  look
	texts *texts
	now   time.Time
	nonce int
}

func (v *visit) ctx() context.Context { return v.c.Request.Context() }

// errUnknown is what an address comes to that names nothing.
var errUnknown = &client.Problem{Status: http.StatusNotFound, Code: usm.CodeNotFound}

// query returns a parameter of the address, "" when it is not there.
func (v *visit) query(name string) string { return v.c.Query(name) }

// param returns a part of the path.
func (v *visit) param(name string) string { return v.c.Param(name) }

// at is the address of the page with its query, as links back to it need it.
func (v *visit) at() string { return v.c.Request.URL.RequestURI() }

// with is the address of the page with other parameters: pairs of name and value, "" leaves one out. Whatever page of a list it
// was, it is the first again.
func (v *visit) with(pairs ...string) string {
	query := v.c.Request.URL.Query()
	query.Del("cursor")
	query.Del("said")
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Del(pairs[i])
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return (&url.URL{Path: v.c.Request.URL.Path, RawQuery: query.Encode()}).String()
}

// asked is the query of the address, without what only a page has.
func (v *visit) asked() url.Values {
	query := v.c.Request.URL.Query()
	query.Del("said")
	return query
}

// page returns which part of a list is asked for.
func (v *visit) page(limit int) usm.Page { return usm.Page{Limit: limit, Cursor: v.query("cursor")} }

// worksIn are the domains in which whoever visits holds a profile.
func (v *visit) worksIn() (domains []string) {
	for domain, profiles := range v.me.Profiles {
		if len(profiles) > 0 {
			domains = append(domains, domain)
		}
	}
	slices.Sort(domains)
	return domains
}

// holdsProfile reports whether whoever visits works for a domain, and does not only ask.
func (v *visit) holdsProfile() bool { return v.me.Admin || len(v.worksIn()) > 0 }

// forwarded are the headers of a page's request that its requests to the API have as well: who asks, and from where.
var forwarded = []string{"Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "X-Request-Id"}

// speaking is the API as one visitor speaks to it.
type speaking struct {
	api http.RoundTripper
	as  *http.Request
}

// RoundTrip adds the headers that say who asks.
func (s speaking) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range forwarded {
		if value := s.as.Header.Values(name); len(value) > 0 && r.Header.Get(name) == "" {
			r.Header[name] = value
		}
	}
	r.Host, r.RemoteAddr = s.as.Host, s.as.RemoteAddr
	return s.api.RoundTrip(r)
}

// patience is how long a request of a page is repeated while a part is away or the first one with its key still runs.
const patience = time.Second

// visitOf begins a visit; it knows nobody yet.
func (s *site) visitOf(c *gin.Context) *visit {
	l := lookOf(c.Request)
	through := &http.Client{Transport: speaking{s.API, c.Request}}
	return &visit{
		api: client.NewWith("http://"+c.Request.Host, "", client.Options{HTTP: through, Patience: patience}),
		c:   c, site: s, look: l, texts: s.texts[l.Language], now: time.Now(),
	}
}
