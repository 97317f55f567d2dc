package client

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestQuestions(t *testing.T) {
	t.Parallel()
	july := usm.NormFilter{
		From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Domain: "it", Service: "mail", Agreement: "sa", Norm: "handling",
		By: []string{"norm", "month"},
		Of: map[string]string{"norm": "handling", "month": ""}, Result: "met", Page: usm.Page{Limit: 5, Cursor: "c"},
		Visible: &usm.Sight{Person: "anna"},
	}
	for name, test := range map[string]struct {
		ask  func(context.Context, *Client) error
		want string // path and query
	}{
		"Agreements": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Agreements(ctx, AgreementFilter{Domain: "it", State: "in_force", Type: usm.SA, Customer: "hq", Service: "mail"})
				return err
			},
			"/agreements?customer=hq&domain=it&service=mail&state=in_force&type=SA",
		},
		"Catalogue": {
			func(ctx context.Context, c *Client) error {
				_, _, err := c.Catalogue(ctx, "it", "anna", usm.Page{Limit: 5})
				return err
			},
			"/catalogue?domain=it&for=anna&limit=5",
		},
		"NormReport": {
			func(ctx context.Context, c *Client) error { _, err := c.NormReport(ctx, july); return err },
			"/reports/norms?agreement=sa&by=norm%2Cmonth&domain=it&from=2026-07-01T00%3A00%3A00Z&norm=handling&service=mail",
		},
		"NormCalls": {
			func(ctx context.Context, c *Client) error { _, _, err := c.NormCalls(ctx, july); return err },
			"/reports/norms/calls?agreement=sa&cursor=c&domain=it&from=2026-07-01T00%3A00%3A00Z&limit=5&norm=handling" +
				"&of=month%3A&of=norm%3Ahandling&result=met&service=mail",
		},
		"Availability": {
			func(ctx context.Context, c *Client) error { _, err := c.Availability(ctx, july); return err },
			"/reports/availability?domain=it&from=2026-07-01T00%3A00%3A00Z&service=mail",
		},
	} {
		t.Run(name+"NamesEverythingThatIsAsked", func(t *testing.T) {
			t.Parallel()
			var got sent
			require.NoError(t, test.ask(t.Context(), New(serve(t, record(&got, "[]")).URL, "secret")))
			require.Equal(t, http.MethodGet, got.method)
			require.Equal(t, "/api/v1"+test.want, got.path)
		})
	}
}

func TestAnAgreementIsNamedByDomainAndID(t *testing.T) {
	t.Parallel()
	var got sent
	const answer = `{"id":"sa/1","differences":[{"path":"norms[incident].handling","action":"change","before":"8h"}]}`
	c := New(serve(t, record(&got, answer)).URL, "")
	view, err := c.Agreement(t.Context(), "it", "sa/1")
	require.NoError(t, err)
	require.Equal(t, "sa/1", view.ID)
	require.Equal(t, "/api/v1/agreements/it/sa%2F1", got.path)
	difference, err := c.AgreementDifference(t.Context(), "it", "sa/1", 1, 2)
	require.NoError(t, err)
	require.Equal(t, "8h", difference.Differences[0].Before)
	require.Equal(t, "/api/v1/agreements/it/sa%2F1/difference?from=1&to=2", got.path)
}

func TestATableComesAsItIs(t *testing.T) {
	t.Parallel()
	const file = "norm,met\r\nhandling,3\r\n"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") == "text/csv" {
			_, _ = io.WriteString(w, file)
		}
	})
	norms, err := New(s.URL, "").NormReportCSV(t.Context(), usm.NormFilter{})
	require.NoError(t, err)
	require.Equal(t, file, string(norms))
	availability, err := New(s.URL, "").AvailabilityCSV(t.Context(), usm.NormFilter{})
	require.NoError(t, err)
	require.Equal(t, file, string(availability))
}
