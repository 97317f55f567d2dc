package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestTheStylePageNeedsNoRegisters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.store.away = usm.Errorf(usm.CodeUnavailable, "Postgres is away")
	got := w.send("omar", http.MethodGet, "/style", nil).status(http.StatusOK)
	require.Contains(t, string(got.body), "<h1>Style</h1>")
	w.send("omar", http.MethodGet, "/domains", nil).status(http.StatusServiceUnavailable)
}
