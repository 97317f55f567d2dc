package client

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestRegisters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		do     func(context.Context, *Client) error
		want   sent
	}{
		"Services": {
			"[]", func(ctx context.Context, c *Client) error {
				_, _, err := c.Services(ctx, "it", usm.Page{Limit: 5})
				return err
			},
			sent{method: "GET", path: "/api/v1/services?domain=it&limit=5"},
		},
		"Components": {
			"[]", func(ctx context.Context, c *Client) error {
				_, _, err := c.Components(ctx, usm.ComponentFilter{Type: "a b", Owner: "o", Q: "x", Page: usm.Page{Cursor: "c"}})
				return err
			},
			sent{method: "GET", path: "/api/v1/components?cursor=c&owner=o&q=x&type=a+b"},
		},
		"ComponentsByID": {
			"[]", func(ctx context.Context, c *Client) error {
				_, _, err := c.Components(ctx, usm.ComponentFilter{Domain: "it", IDs: []string{"a", "b"}})
				return err
			},
			sent{method: "GET", path: "/api/v1/components?domain=it&id=a&id=b"},
		},
		"People": {
			"[]", func(ctx context.Context, c *Client) error {
				_, _, err := c.People(ctx, PersonFilter{Domain: "it", Q: "an", IDs: []string{"anna"}, Page: usm.Page{Limit: 5}})
				return err
			},
			sent{method: "GET", path: "/api/v1/people?domain=it&id=anna&limit=5&q=an"},
		},
		"Configuration": {
			"{}", func(ctx context.Context, c *Client) error { _, err := c.Configuration(ctx, "a/b"); return err },
			sent{method: "GET", path: "/api/v1/domains/a%2Fb?lean=true"},
		},
		"Component": {
			"{}", func(ctx context.Context, c *Client) error { _, err := c.Component(ctx, "it", "a/b"); return err },
			sent{method: "GET", path: "/api/v1/components/it/a%2Fb"},
		},
		"Impact": {
			"{}", func(ctx context.Context, c *Client) error { _, err := c.Impact(ctx, "it", "srv-1"); return err },
			sent{method: "GET", path: "/api/v1/components/it/srv-1/impact"},
		},
		"CountRisks": {
			"[]", func(ctx context.Context, c *Client) error {
				_, err := c.CountRisks(ctx, usm.RiskFilter{Domain: "it"})
				return err
			},
			sent{method: "GET", path: "/api/v1/risks?domain=it"},
		},
		"Filters": {
			"[]", func(ctx context.Context, c *Client) error { _, err := c.Filters(ctx, usm.Risk); return err },
			sent{method: "GET", path: "/api/v1/filters?register=risk"},
		},
		"SaveFilter": {
			"{}", func(ctx context.Context, c *Client) error {
				_, err := c.SaveFilter(ctx, usm.SavedFilter{Register: usm.Risk, Name: "n", Query: "q=1"}, WithKey("k"))
				return err
			},
			sent{
				method: "POST", path: "/api/v1/filters", key: "k", contentType: "application/json",
				body: `{"name":"n","query":"q=1","register":"risk"}`,
			},
		},
		"DeleteFilter": {
			"", func(ctx context.Context, c *Client) error { return c.DeleteFilter(ctx, 7) },
			sent{method: http.MethodDelete, path: "/api/v1/filters/7"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got sent
			s := serve(t, record(&got, test.answer))
			require.NoError(t, test.do(t.Context(), New(s.URL, "secret")))
			got.token = ""
			require.Equal(t, test.want, got)
		})
	}
}
