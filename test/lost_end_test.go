package test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestTheAnswerThatEndedACall was lost, with what the gateway kept of it. Whoever repeats his request under its key is answered as
// the first time, although the call takes nothing any more; under another key he is told that it has ended.
func TestTheAnswerThatEndedACall(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	database := p.SQL()
	for path, c := range map[string]struct {
		until usm.Step
		body  object
	}{
		"abort":                {"", object{"reason": "It works again"}},
		"retype":               {"", object{"type": "service_request", "reason": "Nothing is broken"}},
		"steps/close_incident": {usm.CloseIncident, nil},
	} {
		opened, err := p.As("anna").Open(t.Context(), usm.NewCall{
			Domain: "it", Type: usm.Incident, Subject: "Mail does not arrive", Requester: "anna", Service: "mail",
		})
		require.NoError(t, err)
		if c.until != "" {
			_, err := p.Drive(t.Context(), opened.Number, product.Plan{Until: c.until})
			require.NoError(t, err)
			needs, err := p.As("olga").StepView(t.Context(), opened.Number, c.until, "")
			require.NoError(t, err)
			c.body = needs.Example
		}
		request := product.Request{
			Path: "/calls/" + opened.Number + "/" + path, Token: p.Token("olga"), Body: c.body, Header: map[string]string{"Idempotency-Key": path},
		}
		first := p.Send(t, request)
		require.Less(t, first.Status, http.StatusMultipleChoices, "%s", first.Body)
		forgotten, err := database.ExecContext(t.Context(), `DELETE FROM intake WHERE key = $1`, path)
		require.NoError(t, err)
		rows, err := forgotten.RowsAffected()
		require.NoError(t, err)
		require.Equal(t, int64(1), rows)
		again := p.Send(t, request)
		require.Equal(t, first.Status, again.Status, "%s", again.Body)
		require.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"))
		request.Header["Idempotency-Key"] = "another " + path
		require.Equal(t, http.StatusConflict, p.Send(t, request).Status)
	}
}
