package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestATerminalSignsOut(t *testing.T) {
	t.Parallel()
	b := setupSignIn(t).browser()
	b.signIn("")
	b.sessions.tokens[madeByTerminal] = b.sessions.tokens[b.cookies["usm"]]
	shown := []string{"Authorization", "Bearer " + madeByTerminal}
	terminal := b.browser()
	terminal.open("/api/v1/me", shown...).status(http.StatusOK)
	b.sessions.gone = usm.Errorf(usm.CodeUnavailable, "away")
	terminal.visit(http.MethodPost, "/sign-out", nil, shown...).problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
	b.sessions.gone = nil
	for range 2 {
		require.Empty(t, terminal.visit(http.MethodPost, "/sign-out", nil, shown...).status(http.StatusNoContent).body)
	}
	terminal.open("/api/v1/me", shown...).problem(http.StatusUnauthorized, usm.CodeUnauthenticated)
	b.open("/api/v1/me").status(http.StatusOK)
}
