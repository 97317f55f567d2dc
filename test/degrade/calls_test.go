package degrade

import (
	"database/sql"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

type object = map[string]any

// newIncident is what anna asks.
func newIncident(i int) object {
	return object{"domain": "it", "type": "incident", "subject": fmt.Sprintf("Away %d", i), "description": "", "requester": "anna"}
}

// at opens a call and drives it to a step.
func (d *degraded) at(t *testing.T, kind usm.CallType, step usm.Step) usm.CallView {
	t.Helper()
	view, err := d.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: kind, Subject: "Away: " + string(kind), Description: t.Name(), Requester: "anna", Service: "mail",
		Impact: usm.Medium, Urgency: usm.High,
	})
	require.NoError(t, err)
	view, err = d.Drive(t.Context(), view.Number, product.Plan{Until: step})
	require.NoError(t, err)
	require.Equal(t, step, view.Step)
	return view
}

// actor is the token of the first of those who may act on the call now.
func (d *degraded) actor(t *testing.T, view usm.CallView) string {
	t.Helper()
	require.NotEmpty(t, view.WaitingFor.People, "%s waits for %s at %s", view.Number, view.WaitingFor.Kind, view.Step)
	return d.Token(view.WaitingFor.People[0])
}

// requireRefused asks for a whole problem document, which says that it cannot be done now, or that what went before with the same
// key is not over.
func requireRefused(t *testing.T, r reply) {
	t.Helper()
	code, status := usm.CodeUnavailable, http.StatusServiceUnavailable
	if r.Status == http.StatusConflict {
		code, status = usm.CodeInProgress, http.StatusConflict
	}
	require.Equal(t, status, r.Status, "%s: %s", r.kind, r.Body)
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	require.Equal(t, code, r.Problem.Code, "%s: %s", r.kind, r.Body)
	require.Empty(t, r.Problem.Errors)
	require.NotEmpty(t, r.Problem.Title)
	require.NotEmpty(t, r.Problem.TraceID)
}

// count runs a statement that gives one number.
func count(t *testing.T, db *sql.DB, statement string) int {
	t.Helper()
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), statement).Scan(&n), statement)
	return n
}
