package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// troubled is the product with a proxy before Postgres and one before Temporal, as test/degrade has them.
type troubled struct {
	world
	postgres, temporal *toxiproxy.Proxy
}

func troubles(t *testing.T) troubled {
	t.Helper()
	direct := storetest.EmptyURL(t)
	w := troubled{
		postgres: startProxy(t, "postgres", storetest.NewRelay(t, direct).Address),
		temporal: startProxy(t, "temporal", product.RunTemporal(t)),
	}
	w.world = startWith(t, product.Options{
		Database: storetest.Through(t, direct, w.postgres.Listen), Temporal: w.temporal.Listen, Domains: []string{"it"},
	}).approving(t)
	w.Tokens("it")
	return w
}

func startProxy(t *testing.T, name, upstream string) *toxiproxy.Proxy {
	t.Helper()
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), name, "127.0.0.1:0", upstream)
	require.NoError(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	return proxy
}

// cut closes every connection and takes no new one, until it is mended.
func cut(t *testing.T, proxy *toxiproxy.Proxy) (mend func()) {
	t.Helper()
	proxy.Stop()
	return func() { require.NoError(t, proxy.Start()) }
}

// silence lets nothing through, until it is mended.
func silence(t *testing.T, proxy *toxiproxy.Proxy) (mend func()) {
	t.Helper()
	_, err := proxy.Toxics.AddToxicJson(strings.NewReader(`{"name": "silence", "type": "timeout", "attributes": {"timeout": 0}}`))
	require.NoError(t, err)
	return func() { require.NoError(t, proxy.Toxics.RemoveToxic(t.Context(), "silence")) }
}

// ready waits until the product says that it is.
func (w troubled) ready(t *testing.T) {
	t.Helper()
	product.Eventually(t, patience, "the gateway is ready again", func() error {
		if status, parts := w.Readiness(t); status != http.StatusOK {
			return fmt.Errorf("%d: %v", status, parts)
		}
		return nil
	})
}

// errand is a form that somebody has before him when the trouble begins.
type errand struct {
	name, person, form string
	page               response
	typed              url.Values
	effect             string // counts what it comes to
	engine             bool   // it needs Temporal
}

// errands are forms of all kinds, filled in; what they are about is made here.
func (w troubled) errands(t *testing.T, about string) []errand {
	t.Helper()
	call, other, third := w.incident(t), w.incident(t), w.incident(t)
	approval := w.planned(t, "network", about).WaitingFor.Approval
	of := func(number string, kind usm.EventKind) string {
		return fmt.Sprintf(`SELECT count(*) FROM trail WHERE call = '%s' AND kind = '%s'`, number, kind)
	}
	at := func(person, path string) response {
		return w.send(t, person, http.MethodGet, path, nil, "Accept-Language", "nl")
	}
	until := time.Now().Add(48 * time.Hour).UTC().Format("2006-01-02T15:04")
	return []errand{
		{
			"finish", "farah", "#finish", at("farah", address+call.Number),
			url.Values{"note": {about}},
			of(call.Number, usm.EventStepFinished),
			true,
		},
		{"note", "anna", "#write", at("anna", "/asked/"+other.Number), url.Values{"note": {about}}, of(other.Number, usm.EventNoted), true},
		{
			"claim", "goran", "#work", at("goran", "/work"),
			url.Values{"call": {third.Number}, "do": {"claim"}},
			of(third.Number, usm.EventClaimed), true,
		},
		{
			"decide", "sven", "#decide", at("sven", "/approvals/"+approval),
			url.Values{"decision": {"approve"}, "reason": {about}},
			of(approval[:len(approval)-2], usm.EventDecided), true,
		},
		{
			"tell", "anna", "main form", at("anna", "/ask/tell"),
			url.Values{"subject": {about}, "broken": {"yes"}, "about": {"it/mail"}},
			fmt.Sprintf(`SELECT count(*) FROM calls WHERE subject = '%s' AND type = 'incident'`, about), false,
		},
		{
			"absence", "tamara", "#absence", at("tamara", "/absence"),
			url.Values{"to": {"qiang"}, "until": {until}, "reason": {about}},
			fmt.Sprintf(`SELECT count(*) FROM delegations WHERE reason = '%s'`, about), false,
		},
	}
}
