package degrade

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// degraded is the product with a proxy before Postgres and one before Temporal, which can be made to misbehave.
type degraded struct {
	*product.Product
	db                 *sql.DB // past the proxy
	postgres, temporal *toxiproxy.Proxy
}

// degrade starts the product behind proxies. Its changes wait for one of two people when their plan is ready.
func degrade(t *testing.T) *degraded {
	t.Helper()
	direct := storetest.EmptyURL(t)
	d := &degraded{
		postgres: startProxy(t, "postgres", storetest.NewRelay(t, direct).Address),
		temporal: startProxy(t, "temporal", product.RunTemporal(t)),
	}
	p := product.Start(t, product.Options{
		Database: storetest.Through(t, direct, d.postgres.Listen), Temporal: d.temporal.Listen, Domains: []string{"it"},
		Env: map[string]string{"USM_DATABASE_CONNECTIONS": "6"}, // fewer than ask at a time
	})
	var err error
	d.db, err = sql.Open("postgres", direct)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.db.Close() })
	d.Product = p
	domain, err := p.Admin.Domain(t.Context(), "it")
	require.NoError(t, err)
	p.Tokens("it")
	domain.Approvals = []usm.ApprovalPolicy{{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange},
		Require: usm.Quorum{Need: "any", Approvers: []usm.Approver{{Person: "sven"}, {Person: "tamara"}}},
	}}
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = p.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	return d
}

func startProxy(t *testing.T, name, upstream string) *toxiproxy.Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)
	require.NoError(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	return proxy
}

// poison makes a proxy misbehave, until the cure.
func poison(t *testing.T, proxy *toxiproxy.Proxy, kind, attributes string) (begin func() (cure func())) {
	t.Helper()
	toxic := `{"name": "poison", "type": "` + kind + `", "attributes": {` + attributes + `}}`
	return func() func() {
		_, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
		require.NoError(t, err)
		return func() { require.NoError(t, proxy.Toxics.RemoveToxic(t.Context(), "poison")) }
	}
}

// cut closes every connection and takes no new one, until it is mended.
func cut(t *testing.T, proxy *toxiproxy.Proxy) (begin func() (mend func())) {
	t.Helper()
	return func() func() {
		proxy.Stop()
		return func() { require.NoError(t, proxy.Start()) }
	}
}
