package client

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestWhatReportsOnCallsAsk(t *testing.T) {
	t.Parallel()
	july := usm.ReportFilter{From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Domain: "it", Per: "week", Of: "opened"}
	const period = "domain=it&from=2026-07-01T00%3A00%3A00Z"
	behind := url.Values{"of": {"open"}, "age": {"1d"}}
	for name, test := range map[string]struct {
		ask  func(context.Context, *Client) error
		want string // path and query
	}{
		"Flow": {
			func(ctx context.Context, c *Client) error { _, err := c.Flow(ctx, july); return err }, "/reports/flow?" + period + "&per=week",
		},
		"OpenByAge": {
			func(ctx context.Context, c *Client) error { _, err := c.OpenByAge(ctx, july); return err }, "/reports/open?domain=it",
		},
		"WaitingByStep": {
			func(ctx context.Context, c *Client) error { _, err := c.WaitingByStep(ctx, july); return err }, "/reports/waiting?" + period,
		},
		"BouncesByStep": {
			func(ctx context.Context, c *Client) error { _, err := c.BouncesByStep(ctx, july); return err }, "/reports/bounces?" + period,
		},
		"ReportCalls": {
			func(ctx context.Context, c *Client) error { _, _, err := c.ReportCalls(ctx, behind); return err }, "/reports/calls?age=1d&of=open",
		},
		"NormCallsBehind": {
			func(ctx context.Context, c *Client) error { _, _, err := c.NormCallsBehind(ctx, behind); return err },
			"/reports/norms/calls?age=1d&of=open",
		},
		"Domains": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Domains(ctx, usm.Page{Limit: 2})
				return err
			}, "/domains?limit=2",
		},
		"DirectoryChanges": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.DirectoryChanges(ctx, "a/b", usm.Page{Cursor: "c"})
				return err
			}, "/domains/a%2Fb/directory-changes?cursor=c",
		},
		"DeadLetters": {
			func(ctx context.Context, c *Client) error { _, _, err := c.DeadLetters(ctx, usm.Page{}); return err }, "/signals/dead-letters",
		},
		"Tokens": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Tokens(ctx, usm.TokenFilter{Person: "ada", Kind: usm.TokenOfPerson, State: "good", Page: usm.Page{Limit: 2}})
				return err
			}, "/tokens?kind=person&limit=2&person=ada&state=good",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got sent
			require.NoError(t, test.ask(t.Context(), New(serve(t, record(&got, "[]")).URL, "secret")))
			require.Equal(t, http.MethodGet, got.method)
			require.Equal(t, "/api/v1"+test.want, got.path)
		})
	}

	t.Run("ReplayDeadLetter", func(t *testing.T) {
		t.Parallel()
		var got sent
		require.NoError(t, New(serve(t, record(&got, "{}")).URL, "secret").ReplayDeadLetter(t.Context(), 7, WithKey("once")))
		require.Equal(t, http.MethodPost, got.method)
		require.Equal(t, "/api/v1/signals/dead-letters/7/replay", got.path)
	})

	t.Run("RevokeToken", func(t *testing.T) {
		t.Parallel()
		var got sent
		revoked, err := New(serve(t, record(&got, `{"id": "a/b"}`)).URL, "secret").RevokeToken(t.Context(), "a/b")
		require.NoError(t, err)
		require.Equal(t, http.MethodDelete, got.method)
		require.Equal(t, "/api/v1/tokens/a%2Fb", got.path)
		require.Equal(t, "a/b", revoked.ID)
	})

	t.Run("System", func(t *testing.T) {
		t.Parallel()
		var got sent
		system, err := New(serve(t, record(&got, `{"workers": [{"identity": "w"}]}`)).URL, "secret").System(t.Context())
		require.NoError(t, err)
		require.Equal(t, "/api/v1/system", got.path)
		require.Equal(t, "w", system.Workers[0].Identity)
	})
}
