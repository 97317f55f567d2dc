package test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// TestScopes issues tokens with the command line and uses them at the gateway.
func TestScopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "it")
	issue := func(args ...string) string {
		return strings.TrimSpace(w.Run(append([]string{"token", "issue"}, args...)...))
	}
	reader := issue("anna", "--scope", "read")
	got := w.Send(t, product.Request{Path: "/calls", Token: reader})
	require.Equal(t, http.StatusOK, got.Status, "%s", got.Body)
	got = w.Send(t, product.Request{Method: http.MethodPost, Path: "/calls", Token: reader, Body: map[string]any{}})
	require.Equal(t, http.StatusForbidden, got.Status, "%s", got.Body)
	require.Contains(t, got.Header.Get("WWW-Authenticate"), `error="insufficient_scope", scope="call"`)

	t.Run("AndSoIsAnAdministratorsToken", func(t *testing.T) {
		t.Parallel()
		monitoring := issue("--name", "monitoring", "--admin", "--scope", "call", "--valid", "1h")
		broken := map[string]any{"broken": true}
		body := map[string]any{"domain": "it", "subject": "No mail", "description": "x", "requester": "anna", "fields": broken}
		got := w.Send(t, product.Request{Method: http.MethodPost, Path: "/calls", Token: monitoring, Body: body})
		require.Equal(t, http.StatusCreated, got.Status, "%s", got.Body)
		got = w.Send(t, product.Request{Path: "/domains/it", Token: monitoring})
		require.Equal(t, http.StatusForbidden, got.Status, "%s", got.Body)
		require.Contains(t, w.Run("token", "list"), "call")
	})

	t.Run("AndAScopeThatIsNoneIsRefused", func(t *testing.T) {
		t.Parallel()
		said, err := w.Try(nil, "token", "issue", "anna", "--scope", "root")
		require.Error(t, err)
		require.Contains(t, said, "call, decide, domains, read, signal, tokens, and scim:DOMAIN")
	})
}
